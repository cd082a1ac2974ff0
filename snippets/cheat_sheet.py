"""A binary classifier from data to verdict, on one page."""

# --8<-- [start:recipe]
import keras
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
scores = model.predict(x_test, verbose=0)[:, 0]  # probabilities of class 1
answers = (scores >= 0.5).astype(int)  # choose the threshold on validation data
# --8<-- [end:recipe]

# --8<-- [start:verdict]
(tn, fp), (fn, tp) = metrics.confusion_matrix(y_test, answers)
precision, recall = tp / (tp + fp), tp / (tp + fn)
by_hand = {
    "accuracy": (tp + tn) / len(y_test),
    "precision": precision,
    "recall": recall,
    "F1": 2 * precision * recall / (precision + recall),
}
by_sklearn = {
    "accuracy": metrics.accuracy_score(y_test, answers),
    "precision": metrics.precision_score(y_test, answers),
    "recall": metrics.recall_score(y_test, answers),
    "F1": metrics.f1_score(y_test, answers),
    "auc": metrics.roc_auc_score(y_test, scores),  # from the scores
    "loss": metrics.log_loss(y_test, scores.astype("float64")),
}
by_keras = {}
for name, metric in {
    "accuracy": keras.metrics.BinaryAccuracy(),
    "precision": keras.metrics.Precision(),
    "recall": keras.metrics.Recall(),
    "F1": keras.metrics.F1Score(threshold=0.5),
}.items():
    metric.update_state(y_test[:, None].astype("float32"), scores[:, None])
    by_keras[name] = float(keras.ops.convert_to_numpy(metric.result()).squeeze())
by_keras |= model.evaluate(x_test, y_test, verbose=0, return_dict=True)
print(f"TN {tn}, FP {fp}, FN {fn}, TP {tp}")
print(", ".join(f"{name} {each:.2f}" for name, each in by_sklearn.items()))
# --8<-- [end:verdict]
