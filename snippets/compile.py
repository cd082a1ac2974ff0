"""What compile is told, what it does, and what a wrong word in it does."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
tumours = load_breast_cancer()
labels = 1 - tumours.target  # class 1: malignant (the file says 0), class 0: benign
x_train, x_test, y_train, y_test = train_test_split(
    tumours.data, labels, test_size=200, stratify=labels, random_state=0
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)

keras.utils.set_random_seed(1)  # before any layer is made
neuron = keras.Sequential(
    [keras.Input(shape=(30,)), keras.layers.Dense(1, activation="sigmoid")]
)
start = neuron.get_weights()
# --8<-- [end:data]

# --8<-- [start:compile]
neuron.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
# --8<-- [end:compile]

# --8<-- [start:nothing]
same = all(
    np.array_equal(before, now)
    for before, now in zip(start, neuron.get_weights(), strict=True)
)
print("every weight is as it was:", same)
rate = float(neuron.optimizer.learning_rate)
print(type(neuron.optimizer).__name__, f"at rate {rate:g}")
# --8<-- [end:nothing]

# --8<-- [start:cross_entropy]
truth = np.array([1, 1, 0, 0])
probability = np.array([0.9, 0.2, 0.1, 0.99])
cost = np.where(truth == 1, -np.log(probability), -np.log(1 - probability))
by_hand = cost.mean()
by_keras = float(
    keras.losses.BinaryCrossentropy()(truth[:, None], probability[:, None])
)
by_sklearn = log_loss(truth, probability)
print("each row:", cost.round(3))
print(f"by hand {by_hand:.4f}, Keras {by_keras:.4f}, scikit-learn {by_sklearn:.4f}")
# --8<-- [end:cross_entropy]

# --8<-- [start:curve]
p = np.linspace(0.005, 0.995, 200)
plt.figure()
plt.plot(p, -np.log(p), color="tab:orange", label="the truth is class 1")
plt.plot(p, -np.log(1 - p), "--", color="tab:blue", label="the truth is class 0")
plt.xlabel("probability that the network gives to class 1")
plt.ylabel("loss of this row")
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:objects]
neuron.fit(x_train, y_train, epochs=5, batch_size=64, shuffle=False, verbose=0)
with_strings = neuron.get_weights()

neuron.set_weights(start)
neuron.compile(
    loss=keras.losses.BinaryCrossentropy(),
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    metrics=[
        keras.metrics.BinaryAccuracy(name="accuracy"),
        keras.metrics.AUC(name="auc"),
    ],
)
neuron.fit(x_train, y_train, epochs=5, batch_size=64, shuffle=False, verbose=0)
with_objects = neuron.get_weights()
pairs = zip(with_strings, with_objects, strict=True)
print("the same weights:", all(np.array_equal(a, b) for a, b in pairs))
# --8<-- [end:objects]

# --8<-- [start:best]
share = 0.7  # of rows that look alike, 70% are in class 1
q = np.linspace(0.01, 0.99, 99)  # what may be said about them
costs = {
    "cross-entropy": -share * np.log(q) - (1 - share) * np.log(1 - q),
    "squared error": share * (1 - q) ** 2 + (1 - share) * q**2,
    "absolute error": share * (1 - q) + (1 - share) * q,
}
plt.figure(figsize=(6.4, 3.2))
for (name, mean_cost), style in zip(costs.items(), ("k-", "C2--", "C3-."), strict=True):
    plt.plot(q, mean_cost, style, label=name)
    print(f"{name:14} is smallest at {q[mean_cost.argmin()]:.2f}")
best = [q[mean_cost.argmin()] for mean_cost in costs.values()]
plt.plot(best, [min(each) for each in costs.values()], "ko", label="lowest points")
plt.xlabel("what the network says to all of them, q")
plt.ylabel("mean cost")
plt.ylim(0, 1.5)
plt.legend(loc="upper center", ncols=2)
plt.show()
# --8<-- [end:best]

# --8<-- [start:tasks]
tasks = {
    "yes or no": (1, "sigmoid", "binary_crossentropy", [[1], [0]]),
    "one of three": (3, "softmax", "sparse_categorical_crossentropy", [[2], [0]]),
    "same, one-hot": (3, "softmax", "categorical_crossentropy", [[0, 0, 1], [1, 0, 0]]),
    "three tags": (3, "sigmoid", "binary_crossentropy", [[1, 0, 1], [0, 0, 0]]),
}
becomes, losses = {}, {}
for task, (units, activation, name, labels_of_two) in tasks.items():
    keras.utils.set_random_seed(1)
    network = keras.Sequential(
        [keras.Input(shape=(30,)), keras.layers.Dense(units, activation=activation)]
    )
    network.compile(loss=name, metrics=["accuracy"], run_eagerly=True)
    two = x_train[:2], np.array(labels_of_two)
    losses[task] = network.evaluate(*two, verbose=0, return_dict=True)["loss"]
    becomes[task] = type(network.metrics[1].metrics[0]).__name__
    print(f"{task:13} loss {losses[task]:.3f}, accuracy is {becomes[task]}")
# --8<-- [end:tasks]

# --8<-- [start:tags]
# Four photos; class 1 of each column: there is a beach, there are people, it is night.
tags = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 1, 1]])
said = np.array([[0.7, 0.9, 0.1], [0.9, 0.8, 0.7], [0.1, 0.3, 0.2], [0.2, 0.8, 0.9]])
echo = keras.Sequential([keras.Input(shape=(3,)), keras.layers.Identity()])
echo.compile(
    loss="binary_crossentropy",
    metrics=["accuracy", keras.metrics.BinaryAccuracy(name="each_tag")],
    run_eagerly=True,
)
trap = echo.evaluate(said, tags, verbose=0, return_dict=True)
print({name: round(value, 3) for name, value in trap.items()})
print("tags that are right:", np.sum((said > 0.5) == tags), "of", tags.size)
# --8<-- [end:tags]

# --8<-- [start:logits]
twice = keras.losses.BinaryCrossentropy(from_logits=True)
right = keras.losses.BinaryCrossentropy()
bare = [[0.999]]  # a probability: the sigmoid has been applied
print(f"sure and right: {float(right([[1.0]], bare)):.3f} as it should be,", end=" ")
print(f"{float(twice([[1.0]], bare)):.3f} with from_logits=True")
# --8<-- [end:logits]
