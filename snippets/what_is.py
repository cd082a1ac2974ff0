"""What binary classification is: a score, a threshold, two kinds of error."""

# --8<-- [start:model]
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

tumours = load_breast_cancer()
labels = 1 - tumours.target  # class 1: malignant (the file says 0), class 0: benign
x_train, x_test, y_train, y_test = train_test_split(
    tumours.data[:, :5], labels, test_size=200, stratify=labels, random_state=0
)
keras.utils.set_random_seed(0)  # chance begins at the same place each time

scale = keras.layers.Normalization()
scale.adapt(x_train)
model = keras.Sequential([scale, keras.layers.Dense(1, activation="sigmoid")])
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01))
history = model.fit(x_train, y_train, epochs=20, verbose=0)
# --8<-- [end:model]

# --8<-- [start:scores]
scores = model.predict(x_test, verbose=0)[:, 0]
truth = y_test
for score, label in zip(scores[:6], truth[:6], strict=True):
    print(f"score {score:.3f}, truly {'malignant' if label else 'benign'}")
# --8<-- [end:scores]

# --8<-- [start:answers]
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score

answers = (scores >= 0.5).astype(int)  # the threshold: from 0.5 on, answer class 1
accuracy = accuracy_score(truth, answers)
metric = keras.metrics.BinaryAccuracy(threshold=0.5)
metric.update_state(truth, scores)
print(f"right: {accuracy:.3f}, by Keras {float(metric.result()):.3f}")
print(f"always 'benign' would be right for {np.mean(truth == 0):.3f}")
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

bins = np.linspace(0, 1, 21)
figure, panels = plt.subplots(2, 1, sharex=True)
for panel, value, name, color in (
    (panels[0], 0, "benign (0)", "tab:blue"),
    (panels[1], 1, "malignant (1)", "tab:orange"),
):
    panel.hist(scores[truth == value], bins, color=color)
    panel.axvline(0.5, color="black", linestyle="--", label="threshold 0.5")
    panel.set_ylabel(name)
    panel.set_yscale("log")
panels[0].legend()
panels[1].set_xlabel("score")
plt.show()
# --8<-- [end:picture]

# --8<-- [start:swapped]
other_way = 1 - y_test  # class 1: benign, as in the file
found = np.mean(answers[truth == 1])  # recall, with class 1 malignant
kept = np.mean(1 - answers[other_way == 1])  # recall, with class 1 benign
print(f"share of class 1 that is found: {found:.3f} if class 1 is malignant,")
print(f"{kept:.3f} if class 1 is benign")
# --8<-- [end:swapped]
