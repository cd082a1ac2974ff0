"""What compile is told, what it does, and what a wrong word in it does."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
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

# --8<-- [start:metrics]
measured = neuron.evaluate(x_test, y_test, verbose=0, return_dict=True)
scores = neuron.predict(x_test, verbose=0)[:, 0]
by_scikit_learn = {
    "accuracy": accuracy_score(y_test, scores >= 0.5),
    "auc": roc_auc_score(y_test, scores),
    "loss": log_loss(y_test, scores.astype("float64")),
}
print("Keras:       ", {name: round(measured[name], 4) for name in by_scikit_learn})
print("scikit-learn:", {name: round(v, 4) for name, v in by_scikit_learn.items()})
# --8<-- [end:metrics]


# --8<-- [start:compare]
def run(loss, optimizer, rate=0.01):
    """Train the neuron from its start; give each metric on the test set, by epoch."""
    neuron.set_weights(start)
    metrics = [
        keras.metrics.BinaryAccuracy(name="accuracy"),
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(name="auc"),
    ]
    neuron.compile(loss=loss, optimizer=optimizer, metrics=metrics)
    neuron.optimizer.learning_rate = rate
    history = neuron.fit(
        x_train,
        y_train,
        validation_data=(x_test, y_test),
        validation_batch_size=200,  # in one go: faster, same numbers
        epochs=15,
        batch_size=64,
        verbose=0,
    ).history
    return pd.DataFrame({each.name: history[f"val_{each.name}"] for each in metrics})


ways = {
    "cross-entropy, adam": run("binary_crossentropy", "adam"),
    "cross-entropy, sgd": run("binary_crossentropy", "sgd"),
    "squared error, adam": run("mean_squared_error", "adam"),
    "hinge, adam": run("hinge", "adam"),
    "cross-entropy, sgd at 0.5": run("binary_crossentropy", "sgd", 0.5),
}
ends = pd.DataFrame({name: by_epoch.iloc[-1] for name, by_epoch in ways.items()}).T
ends.round(3)
# --8<-- [end:compare]

# --8<-- [start:picture]
plt.figure()
for (name, values), style in zip(
    ways.items(), ("-o", "--s", "-.^", ":D", "--v"), strict=True
):
    plt.plot(range(1, 16), values.accuracy, style, markersize=4, label=name)
plt.xlabel("Epoch")
plt.ylabel("accuracy on the test set")
plt.xticks(range(0, 16, 5))
plt.legend()
plt.show()
# --8<-- [end:picture]

# --8<-- [start:one_unit]
neuron.set_weights(start)
neuron.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
history = neuron.fit(x_train, y_train[:, None], epochs=2, verbose=0).history
moved = float(np.abs(neuron.get_weights()[0] - start[0]).max())
print("losses:", history["loss"])
print(f"and yet a weight moved by {moved:.3f}")
# --8<-- [end:one_unit]

# --8<-- [start:gradient]
z = tf.Variable([[0.3], [-0.7]])  # the sums of two rows, one of class 1, one of class 0
with tf.GradientTape() as tape:
    one_class = keras.losses.CategoricalCrossentropy()
    loss = one_class(np.array([[1.0], [0.0]]), keras.activations.sigmoid(z))
slopes = tape.gradient(loss, z).numpy()[:, 0]
print(f"loss {float(loss):.4f}; gradient for class 1: {slopes[0]},", end=" ")
print(f"for class 0: {slopes[1]}")
# --8<-- [end:gradient]

# --8<-- [start:logits]
twice = keras.losses.BinaryCrossentropy(from_logits=True)
right = keras.losses.BinaryCrossentropy()
bare = [[0.999]]  # a probability: the sigmoid has been applied
print(f"sure and right: {float(right([[1.0]], bare)):.3f} as it should be,", end=" ")
print(f"{float(twice([[1.0]], bare)):.3f} with from_logits=True")

neuron.set_weights(start)
neuron.compile(loss=twice, optimizer="adam", metrics=["accuracy"])
noticed = neuron.evaluate(x_test, y_test, verbose=0, return_dict=True)["loss"]
answers = neuron.predict(x_test, verbose=0)[:, 0].astype("float64")
print(f"the neuron: {noticed:.4f}, by scikit-learn {log_loss(y_test, answers):.4f}")
# --8<-- [end:logits]
