"""Train a first network on made-up data, and ask how far to trust its accuracy."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
rows, truth = make_classification(
    n_samples=12_000, n_features=20, n_informative=10, random_state=0
)
features, labels = rows[:2000], truth[:2000]  # what we have
later_features, later_labels = rows[2000:], truth[2000:]  # what comes later
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

# --8<-- [start:corners]
corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])  # class 1: the second and third
total = corners.sum(axis=1)  # the first hidden unit; ReLU leaves it as it is
above = np.maximum(total - 1, 0)  # the second: ReLU of the total minus 1
z = 10 * total - 20 * above - 5  # the output unit
print((1 / (1 + np.exp(-z))).round(3))
# --8<-- [end:corners]


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

# --8<-- [start:later]
later = network.predict(later_features, batch_size=1000, verbose=0)[:, 0] > 0.5
is_right = later == later_labels
twenty = is_right.reshape(20, 500).mean(axis=1)  # twenty tests of 500 rows
print(f"twenty other tests: {twenty.min():.3f} to {twenty.max():.3f},", end=" ")
print(f"all 10,000 rows: {is_right.mean():.3f}")
# --8<-- [end:later]

# --8<-- [start:twenty]
near = 1 / np.sqrt(500)
plt.figure(figsize=(6.4, 3))
plt.plot(range(1, 21), twenty, "o", color="gray", label="500 rows")
plt.axhline(is_right.mean(), color="black", label="all 10,000 rows")
plt.axhline(is_right.mean() - near, color="black", linestyle="--", label="1/√500 away")
plt.axhline(is_right.mean() + near, color="black", linestyle="--")
plt.xlabel("test")
plt.ylabel("accuracy")
plt.xticks(range(0, 21, 5))
plt.ylim(top=is_right.mean() + 1.9 * near)  # room for the legend
plt.legend(loc="upper center", ncols=3)
plt.show()
# --8<-- [end:twenty]

# --8<-- [start:neuron]
neuron = make_pipeline(StandardScaler(), LogisticRegression()).fit(x_train, y_train)
neuron_accuracy = neuron.score(x_test, y_test)
neuron_later = neuron.score(later_features, later_labels)
print(f"one neuron: {neuron_accuracy:.3f}; all 10,000 rows: {neuron_later:.3f}")
# --8<-- [end:neuron]

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
rare_probabilities = rare_network.predict(rare_x_test, verbose=0)[:, 0]
rare_predictions = rare_probabilities > 0.5

rare_accuracy = accuracy_score(rare_y_test, rare_predictions)
always_zero = np.mean(rare_y_test == 0)
rare_misses = np.sum(~rare_predictions & (rare_y_test == 1))
print(f"accuracy {rare_accuracy:.3f}; always answering 0 scores {always_zero:.3f}")
print(rare_misses, "of the", rare_y_test.sum(), "rows of class 1 missed")
# --8<-- [end:rare]

# --8<-- [start:column]
column = network.predict(x_test, verbose=0) > 0.5  # without the [:, 0]
compared = column == y_test
print(column.shape, "against", y_test.shape, "gives", compared.shape)
print(f"right by this count: {compared.mean():.3f}; in truth: {accuracy:.3f}")
# --8<-- [end:column]
