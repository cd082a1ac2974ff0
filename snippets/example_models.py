"""Six well-known architectures, small but true to their idea: built, drawn, counted."""

# --8<-- [start:imports]
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(0)  # before any layer is made
# --8<-- [end:imports]

# --8<-- [start:lenet]
lenet = keras.Sequential(
    [
        keras.Input(shape=(32, 32, 1)),
        layers.Conv2D(6, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(16, 5, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation="tanh"),
        layers.Dense(84, activation="tanh"),
        layers.Dense(1, activation="sigmoid"),  # class 1: the object is there
    ],
    name="lenet",
)
by_hand = {
    "first convolution": 5 * 5 * 1 * 6 + 6,
    "second convolution": 5 * 5 * 6 * 16 + 16,
    "dense layers": (5 * 5 * 16 * 120 + 120) + (120 * 84 + 84) + (84 + 1),
}
print(by_hand, "together", sum(by_hand.values()), "Keras:", lenet.count_params())

stroke, moved_stroke = np.zeros((2, 1, 32, 32, 1), dtype="float32")
stroke[0, 8:13, 8], moved_stroke[0, 10:15, 12] = 1, 1  # 2 down and 4 to the right
answer, moved_answer = (
    lenet.layers[0](image).numpy() for image in (stroke, moved_stroke)
)
same = np.allclose(answer[:, :-2, :-4], moved_answer[:, 2:, 4:], atol=1e-6)
print("moved stroke, the same answer, moved:", same)
# --8<-- [end:lenet]


# --8<-- [start:resnet]
def residual_block(x, width):
    """Two convolutions whose result is added to what came in."""
    change = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    change = layers.Conv2D(width, 3, padding="same")(change)
    if x.shape[-1] != width:
        x = layers.Conv2D(width, 1)(x)  # bring the input to the same shape
    return layers.ReLU()(layers.Add()([x, change]))


image = keras.Input(shape=(32, 32, 3))
x = residual_block(image, 16)
x = residual_block(x, 16)
x = residual_block(layers.MaxPooling2D(2)(x), 32)
x = layers.GlobalAveragePooling2D()(x)
resnet = keras.Model(image, layers.Dense(1, activation="sigmoid")(x), name="resnet")
print(f"{resnet.count_params():,} parameters")
# --8<-- [end:resnet]


# --8<-- [start:depth]
def first_gradient(depth, skip, seed, start="glorot_uniform"):
    """The size of the gradient at the first of `depth` dense layers."""
    keras.utils.set_random_seed(seed)
    rows = tf.random.normal((64, 32))
    stack = [
        layers.Dense(32, activation="relu", kernel_initializer=start)
        for _ in range(depth)
    ]
    last = layers.Dense(1, activation="sigmoid")
    with tf.GradientTape() as tape:
        h = rows
        for layer in stack:
            h = h + layer(h) / depth if skip else layer(h)
        loss = -tf.reduce_mean(tf.math.log(last(h)))  # as if all were class 1
    return float(tf.norm(tape.gradient(loss, stack[0].kernel)))


depths = [1, 5, 10, 20, 40]
plain, skipping = (
    [
        np.mean([first_gradient(depth, skip, seed) for seed in range(3)])
        for depth in depths
    ]
    for skip in (False, True)
)
plt.figure()
plt.plot(depths, plain, "-o", label="plain stack")
plt.plot(depths, skipping, "--s", label="with skip connections")
plt.yscale("log")
plt.xlabel("number of layers")
plt.ylabel("gradient at the first layer")
plt.legend()
plt.show()
better = np.mean([first_gradient(40, False, seed, "he_normal") for seed in range(3)])
print(f"plain, 40 layers: {plain[-1]:.0e}, with He's first weights {better:.3f}")
# --8<-- [end:depth]

# --8<-- [start:mobilenet]
kernel, before, after = 3, 64, 128
full = layers.Conv2D(after, kernel, padding="same", use_bias=False)
separable = layers.SeparableConv2D(after, kernel, padding="same", use_bias=False)
feature_map = keras.Input(shape=(16, 16, before))
full(feature_map), separable(feature_map)
by_formula = kernel**2 * before * after, kernel**2 * before + before * after
print("full:     ", full.count_params(), "by hand", by_formula[0])
print("separable:", separable.count_params(), "by hand", by_formula[1])
print(f"ratio {separable.count_params() / full.count_params():.4f}")


def separable_block(x, width):
    """First each channel by itself, then the channels with each other."""
    x = layers.DepthwiseConv2D(3, padding="same", activation="relu")(x)
    return layers.Conv2D(width, 1, activation="relu")(x)


image = keras.Input(shape=(32, 32, 3))
x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(image)
x = separable_block(layers.MaxPooling2D(2)(separable_block(x, 32)), 64)
x = layers.GlobalAveragePooling2D()(x)
mobilenet = keras.Model(
    image, layers.Dense(1, activation="sigmoid")(x), name="mobilenet"
)
# --8<-- [end:mobilenet]


# --8<-- [start:unet]
def make_unet(skip):
    """One answer for each pixel; class 1: the pixel belongs to the object."""
    image = keras.Input(shape=(32, 32, 1))
    small = layers.MaxPooling2D(4)(image)
    middle = layers.Conv2D(8, 3, padding="same", activation="relu")(small)
    large = layers.UpSampling2D(4)(middle)
    if skip:
        large = layers.Concatenate()([large, image])
    large = layers.Conv2D(8, 3, padding="same", activation="relu")(large)
    answer = layers.Conv2D(1, 1, activation="sigmoid")(large)
    return keras.Model(image, answer, name="unet" if skip else "without_skip")


unet, without_skip = make_unet(skip=True), make_unet(skip=False)
here, there = np.zeros((2, 1, 32, 32, 1), dtype="float32")
here[0, 8, 8], there[0, 10, 11] = 1, 1  # one bright pixel, moved within a 4 by 4 square
for model in (without_skip, unet):
    moved = float(tf.reduce_max(tf.abs(model(here) - model(there))))
    print(f"{model.name}: answers differ by up to {moved:.4f}")
# --8<-- [end:unet]


# --8<-- [start:transformer]
words, length, width = 2000, 32, 8
tokens = keras.Input(shape=(length,), dtype="int32")
x = layers.Embedding(words, width)(tokens)
places = keras.ops.zeros_like(tokens) + keras.ops.arange(length)  # 0 to 31, each text
x = x + layers.Embedding(length, width)(places)
attended = layers.MultiHeadAttention(num_heads=2, key_dim=4)(x, x)
x = layers.LayerNormalization()(x + attended)  # a skip connection
dense = layers.Dense(width)(layers.Dense(16, activation="relu")(x))
x = layers.LayerNormalization()(x + dense)  # and another
x = layers.GlobalMaxPooling1D()(x)
encoder = keras.Model(tokens, layers.Dense(1, activation="sigmoid")(x), name="encoder")
print(f"{encoder.count_params():,} parameters, {words * width:,} in the word table")
# --8<-- [end:transformer]

# --8<-- [start:wide]
crossed = keras.Input(shape=(100,), name="crossed")  # 1 where two facts come together
numbers = keras.Input(shape=(10,), name="numbers")
deep = layers.Dense(32, activation="relu")(numbers)
deep = layers.Dense(16, activation="relu")(deep)
both = layers.Concatenate()([crossed, deep])
wide_deep = keras.Model(
    [crossed, numbers], layers.Dense(1, activation="sigmoid")(both), name="wide_deep"
)
print(f"{wide_deep.count_params():,} parameters")
# --8<-- [end:wide]


# --8<-- [start:draw]
def draw(model, panel):
    """A box for each step, the first at the top, and an arrow for each link."""
    rows, before, at = {}, {}, {}
    for step in keras.Model(model.inputs, model.outputs).operations:
        taken = [id(each) for each in keras.tree.flatten(step.input)]
        before[step] = [each for each in rows if id(each.output) in taken]
        rows[step] = 1 + max((rows[each] for each in before[step]), default=-1)
    for step, row in rows.items():
        beside = [each for each in rows if rows[each] == row]
        x = at[step] = beside.index(step) - (len(beside) - 1) / 2
        color, width = ("black", 2.5) if len(before[step]) > 1 else ("gray", 1)
        look = {"fill": False, "color": color, "linewidth": width}
        panel.add_patch(plt.Rectangle((x - 0.47, row - 0.3), 0.94, 0.6, **look))
        name = type(step).__name__
        name = re.sub("Layer|Global|Average|Max|MultiHead|[12]D", "", name)
        if name == "Conv":
            name += " {}×{}".format(*step.kernel_size)
        panel.text(x, row, name, ha="center", va="center", fontsize=9)
        for each in before[step]:
            past = row > rows[each] + 1  # past other boxes: from side to side
            side, edge = (0.48, 0) if past else (0, 0.3)
            start, end = (at[each] + side, rows[each] + edge), (x + side, row - edge)
            look = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}
            look["color"] = "black" if past else "gray"
            look["connectionstyle"] = f"arc3,rad={-0.5 * past}"
            panel.annotate("", end, start, arrowprops=look)


models = [lenet, resnet, encoder, mobilenet, unet, wide_deep]
figure, panels = plt.subplots(2, 3, figsize=(7, 7.5), height_ratios=[16, 9])
for panel, model in zip(panels.flat, models, strict=True):
    draw(model, panel)
    deepest = 15.5 if panel in panels[0] else 8.5
    panel.set(xlim=(-1, 1.06), ylim=(deepest, -0.5), title=model.name)
    panel.axis("off")
plt.show()
# --8<-- [end:draw]

# --8<-- [start:count]
counted = pd.DataFrame(
    {
        "boxes": [len(panel.patches) for panel in panels.flat],
        "parameters": [model.count_params() for model in models],
        "answer": [str(model.output_shape[1:]) for model in models],
    },
    index=[model.name for model in models],
)
counted.sort_values("parameters")
# --8<-- [end:count]

# --8<-- [start:full]
full_size = keras.applications.MobileNet(weights=None)  # no weights are fetched
print(f"MobileNet as published: {full_size.count_params():,} parameters")
print(f"its answer has shape {full_size.output.shape}")
# --8<-- [end:full]
