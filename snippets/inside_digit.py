"""Inside a classifier of digits: weights, activations, and what a pixel is worth."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

# --8<-- [end:imports]

# --8<-- [start:digits]
digits = load_digits()
images = (digits.data / 16).astype("float32")  # 8 by 8 pixels in one row, 0 to 1
is_eight = (digits.target == 8).astype("float32")  # class 1: it is an 8
x_train, x_test, y_train, y_test, _, digit_test = train_test_split(
    images, is_eight, digits.target, test_size=600, stratify=is_eight, random_state=0
)
keras.utils.set_random_seed(0)  # before any layer is made
inputs = keras.Input(shape=(64,))
hidden_layer = layers.Dense(12, activation="relu")
output_layer = layers.Dense(1, activation="sigmoid")
network = keras.Model(inputs, output_layer(hidden_layer(inputs)))
network.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    metrics=[keras.metrics.Recall(name="recall")],
)
network.fit(x_train, y_train, epochs=20, batch_size=64, verbose=0)
scores = network.predict(x_test, verbose=0)[:, 0]
measured = network.evaluate(x_test, y_test, verbose=0, return_dict=True)
by_sklearn = recall_score(y_test, scores >= 0.5)
print(f"recall: Keras {measured['recall']:.3f}, scikit-learn {by_sklearn:.3f}")
# --8<-- [end:digits]

# --8<-- [start:weights]
weights = hidden_layer.get_weights()[0]  # shape (64 pixels, 12 units)
for_or_against = output_layer.get_weights()[0][:, 0]
order = np.argsort(for_or_against)[::-1]  # the units that speak for an 8 first
largest = np.abs(weights).max()
figure, panels = plt.subplots(2, 6, figsize=(7, 2.9))
for panel, unit in zip(panels.flat, order, strict=True):
    pixels = weights[:, unit].reshape(8, 8)
    panel.imshow(pixels, cmap="gray", vmin=-largest, vmax=largest)
    panel.set_title(f"{for_or_against[unit]:+.2f}", fontsize=9)
    panel.axis("off")
plt.show()
# --8<-- [end:weights]

# --8<-- [start:activations]
eight, other = np.flatnonzero(y_test == 1)[0], np.flatnonzero(digit_test == 3)[0]
missed = np.flatnonzero((y_test == 1) & (scores < 0.5))
worst = missed[scores[missed].argmin()]  # the network is surest that it is none
print(len(missed), "eights missed; the lowest score:", f"{scores[worst]:.3f}")
hidden = np.asarray(hidden_layer(x_test))  # shape (600, 12): what the units say
shares = hidden * for_or_against  # what each adds to the final sum
bias = output_layer.get_weights()[1][0]
sums = shares.sum(axis=1) + bias
print("sums and scores agree:", np.allclose(1 / (1 + np.exp(-sums)), scores, atol=1e-5))

figure, panels = plt.subplots(2, 3, figsize=(7, 4), height_ratios=[1, 1.2])
for column, row in enumerate((eight, other, worst)):
    panels[0, column].imshow(x_test[row].reshape(8, 8), cmap="gray")
    panels[0, column].set_title(f"a {digit_test[row]}, score {scores[row]:.3f}")
    panels[0, column].axis("off")
    # Warm: for class 1, the 8. Cool: for class 0.
    colours = np.where(shares[row, order] > 0, "tab:orange", "tab:blue")
    panels[1, column].bar(range(1, 13), shares[row, order], color=colours)
    panels[1, column].axhline(0, color="gray", linewidth=0.8)
    panels[1, column].set_ylim(shares.min(), shares.max())
    panels[1, column].set_xlabel("hidden unit")
panels[1, 0].set_ylabel("for or against an 8")
figure.tight_layout()
plt.show()
# --8<-- [end:activations]


# --8<-- [start:cover]
first_bias = hidden_layer.get_weights()[1]


def final_sum(rows):
    """What goes into the last sigmoid, for rows of 64 pixels."""
    return np.maximum(0, rows @ weights + first_bias) @ for_or_against + bias


def covered(rows):
    """By how much each pixel raises the final sum: what is lost without its ink."""
    found = np.empty_like(rows)
    for pixel in range(64):
        without = rows.copy()
        without[:, pixel] = 0
        found[:, pixel] = final_sum(rows) - final_sum(without)
    return found


def sloped(rows):
    """The slope of the final sum for each pixel, times the pixel's ink."""
    on = (rows @ weights + first_bias) > 0  # the units that say something
    return rows * ((on * for_or_against) @ weights.T)


eights = x_test[y_test == 1]
eights = eights[sloped(eights).any(axis=1)]  # those for which some unit speaks
agreement = [
    spearmanr(one, other).statistic
    for one, other in zip(covered(eights), sloped(eights), strict=True)
]
print(f"median rank correlation over {len(eights)} eights: {np.median(agreement):.2f}")
print(f"lowest: {min(agreement):.2f}")
# --8<-- [end:cover]

# --8<-- [start:map]
figure, panels = plt.subplots(1, 3, figsize=(7, 2.6))
row = x_test[worst]
panels[0].imshow(row.reshape(8, 8), cmap="gray")
panels[0].set_title("the missed 8")
maps = {"covered": covered(row[None])[0], "slope times ink": sloped(row[None])[0]}
for panel, (name, values) in zip(panels[1:], maps.items(), strict=True):
    most = np.abs(values).max()
    panel.imshow(values.reshape(8, 8), cmap="gray", vmin=-most, vmax=most)
    panel.set_title(name)
for panel in panels:
    panel.axis("off")
plt.show()
# --8<-- [end:map]

# --8<-- [start:sum]
whole = final_sum(eights) - final_sum(np.zeros_like(eights))  # from ink to no ink
parts = covered(eights).sum(axis=1)
off = np.abs(parts - whole) / np.abs(whole)
print(f"the pixels' shares miss the whole by {np.median(off):.0%} in the median")
# --8<-- [end:sum]
