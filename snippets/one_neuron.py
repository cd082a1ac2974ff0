"""One neuron: a prediction by hand and in Keras, its activation, and its border."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:by_hand]
features = np.array([1.2, -0.5])  # one tumour: radius, texture of its nuclei
weights = np.array([3.0, 1.0])
bias = -0.7
z = features[0] * weights[0] + features[1] * weights[1] + bias
probability = 1 / (1 + np.exp(-z))
print(f"sum {z:.4f}, probability of class 1: {probability:.4f}")
# --8<-- [end:by_hand]

# --8<-- [start:create]
neuron = keras.Sequential(
    [keras.Input(shape=(2,)), keras.layers.Dense(1, activation="sigmoid")]
)
neuron.set_weights([weights[:, None], np.array([bias])])  # shapes (2, 1) and (1,)
by_keras = float(neuron(features[None, :])[0, 0])  # a batch of one row
difference = abs(by_keras - probability)
print(f"Keras {by_keras:.10f}")
print(f"hand  {probability:.10f}, difference {difference:.0e}")
# --8<-- [end:create]

# --8<-- [start:predict]
tumours = load_breast_cancer()
labels = 1 - tumours.target  # class 1: malignant (the file says 0), class 0: benign
x = StandardScaler().fit_transform(tumours.data[:, :2])
scores = neuron.predict(x, verbose=0)[:, 0]
by_numpy = 1 / (1 + np.exp(-(x @ weights + bias)))
answers = (scores >= 0.5).astype(int)
print("largest difference:", f"{np.abs(scores - by_numpy).max():.0e}")
print(f"accuracy {accuracy_score(labels, answers):.3f},", end=" ")
metric = keras.metrics.BinaryAccuracy()
metric.update_state(labels, scores)
keras_accuracy = float(metric.result())
print(f"by Keras {keras_accuracy:.3f};", end=" ")
print(f"always 'benign' {np.mean(labels == 0):.3f}")
# --8<-- [end:predict]

# --8<-- [start:border]
plt.figure()
for value, name, marker, color in (
    (0, "benign (0)", "o", "tab:blue"),
    (1, "malignant (1)", "^", "tab:orange"),
):
    chosen = labels == value
    plt.plot(*x[chosen].T, marker, markersize=4, color=color, label=name)
across = np.array([-2.5, 4.5])
# The border is where the sum is 0, so that the probability is a half.
plt.plot(across, -(weights[0] * across + bias) / weights[1], "k", label="border")
plt.xlabel("radius (standardised)")
plt.ylabel("texture (standardised)")
plt.ylim(-3, 5)
plt.legend()
plt.show()
# --8<-- [end:border]

# --8<-- [start:activations]
line = np.linspace(-5, 5, 201)
shapes = {
    "sigmoid": (keras.activations.sigmoid, "k-"),
    "tanh": (keras.activations.tanh, "C2--"),
    "ReLU": (keras.activations.relu, "C3-."),
    "none (linear)": (keras.activations.linear, "C4:"),
}
plt.figure()
for name, (function, style) in shapes.items():
    plt.plot(line, np.asarray(function(line)), style, label=name)
plt.ylim(-2, 3)
plt.xlabel("sum z")
plt.ylabel("output")
plt.legend()
plt.show()
# --8<-- [end:activations]

# --8<-- [start:outputs]
z_all = x @ weights + bias
for name, (function, _) in shapes.items():
    output = np.asarray(function(z_all))
    inside = np.mean((output >= 0) & (output <= 1))
    print(f"{name:14} from {output.min():7.2f} to {output.max():6.2f},", end=" ")
    print(f"{inside:.0%} between 0 and 1")
# --8<-- [end:outputs]

# --8<-- [start:unscaled]
raw = neuron.predict(tumours.data[:, :2], verbose=0)[:, 0]  # radius 14, not 0.1
print("smallest and largest probability:", raw.min(), raw.max())
print(
    "answers:",
    np.bincount((raw >= 0.5).astype(int), minlength=2),
    "(benign, malignant)",
)
# --8<-- [end:unscaled]

# --8<-- [start:corners]
corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
either = np.array([0, 1, 1, 0])  # class 1: exactly one of the two is 1
choices = np.linspace(-3, 3, 25)
right = np.array(
    [
        np.sum((corners @ [a, b] + c >= 0) == either)
        for a in choices
        for b in choices
        for c in choices
    ]
)
print(f"{len(right):,} neurons; the best gets {right.max()} of 4 corners right")
# --8<-- [end:corners]

# --8<-- [start:two]
two_units = keras.Sequential(
    [
        keras.Input(shape=(2,)),
        keras.layers.Dense(2, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
# Hidden: a + b, and how far a + b is above 1.
# Output: ten times (the first minus twice the second), minus 5.
two_units.set_weights(
    [
        np.array([[1.0, 1.0], [1.0, 1.0]]),
        np.array([0.0, -1.0]),
        np.array([[10.0], [-20.0]]),
        np.array([-5.0]),
    ]
)
print(two_units.predict(corners, verbose=0)[:, 0].round(3))
# --8<-- [end:two]
