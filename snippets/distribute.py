"""Share one training among devices, and see what stays the same and what does not."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:devices]
# First of all, before TensorFlow uses a device: two processors where there is one.
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])
print([device.name for device in tf.config.list_logical_devices("CPU")])
# --8<-- [end:devices]

# --8<-- [start:shared-data]
features, benign = load_breast_cancer(return_X_y=True)
labels = 1 - benign  # class 1: malignant, class 0: benign
x_train, x_test, y_train, y_test = train_test_split(
    features.astype("float32"),
    labels.astype("float32"),
    train_size=400,
    stratify=labels,
    random_state=1,
)
scaler = StandardScaler().fit(x_train)
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)
print(len(y_train), "training rows,", int(y_train.sum()), "of them malignant (class 1)")
# --8<-- [end:shared-data]

# --8<-- [start:shared-model]
keras.utils.set_random_seed(0)  # before any layer is made: it draws its weights
model = keras.Sequential(
    [
        keras.Input(shape=(30,)),
        keras.layers.Dense(8, activation="relu", kernel_regularizer="l2"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
model.optimizer.build(model.trainable_variables)  # make room for Adam's averages
model.save("start.keras")
print(model.count_params(), "weights")
# --8<-- [end:shared-model]

# --8<-- [start:gradient]
cross_entropy = keras.losses.BinaryCrossentropy()  # the mean over the rows it is given


def gradient(rows):
    """The slopes of the loss on these training rows, as one long array."""
    with tf.GradientTape() as tape:
        loss = cross_entropy(y_train[rows][:, np.newaxis], model(x_train[rows]))
    slopes = tape.gradient(loss, model.trainable_variables)
    return np.concatenate([slope.numpy().ravel() for slope in slopes])


whole = gradient(slice(0, 100))
first_half, second_half = gradient(slice(0, 50)), gradient(slice(50, 100))
average = (first_half + second_half) / 2
print(f"largest slope: {abs(whole).max():.3f}")
print("average of the halves equals the whole:", np.allclose(average, whole, atol=1e-5))
# --8<-- [end:gradient]

# --8<-- [start:averaging]
number = np.arange(1, 10)  # the last layer: eight weights and a bias
plt.figure()
plt.vlines(number, first_half[-9:], second_half[-9:], color="gray", linewidth=1)
plt.plot(number, first_half[-9:], "^", color="black", label="first 50 rows")
plt.plot(number, second_half[-9:], "v", color="gray", label="other 50 rows")
plt.plot(number, average[-9:], "x", color="C2", ms=8, label="average of the two")
plt.plot(number, whole[-9:], "o", color="C3", mfc="none", ms=13, label="all 100 rows")
plt.xlabel("Weight of the last layer (the ninth is the bias)")
plt.ylabel("Gradient")
plt.xticks(number)
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:averaging]

# --8<-- [start:wrong_scale]
wrong = first_half + second_half  # each machine's loss, divided by its own 50 rows
print(f"times too large: {np.linalg.norm(wrong) / np.linalg.norm(whole):.2f}")
# --8<-- [end:wrong_scale]


# --8<-- [start:train]
def train(model, batch_size=100, epochs=9):
    """Train here, taking the rows in their order; the loss of each epoch."""

    @tf.function  # translated once, then run without Python: faster
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = keras.losses.binary_crossentropy(
                y[:, tf.newaxis], model(x, training=True)
            )
            loss = tf.reduce_mean(loss)
            loss += tf.add_n(model.losses)  # the penalty of the first layer
        slopes = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(slopes, model.trainable_variables)
        return loss

    batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(batch_size)
    losses = [[step(x, y).numpy() for x, y in batches] for _ in range(epochs)]
    return np.mean(losses, axis=1).tolist()


# --8<-- [end:train]


# --8<-- [start:one_machine]
one_machine = train(model)
for epoch in (1, 3, 9):
    print(f"epoch {epoch}: loss {one_machine[epoch - 1]:.4f}")
# --8<-- [end:one_machine]


# --8<-- [start:distance]
def distance(theirs):
    """The largest difference between a weight of theirs and one machine's."""
    pairs = zip(theirs.get_weights(), model.get_weights(), strict=True)
    return max(float(abs(a - b).max()) for a, b in pairs)


# --8<-- [end:distance]

# --8<-- [start:mirrored]
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():  # what is made or loaded in here gets a copy on each device
    mirrored = keras.models.load_model("start.keras")
copies = strategy.experimental_local_results(mirrored.trainable_variables[0].value)
print("the weights are on", " and ".join(copy.device[-5:] for copy in copies))
history = mirrored.fit(
    x_train, y_train, batch_size=100, epochs=9, shuffle=False, verbose=0
)


print(f"before training: {distance(keras.models.load_model('start.keras')):.2f}")
print("on two devices, less than 0.001:", distance(mirrored) < 0.001)
# --8<-- [end:mirrored]

# --8<-- [start:global_batch]
table = []
for machines, rate in ((1, 0.01), (2, 0.01), (8, 0.01), (8, 0.04), (1, 0.04)):
    again = keras.models.load_model("start.keras")
    again.optimizer.learning_rate = rate
    train(again, batch_size=50 * machines)
    loss = float(cross_entropy(y_train[:, np.newaxis], again(x_train)))
    loss += float(tf.add_n(again.losses))  # the penalty
    steps = int(again.optimizer.iterations.numpy())
    table.append((machines, 50 * machines, rate, steps, loss))
names = ["machines", "global batch", "learning rate", "steps", "loss after epoch 9"]
table = pd.DataFrame(table, columns=names)
table.round(3)
# --8<-- [end:global_batch]
