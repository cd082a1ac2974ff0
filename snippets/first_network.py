"""Train a first network on made-up data, and judge it by more than accuracy."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import make_classification
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

# --8<-- [end:imports]

# --8<-- [start:data]
features, labels = make_classification(
    n_samples=2000,
    n_features=20,
    n_informative=10,
    random_state=0,
)
print("features:", features.shape)
print("labels:", labels.shape, "the first ten:", labels[:10])
# --8<-- [end:data]

# --8<-- [start:split]
x_train, x_test, y_train, y_test = train_test_split(
    features,
    labels,
    test_size=0.25,
    stratify=labels,
    random_state=0,
)
print(len(x_train), "rows to train on,", len(x_test), "to test on")
print(f"share of class 1: {y_train.mean():.2f} and {y_test.mean():.2f}")
# --8<-- [end:split]

# --8<-- [start:functions]
z = np.linspace(-6, 6, 200)
figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 2.8))
left.plot(z, np.maximum(z, 0), label="ReLU")
left.set(title="ReLU", xlabel="z", ylabel="output")
right.plot(z, 1 / (1 + np.exp(-z)), label="sigmoid")
right.axhline(0.5, color="gray", linestyle="--", label="one half")
right.set(title="sigmoid", xlabel="z")
plt.show()
# --8<-- [end:functions]


# --8<-- [start:network]
def new_network():
    """A network that has not learned anything yet."""
    return keras.Sequential(
        [
            keras.Input(shape=(20,)),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


keras.utils.set_random_seed(0)
network = new_network()
print(network.count_params(), "weights")
# --8<-- [end:network]

# --8<-- [start:compile]
network.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
# --8<-- [end:compile]

# --8<-- [start:training]
history = network.fit(x_train, y_train, epochs=10, batch_size=32, verbose=1)
# --8<-- [end:training]

# --8<-- [start:prediction]
probabilities = network.predict(x_test, verbose=0)[:, 0]
predictions = (probabilities > 0.5).astype(int)
print("probabilities:", probabilities[:5].round(2))
print("predictions:  ", predictions[:5])
print("true labels:  ", y_test[:5])
# --8<-- [end:prediction]

# --8<-- [start:accuracy]
accuracy = accuracy_score(y_test, predictions)
by_hand = np.mean(predictions == y_test)
print(f"scikit-learn {accuracy:.3f}, by hand {by_hand:.3f}")
# --8<-- [end:accuracy]

# --8<-- [start:histogram]
bins = np.linspace(0, 1, 21)
plt.figure()
plt.hist(probabilities[y_test == 0], bins, color="tab:blue", alpha=0.5, label="class 0")
plt.hist(
    probabilities[y_test == 1],
    bins,
    histtype="step",
    hatch="//",
    edgecolor="tab:orange",
    linewidth=1.5,
    label="class 1",
)
plt.axvline(0.5, color="black", linestyle="--", label="threshold")
plt.xlabel("predicted probability of class 1")
plt.ylabel("test rows")
plt.legend()
plt.show()
# --8<-- [end:histogram]

# --8<-- [start:errors]
false_alarms = np.sum((predictions == 1) & (y_test == 0))
misses = np.sum((predictions == 0) & (y_test == 1))
print(false_alarms, "false alarms,", misses, "misses,", len(y_test), "test rows")
# --8<-- [end:errors]

# --8<-- [start:rare]
rare_features, rare_labels = make_classification(
    n_samples=2000, n_features=20, n_informative=10, weights=[0.95], random_state=0
)
rare_x_train, rare_x_test, rare_y_train, rare_y_test = train_test_split(
    rare_features, rare_labels, test_size=0.25, stratify=rare_labels, random_state=0
)
keras.utils.set_random_seed(0)
rare_network = new_network()
rare_network.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
rare_network.fit(rare_x_train, rare_y_train, epochs=10, batch_size=32, verbose=0)
rare_predictions = rare_network.predict(rare_x_test, verbose=0)[:, 0] > 0.5

rare_accuracy = accuracy_score(rare_y_test, rare_predictions)
always_zero = np.mean(rare_y_test == 0)
rare_misses = np.sum(~rare_predictions & (rare_y_test == 1))
print(f"accuracy {rare_accuracy:.3f}; always answering 0 scores {always_zero:.3f}")
print(rare_misses, "of the", rare_y_test.sum(), "rows of class 1 missed")
# --8<-- [end:rare]

# --8<-- [start:shuffled]
shuffled = np.random.default_rng(0).permutation(y_train)
keras.utils.set_random_seed(0)
fooled = new_network()
fooled.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
fooled_history = fooled.fit(x_train, shuffled, epochs=10, batch_size=32, verbose=0)
fooled_predictions = fooled.predict(x_test, verbose=0)[:, 0] > 0.5

fooled_on_training = fooled_history.history["accuracy"][-1]
fooled_on_test = accuracy_score(y_test, fooled_predictions)
print(f"accuracy on its shuffled training labels: {fooled_on_training:.3f}")
print(f"accuracy on the test set: {fooled_on_test:.3f}")
# --8<-- [end:shuffled]
