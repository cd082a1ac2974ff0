"""What binary classification is: a score, a threshold, two kinds of error."""

# --8<-- [start:data]
import keras
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

tumours = load_breast_cancer()
labels = 1 - tumours.target  # class 1: malignant (the file says 0), class 0: benign
x_train, x_test, y_train, y_test = train_test_split(
    tumours.data[:, :5], labels, test_size=200, stratify=labels, random_state=0
)
known = pd.DataFrame(x_train, columns=tumours.feature_names[:5])
known["class"] = y_train
known.groupby("class").head(2).round(3)
# --8<-- [end:data]

# --8<-- [start:model]
keras.utils.set_random_seed(0)  # chance begins at the same place each time

scale = keras.layers.Normalization()
scale.adapt(x_train)
model = keras.Sequential([scale, keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.1))
history = model.fit(x_train, y_train, batch_size=41, epochs=16, verbose=0)
# --8<-- [end:model]

# --8<-- [start:scores]
scores = model.predict(x_test, verbose=0)[:, 0]
truth = y_test
for score, label in zip(scores[:6], truth[:6], strict=True):
    print(f"score {score:.3f}, truly {'malignant' if label else 'benign'}")
# --8<-- [end:scores]

# --8<-- [start:answers]
answers = (scores >= 0.5).astype(int)  # the threshold: from 0.5 on, answer class 1
accuracy = np.mean(answers == truth)
lazy = np.mean(truth == 0)
print(f"right: {accuracy:.3f}; always 'benign' would be right for {lazy:.3f}")
# --8<-- [end:answers]

# --8<-- [start:errors]
thresholds = [0.01, 0.1, 0.5, 0.9, 0.99]
table = pd.DataFrame(
    {
        "false alarms": [int(np.sum(scores[truth == 0] >= t)) for t in thresholds],
        "missed tumours": [int(np.sum(scores[truth == 1] < t)) for t in thresholds],
    },
    index=pd.Index(thresholds, name="threshold"),
)
table.sort_index()
# --8<-- [end:errors]

# --8<-- [start:picture]
import matplotlib.pyplot as plt

height = np.random.default_rng(0).random(len(scores))  # so that few dots hide others
plt.figure(figsize=(6.4, 3))
for value, name, marker, color in (
    (0, "benign (0)", "o", "tab:blue"),
    (1, "malignant (1)", "^", "tab:orange"),
):
    chosen = truth == value
    up = value + 0.7 * height[chosen]
    plt.plot(scores[chosen], up, marker, markersize=4, color=color, label=name)
plt.axvline(0.5, color="black", linestyle="--", label="threshold 0.5")
plt.yticks([])
plt.xlabel("score")
plt.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
plt.show()
# --8<-- [end:picture]

# --8<-- [start:first]
order = np.argsort(-scores)  # the highest score first
first = truth[order[:20]]
print(f"of the 20 with the highest scores, {first.sum()} are malignant,", end=" ")
print(f"of all {len(truth)}, {truth.sum()}")
# --8<-- [end:first]

# --8<-- [start:swapped]
programs = {
    "threshold 0.5": answers,
    "threshold 0.99": (scores >= 0.99).astype(int),
    "always 'benign'": np.zeros(len(truth), int),
}
each = programs.values()
found = pd.DataFrame(
    {
        "class 1 is malignant": [np.mean(a[truth == 1] == 1) for a in each],
        "class 1 is benign": [np.mean(a[truth == 0] == 0) for a in each],
    },
    index=list(programs),
)
found.round(3)
# --8<-- [end:swapped]
