"""Inside a classifier of digits: weights, activations, and what a pixel is worth."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
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


def build(seed):
    """A network with first weights of its own, not yet trained."""
    keras.utils.set_random_seed(seed)  # before any layer is made
    hidden = layers.Dense(12, activation="relu")
    last = layers.Dense(1, activation="sigmoid")
    network = keras.Sequential([keras.Input(shape=(64,)), hidden, last])
    network.compile(
        loss="binary_crossentropy",
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        metrics=[keras.metrics.Recall(name="recall")],
    )
    return network


network = build(0)
hidden_layer, output_layer = network.layers
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
tiles = [np.pad(weights[:, unit].reshape(8, 8), 1) for unit in order]  # in a frame
said = [f"{each:+.2f}" for each in for_or_against[order]]
middles = 10 * np.arange(6) + 4.5
axes = plt.figure(figsize=(7, 2.9)).gca()
both_rows = np.block([tiles[:6], tiles[6:]])
axes.imshow(both_rows, cmap="gray", vmin=-largest, vmax=largest)
axes.secondary_xaxis("top").set_xticks(middles, said[:6])
axes.set_xticks(middles, said[6:])
axes.set_yticks([])
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
def final_sum(rows, network):
    """What goes into the last sigmoid, for rows of 64 pixels."""
    weights, first_bias, last, bias = network.get_weights()
    return (np.maximum(0, rows @ weights + first_bias) @ last + bias)[:, 0]


def covered(rows, network):
    """By how much each pixel raises the final sum: what is lost without its ink."""
    found = np.empty_like(rows)
    for pixel in range(64):
        without = rows.copy()
        without[:, pixel] = 0
        found[:, pixel] = final_sum(rows, network) - final_sum(without, network)
    return found


def sloped(rows, network):
    """The slope of the final sum for each pixel, times the pixel's ink."""
    weights, first_bias, last, _ = network.get_weights()
    on = (rows @ weights + first_bias) > 0  # the units that say something
    return rows * ((on * last[:, 0]) @ weights.T)


def agreement(one, other, rows):
    """The median rank correlation of two maps, each over the pixels with ink."""
    found = [
        spearmanr(a[ink], b[ink]).statistic
        for a, b, ink in zip(one, other, rows > 0, strict=True)
        if np.ptp(a[ink]) > 0 and np.ptp(b[ink]) > 0  # an order there must be
    ]
    return np.median(found)


eights = x_test[y_test == 1]
by_cover, by_slope = covered(eights, network), sloped(eights, network)
both = agreement(by_cover, by_slope, eights)
print(f"covered and slope times ink: {both:.2f}")
# --8<-- [end:cover]


# --8<-- [start:fall]
def fall(rows, network, worth, count=5):
    """What the final sum loses without the `count` pixels of the highest worth."""
    chance = np.random.default_rng(0).random(rows.shape) * (rows > 0)
    first = np.argsort(-(worth + 1e-6 * chance), axis=1)[:, :count]  # ties: by chance
    without = rows.copy()
    np.put_along_axis(without, first, 0, axis=1)
    return final_sum(rows, network) - final_sum(without, network)


another = build(1)
another.fit(x_train, y_train, epochs=20, batch_size=64, verbose=0)
falls, silent = {}, {}
for name, each in {"this network": network, "another seed": another}.items():
    maps = {"covered": covered(eights, each), "slope times ink": sloped(eights, each)}
    maps["chance"] = np.zeros_like(eights)
    falls[name] = {how: fall(eights, each, worth).mean() for how, worth in maps.items()}
    silent[name] = ~maps["slope times ink"].any(axis=1)  # eights without any slope
by_another = covered(eights, another)
table = pd.DataFrame(falls).T
table["eights without slope"] = {name: each.sum() for name, each in silent.items()}
table.round(2)
# --8<-- [end:fall]

# --8<-- [start:untrained]
untrained = build(2)
by_untrained = covered(eights, untrained)
for name, worth in {"another seed": by_another, "untrained": by_untrained}.items():
    order_alike = agreement(by_cover, worth, eights)
    # Sizes over all pixels: what the eye compares, light or dark against grey.
    look_alike = spearmanr(np.abs(by_cover), np.abs(worth), axis=None).statistic
    print(f"{name:12} order {order_alike:5.2f}, looks {look_alike:.2f}")
# --8<-- [end:untrained]

# --8<-- [start:map]
tiles, first_three = [], np.flatnonzero(y_test == 1)[:3]
for row in [worst, *first_three]:
    one = x_test[row][None]
    maps = {
        "image": one - 0.5,
        "covered": covered(one, network),
        "slope times ink": sloped(one, network),
        "another seed:\ncovered": covered(one, another),
        "another seed:\nslope": sloped(one, another),
        "untrained:\ncovered": covered(one, untrained),
    }
    sizes = [max(np.abs(each).max(), 1e-6) for each in maps.values()]  # some are 0
    scaled = [each / size for each, size in zip(maps.values(), sizes, strict=True)]
    tiles.append([np.pad(each.reshape(8, 8), 1) for each in scaled])
axes = plt.figure(figsize=(7, 5.2)).gca()
axes.imshow(np.block(tiles), cmap="gray", vmin=-1, vmax=1)
axes.xaxis.tick_top()
axes.set_xticks(middles, maps, fontsize=9)
axes.set_yticks([])
plt.show()
# --8<-- [end:map]

# --8<-- [start:sum]
speak = eights[by_slope.any(axis=1)]  # those for which some unit speaks
whole = final_sum(speak, network) - final_sum(np.zeros_like(speak), network)
parts = covered(speak, network).sum(axis=1)  # from ink to no ink, pixel by pixel
off = np.abs(parts - whole) / np.abs(whole)
print(f"the pixels' shares miss the whole by {np.median(off):.0%} in the median")
# --8<-- [end:sum]
