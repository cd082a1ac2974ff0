"""A binary classifier from data to verdict, on one page."""

# --8<-- [start:recipe]
import keras
import numpy as np
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

data = load_breast_cancer()
labels = 1 - data.target  # class 1: malignant (the file says 0)
x_rest, x_test, y_rest, y_test = train_test_split(
    data.data, labels, test_size=0.25, stratify=labels, random_state=0
)
x_train, x_val, y_train, y_val = train_test_split(
    x_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=0
)
keras.utils.set_random_seed(0)  # before any layer is made
scale = keras.layers.Normalization()
scale.adapt(x_train)  # from the training set alone
model = keras.Sequential(
    [
        keras.Input(shape=(30,)),
        scale,
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.01),
    loss="binary_crossentropy",
    metrics=["accuracy", keras.metrics.AUC(name="auc")],
)
stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
history = model.fit(
    x_train,
    y_train,
    validation_data=(x_val, y_val),
    epochs=50,
    callbacks=[stop],
    verbose=0,
)
# --8<-- [end:recipe]

# --8<-- [start:threshold]
miss, alarm = 5, 1  # what each error costs: yours to say
on_val = model.predict(x_val, verbose=0)[:, 0]
tried = np.append(np.unique(on_val), 1.1)  # 1.1: no alarm
costs = [
    miss * np.sum(y_val[on_val < t]) + alarm * np.sum(1 - y_val[on_val >= t])
    for t in tried
]
threshold = tried[np.argmin(costs)]  # the cheapest on validation rows
# --8<-- [end:threshold]

# --8<-- [start:verdict]
scores = model.predict(x_test, verbose=0)[:, 0]  # probabilities of class 1
answers = (scores >= threshold).astype(int)
(tn, fp), (fn, tp) = metrics.confusion_matrix(y_test, answers)
verdict = {
    "always 0": np.mean(y_test == 0),  # what a constant answer scores
    "accuracy": metrics.accuracy_score(y_test, answers),
    "precision": metrics.precision_score(y_test, answers),
    "recall": metrics.recall_score(y_test, answers),
    "F1": metrics.f1_score(y_test, answers),
    "AUC": metrics.roc_auc_score(y_test, scores),  # from the scores
    "average precision": metrics.average_precision_score(y_test, scores),
    "Brier score": metrics.brier_score_loss(y_test, scores),
    "log loss": metrics.log_loss(y_test, scores.astype("float64")),
}
print(f"TN {tn}, FP {fp}, FN {fn}, TP {tp}")
for name, value in verdict.items():
    print(f"{name:17} {value:.2f}")

# How sure is the recall? Wilson's interval for a share, here of all TP + FN.
low, high = binomtest(tp, tp + fn).proportion_ci(method="wilson")
print(f"recall: {low:.2f} to {high:.2f}")
# --8<-- [end:verdict]
