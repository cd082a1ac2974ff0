"""One neuron: a prediction by hand and in Keras, odds, a border, activations."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
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

# --8<-- [start:odds]
odds = probability / (1 - probability)
print(f"odds {odds:.2f} to 1, their logarithm {np.log(odds):.4f}")

larger = 1 / (1 + np.exp(-(z + weights[0])))  # the radius is 1 more
print(f"radius 1 more: probability {larger:.4f},", end=" ")
print(f"odds times {larger / (1 - larger) / odds:.2f}; e^3 is {np.exp(3):.2f}")
# --8<-- [end:odds]

# --8<-- [start:create]
neuron = keras.Sequential(
    [keras.Input(shape=(2,)), keras.layers.Dense(1, activation="sigmoid")]
)
neuron.set_weights([weights[:, None], np.array([bias])])  # shapes (2, 1) and (1,)
by_keras = float(neuron(features[None, :])[0, 0])  # a table of one row
difference = abs(by_keras - probability)
print(f"Keras {by_keras:.10f}")
print(f"hand  {probability:.10f}, difference {difference:.0e}")
# --8<-- [end:create]

# --8<-- [start:data]
tumours = load_breast_cancer()
labels = 1 - tumours.target  # class 1: malignant (the file says 0), class 0: benign
x_train, x_test, y_train, y_test = train_test_split(
    tumours.data[:, :3],  # radius, texture, and for later the perimeter
    labels,
    test_size=200,
    stratify=labels,
    random_state=0,
)
scaler = StandardScaler().fit(x_train)  # mean and spread of the training rows
standard = scaler.transform(x_test)[:, :2]  # radius and texture
largest = x_test[:, 0].argmax()
print("raw:", x_test[largest, :2], "standardised:", standard[largest].round(2))
# --8<-- [end:data]

# --8<-- [start:predict]
scores = neuron.predict(standard, verbose=0)[:, 0]
by_numpy = 1 / (1 + np.exp(-(standard @ weights + bias)))
print("largest difference:", f"{np.abs(scores - by_numpy).max():.0e}")
right = np.mean((scores >= 0.5) == y_test)
print(f"right {right:.3f}; always 'benign' {np.mean(y_test == 0):.3f}")
# --8<-- [end:predict]

# --8<-- [start:fitted]
ready = scaler.transform(x_train)
fitted = LogisticRegression(C=np.inf).fit(ready[:, :2], y_train)
print("weights", fitted.coef_[0].round(2), "bias", fitted.intercept_.round(2))
neuron.set_weights([fitted.coef_.T, fitted.intercept_])
same = neuron.predict(standard, verbose=0)[:, 0]
by_sklearn = fitted.predict_proba(standard)[:, 1]  # column 1: class 1
print("largest difference:", f"{np.abs(same - by_sklearn).max():.0e}")
right_fitted = np.mean((same >= 0.5) == y_test)
print(f"right {right_fitted:.3f}")
# --8<-- [end:fitted]

# --8<-- [start:three]
three = LogisticRegression(C=np.inf).fit(ready, y_train)
print("weights", three.coef_[0].round(1))  # radius, texture, perimeter
together = np.corrcoef(ready[:, 0], ready[:, 2])[0, 1]
print(f"correlation of radius and perimeter: {together:.3f}")
# --8<-- [end:three]

# --8<-- [start:border]
plt.figure()
for value, name, marker, color in (
    (0, "benign (0)", "o", "tab:blue"),
    (1, "malignant (1)", "^", "tab:orange"),
):
    chosen = y_test == value
    plt.plot(*standard[chosen].T, marker, markersize=4, color=color, label=name)
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
sums = standard @ weights + bias
for name, (function, _) in shapes.items():
    output = np.asarray(function(sums))
    inside = np.mean((output >= 0) & (output <= 1))
    print(f"{name:14} from {output.min():7.2f} to {output.max():6.2f},", end=" ")
    print(f"{inside:.0%} between 0 and 1")
# --8<-- [end:outputs]

# --8<-- [start:unscaled]
neuron.set_weights([weights[:, None], np.array([bias])])
raw = neuron.predict(x_test[:, :2], verbose=0)[:, 0]  # radius 14, and not 0.1
print("smallest and largest probability:", raw.min(), raw.max())
print("called malignant:", np.sum(raw >= 0.5), "of", len(raw))
# --8<-- [end:unscaled]
