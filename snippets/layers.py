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

# --8<-- [start:shapes]
table = np.ones((4, 10), dtype="float32")  # 4 rows, 10 features
text = np.ones((4, 20), dtype="int32")  # 4 texts, 20 tokens
sequence = np.ones((4, 20, 8), dtype="float32")  # 4 series, 20 steps, 8 numbers each
image = np.ones((4, 28, 28, 3), dtype="float32")  # 4 images, 28 by 28, 3 colours
rows = []
for layer, data in (
    (layers.Dense(16), table),
    (layers.Embedding(1000, 8), text),
    (layers.Conv1D(32, 5), sequence),
    (layers.Conv2D(32, 3), image),
    (layers.MaxPooling2D(2), image),
    (layers.GlobalAveragePooling2D(), image),
    (layers.GlobalMaxPooling1D(), sequence),
    (layers.LSTM(16), sequence),
    (layers.LSTM(16, return_sequences=True), sequence),
    (layers.LayerNormalization(), sequence),
    (layers.BatchNormalization(), table),
    (layers.Dropout(0.5), table),
    (layers.Flatten(), image),
):
    result = layer(data)
    rows.append(
        {
            "layer": type(layer).__name__,
            "in": str(data.shape[1:]),
            "out": str(tuple(result.shape[1:])),
            "weights": layer.count_params(),
        }
    )
attention = layers.MultiHeadAttention(num_heads=2, key_dim=4)
result = attention(sequence, sequence)
rows.append({"layer": "MultiHeadAttention", "in": "(20, 8)"})
rows[-1] |= {"out": str(tuple(result.shape[1:])), "weights": attention.count_params()}
shapes = pd.DataFrame(rows).set_index("layer")
shapes.rename_axis(None)
# --8<-- [end:shapes]

# --8<-- [start:count]
by_hand = {
    "Dense": 10 * 16 + 16,
    "Embedding": 1000 * 8,
    "Conv1D": 5 * 8 * 32 + 32,
    "Conv2D": 3 * 3 * 3 * 32 + 32,
    "LSTM": 4 * (8 * 16 + 16 * 16 + 16),
    "LayerNormalization": 2 * 8,
    "BatchNormalization": 4 * 10,
    "MultiHeadAttention": 3 * (8 * 8 + 8) + (8 * 8 + 8),
}
counted = shapes.weights.groupby(level=0).first()
print({name: (number, int(counted[name])) for name, number in by_hand.items()})
# --8<-- [end:count]

# --8<-- [start:convolution]
digits = load_digits()
digit = digits.images[3].astype("float32")  # an 8 by 8 image
edge = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], dtype="float32")
slide = layers.Conv2D(1, 3, use_bias=False)
slide.build((None, 8, 8, 1))
slide.set_weights([edge[:, :, None, None]])
by_keras = np.asarray(slide(digit[None, :, :, None]))[0, :, :, 0]
by_loop = np.array(
    [[np.sum(digit[r : r + 3, c : c + 3] * edge) for c in range(6)] for r in range(6)]
)
print("by hand and Keras agree:", np.allclose(by_keras, by_loop))

figure, panels = plt.subplots(1, 3, figsize=(7, 2.6))
for panel, values, name in (
    (panels[0], digit, "image, 8 by 8"),
    (panels[1], edge, "kernel, 3 by 3"),
    (panels[2], by_keras, "result, 6 by 6"),
):
    panel.imshow(values, cmap="gray")
    panel.set_title(name)
    panel.set_xticks([])
    panel.set_yticks([])
plt.show()
# --8<-- [end:convolution]

# --8<-- [start:edges]
for plan in (
    {},
    {"padding": "same"},
    {"strides": 2},
    {"padding": "same", "strides": 2},
):
    print(plan, layers.Conv2D(32, 3, **plan)(image).shape[1:])
# --8<-- [end:edges]

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
