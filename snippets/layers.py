"""What each kind of layer does to a shape, and how many weights it has."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(0)  # before any layer is made
# --8<-- [end:imports]

# --8<-- [start:rules]
rules = pd.DataFrame(
    [
        ("Dense(u)", "n", "u", "n*u + u"),
        ("Embedding(v, u)", "t", "t, u", "v*u"),
        ("Conv1D(u, k)", "t, c", "t-k+1, u", "k*c*u + u"),
        ("Conv2D(u, k)", "h, w, c", "h-k+1, w-k+1, u", "k*k*c*u + u"),
        ("MaxPooling2D(k)", "h, w, c", "h//k, w//k, c", "0"),
        ("GlobalAveragePooling2D()", "h, w, c", "c", "0"),
        ("GlobalMaxPooling1D()", "t, c", "c", "0"),
        ("LSTM(u)", "t, c", "u", "4 * (c*u + u*u + u)"),
        ("LSTM(u, return_sequences=True)", "t, c", "t, u", "4 * (c*u + u*u + u)"),
        ("LayerNormalization()", "t, c", "t, c", "2*c"),
        ("BatchNormalization()", "n", "n", "4*n"),
        ("Dropout(0.5)", "n", "n", "0"),
        ("Flatten()", "h, w, c", "h*w*c", "0"),
        ("MultiHeadAttention(a, d)", "t, c", "t, c", "3 * (c*a*d + a*d) + a*d*c + c"),
    ],
    columns=["layer", "in", "out", "weights"],
).set_index("layer")
rules.rename_axis(None)
# --8<-- [end:rules]


# --8<-- [start:shapes]
def by_keras(layer, into, letters):
    """Make the layer and give it ones: shape in, shape out, number of weights."""
    names = vars(layers) | letters
    made, size = eval(layer, names), eval(f"({into},)", names)
    ones = np.ones((2, *size), dtype="int32" if "Emb" in layer else "float32")
    result = made(ones, ones) if "Multi" in layer else made(ones)
    return size, tuple(result.shape[1:]), made.count_params()


example = {"n": 10, "t": 20, "h": 28, "w": 28, "c": 3}  # what goes in
example |= {"u": 16, "k": 3, "v": 1000, "a": 2, "d": 4}  # what the layer is given
made = [by_keras(layer, into, example) for layer, into in rules["in"].items()]
shapes = pd.DataFrame(made, columns=rules.columns, index=rules.index)
shapes.rename_axis(None)
# --8<-- [end:shapes]

# --8<-- [start:count]
random = np.random.default_rng(0)
held = []
for layer, into, out, weights in rules.itertuples():
    for _ in range(5):
        letters = {letter: int(random.integers(3, 9)) for letter in "acdhntuvw"}
        letters["k"] = int(random.integers(1, 4))
        by_rule = eval(f"({into},), ({out},), {weights}", letters)
        held.append(by_rule == by_keras(layer, into, letters))
print(f"{len(rules)} rules, tried {len(held)} times, right {sum(held)} times")
# --8<-- [end:count]

# --8<-- [start:convolution]
digits = load_digits()
digit = digits.images[3].astype("float32")  # an 8 by 8 image
edge = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], dtype="float32")
slide = layers.Conv2D(1, 3, use_bias=False)
slide.build((None, 8, 8, 1))
slide.set_weights([edge[:, :, None, None]])
slid = np.asarray(slide(digit[None, :, :, None]))[0, :, :, 0]
by_loop = np.array(
    [[np.sum(digit[r : r + 3, c : c + 3] * edge) for c in range(6)] for r in range(6)]
)
print("by hand and Keras agree:", np.allclose(slid, by_loop))

figure, panels = plt.subplots(1, 3, figsize=(7, 2.6))
for panel, values, name in (
    (panels[0], digit, "image, 8 by 8"),
    (panels[1], edge, "kernel, 3 by 3"),
    (panels[2], slid, "result, 6 by 6"),
):
    panel.imshow(values, cmap="gray")
    panel.set_title(name)
    panel.set_xticks([])
    panel.set_yticks([])
plt.show()
# --8<-- [end:convolution]

# --8<-- [start:edges]
image = np.ones((4, 28, 28, 3), dtype="float32")  # 4 images of 3 colours
for plan in (
    {},
    {"padding": "same"},
    {"strides": 2},
    {"padding": "same", "strides": 2},
):
    print(plan, layers.Conv2D(32, 3, **plan)(image).shape[1:])
# --8<-- [end:edges]

# --8<-- [start:attention]
word = "papaya"
letters = sorted(set(word))  # a, p and y
x = np.array(  # for each step 1 for its letter, 0 for the others; and its place
    [[*(own == each for each in letters), at] for at, own in enumerate(word)],
    dtype="float32",
)


def attend(x, query, key, value, output):
    """One head of attention: the shares, and what comes out."""
    match = (x @ query) @ (x @ key).T / np.sqrt(query.shape[1])
    shares = np.exp(match - match.max(axis=1, keepdims=True))  # not too large
    shares /= shares.sum(axis=1, keepdims=True)  # softmax: each row adds up to 1
    return shares, shares @ (x @ value) @ output


look = 4 * np.eye(4, 3, dtype="float32")  # the letters, four times as strong
place = np.array([[0], [0], [0], [1]], dtype="float32")  # what is handed on
keep = np.ones((1, 1), dtype="float32")
shares, attended = attend(x, look, look, place, keep)

one_head = layers.MultiHeadAttention(
    num_heads=1, key_dim=3, value_dim=1, output_shape=(1,), use_bias=False
)
one_head(x[None], x[None])  # the first call makes its weights
one_head.set_weights([look[:, None], look[:, None], place[:, None], keep[None]])
head_by_keras = np.asarray(one_head(x[None], x[None]))[0]
print("by hand", attended[:, 0].round(2), "by Keras", head_by_keras[:, 0].round(2))

plt.figure(figsize=(4, 3.2), layout="tight")
plt.imshow(shares, cmap="gray", vmin=0, vmax=1)
plt.colorbar(label="share")
plt.xticks(range(6), word)
plt.yticks(range(6), word)
plt.xlabel("looked at")
plt.ylabel("looks")
plt.show()
# --8<-- [end:attention]

# --8<-- [start:heads]
two_heads = layers.MultiHeadAttention(num_heads=2, key_dim=4, use_bias=False)
heads_by_keras = np.asarray(two_heads(x[None], x[None]))[0]
q, k, v, o = two_heads.get_weights()
heads = [attend(x, q[:, at], k[:, at], v[:, at], o[at])[1] for at in range(2)]
print("their sum is Keras's:", np.allclose(sum(heads), heads_by_keras, atol=1e-5))
# --8<-- [end:heads]

# --8<-- [start:padding]
short = np.array([[1, 2, 0, 0], [1, 2, 3, 4]])  # two texts; 0 stands where no word is
words = layers.Embedding(10, 3, mask_zero=True)
careless = layers.GlobalAveragePooling1D()(words(short)[:])  # [:] loses the mask
by_mask = layers.GlobalAveragePooling1D()(words(short))
two_words = np.asarray(words(short[:1, :2])).mean(axis=1)
print("mask:", np.allclose(by_mask[:1], two_words), end="; ")
print("no mask:", np.allclose(careless[:1], two_words))
# --8<-- [end:padding]

# --8<-- [start:dropout]
dropout = layers.Dropout(0.5, seed=0)
ones = np.ones((1, 10), dtype="float32")
while_training = np.asarray(dropout(ones, training=True))[0]
afterwards = np.asarray(dropout(ones, training=False))[0]
print("while training:", while_training, "afterwards:", afterwards)
# --8<-- [end:dropout]

# --8<-- [start:normalise]
normalise = layers.BatchNormalization(momentum=0.0)  # note down the last batch alone
batch = np.random.default_rng(0).normal(50, 10, (200, 1)).astype("float32")
trained = np.asarray(normalise(batch, training=True))
print(f"batch: mean {batch.mean():.1f}, after it {trained.mean():.3f},", end=" ")
print(f"standard deviation {trained.std():.3f}")
alone = float(np.asarray(normalise(batch[:1], training=False))[0, 0])
print(f"one row, afterwards: {float(batch[0, 0]):.1f} becomes {alone:.3f}")
# --8<-- [end:normalise]

# --8<-- [start:momentum]
usual = layers.BatchNormalization()  # it begins with a mean of 0
for _ in range(100):
    usual(batch, training=True)
share = float(np.asarray(usual.moving_mean)[0]) / batch.mean()
print(f"after 100 batches {share:.0%} of the way to the batch's mean")
# --8<-- [end:momentum]

# --8<-- [start:forgotten]
forgotten = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 3)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Dense(1, activation="sigmoid"),  # no Flatten, no pooling
    ]
)
print("one image gives", np.asarray(forgotten(image[:1])).shape)
# --8<-- [end:forgotten]
