"""Make one machine faster before you look for a second, and let a crash cost little."""

# --8<-- [start:imports]
import shutil
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
features, benign = load_breast_cancer(return_X_y=True)
labels = (1 - benign)[:, np.newaxis].astype("float32")  # class 1: malignant
x_train, x_test, y_train, y_test = train_test_split(
    features.astype("float32"), labels, train_size=400, stratify=labels, random_state=1
)
x_train = StandardScaler().fit_transform(x_train)
print(len(y_train), "training rows,", int(y_train.sum()), "of them malignant (class 1)")


def build(optimizer=None, units=8, **settings):
    """A network, always with the same first weights; settings are for `compile`."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential(
        [
            keras.Input((30,)),
            layers.Dense(units, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    optimizer = optimizer or keras.optimizers.Adam(0.01)
    network.compile(optimizer, loss="binary_crossentropy", **settings)
    return network


# --8<-- [end:data]


# --8<-- [start:seconds]
def seconds(work, clock=time.process_time):
    """Seconds for some work, by this clock; the least of three, after a warm-up."""
    work()
    took = []
    for _ in range(3):
        begun = clock()
        work()
        took.append(clock() - begun)
    return min(took)


def compare(what, slow, fast, bound):
    """Say whether it is so many times as fast; return how many times it was here."""
    verdict = "more" if slow / fast > bound else "not more"
    print(f"{what}: {verdict} than {bound} times as fast")
    return slow / fast


# --8<-- [end:seconds]


# --8<-- [start:wait]
def late(x, y):
    """A batch, a hundredth of a second late, as from a slow disk."""
    tf.py_function(lambda: time.sleep(0.01), [], [])
    return x, y


def read(batches):
    """Get all batches, and do nothing with them."""
    for _ in batches:
        pass


def train(batches):
    """One epoch."""
    network.fit(batches, verbose=0, shuffle=False)


network = build()
disk = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(20).map(late)
kept = disk.cache().prefetch(tf.data.AUTOTUNE)  # read once, then from memory
epoch, reading, epoch_kept = (
    seconds(work, time.perf_counter)
    for work in (lambda: train(disk), lambda: read(disk), lambda: train(kept))
)
computing = seconds(lambda: train(disk))
print("reading takes more than half of an epoch:", reading > epoch / 2)
print("the processor is at work less than half of it:", computing < epoch / 2)
from_memory = compare("kept in memory", epoch, epoch_kept, bound=1.5)
# --8<-- [end:wait]

# --8<-- [start:overlap]
fetch, learn = 10, 6  # milliseconds for one batch; made up
batch = np.arange(5)
begins = {  # when each batch begins to be read, and to be learned from
    "in turn": (batch * (fetch + learn), batch * (fetch + learn) + fetch),
    "prefetch": (batch * fetch, fetch + batch * max(fetch, learn)),
    "from memory": ([], batch * learn),
}
ends = {way: int(learns[-1]) + learn for way, (_, learns) in begins.items()}
print("five batches take, in milliseconds:", ends)
axes = plt.figure(figsize=(6.4, 2.4)).gca()
for place, (reads, learns) in enumerate(begins.values()):
    axes.barh([place] * len(reads), fetch - 0.5, 0.3, reads, color="gray")
    axes.barh([place + 0.35] * len(learns), learn - 0.5, 0.3, learns, color="black")
axes.set_yticks([place + 0.17 for place in range(3)], begins)
axes.invert_yaxis()
axes.set_xlabel("milliseconds (above: reading, below: learning)")
plt.show()
# --8<-- [end:overlap]

# --8<-- [start:batch]
pipeline = tf.data.Dataset.from_tensor_slices((x_train, y_train)).cache().shuffle(400)
small, large = (pipeline.batch(size).prefetch(tf.data.AUTOTUNE) for size in (4, 100))
small_steps, large_steps = seconds(lambda: train(small)), seconds(lambda: train(large))
print("the same 400 rows, in", len(small), "steps and in", len(large))
larger = compare("batches of 100", small_steps, large_steps, bound=5)
# --8<-- [end:batch]

# --8<-- [start:feed]
ten = {"epochs": 10, "verbose": 0, "shuffle": False}
fed_arrays = seconds(lambda: network.fit(x_train, y_train, batch_size=100, **ten))
fed_pipeline = seconds(lambda: network.fit(large, **ten))
by_pipeline = compare("a pipeline", fed_arrays, fed_pipeline, bound=2)
many = build(steps_per_execution=50)
in_one_go = seconds(lambda: many.fit(small, verbose=0, shuffle=False))
many_steps = compare("fifty steps in one go", small_steps, in_one_go, bound=1.5)
# --8<-- [end:feed]

# --8<-- [start:mixed]
full, half = layers.Dense(4), layers.Dense(4, dtype="mixed_float16")
answer = half(x_train[:2])
print("weights:", half.kernel.dtype, " computes in:", answer.dtype)
sizes = [np.asarray(layer(x_train)).nbytes for layer in (full, half)]
print("bytes handed on for 400 rows:", *sizes)
tiny = np.float32(1e-8)  # a gradient, say
print("in 16 bits:", np.float16(tiny), " times 1,024:", np.float16(tiny * 1024))
# --8<-- [end:mixed]

# --8<-- [start:accumulate]
whole = build()
whole.fit(x_train, y_train, batch_size=100, epochs=5, shuffle=False, verbose=0)
pieces = build(keras.optimizers.Adam(0.01, gradient_accumulation_steps=4))
pieces.fit(x_train, y_train, batch_size=25, epochs=5, shuffle=False, verbose=0)


def apart(one, other):
    """The largest difference between two networks' weights."""
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


print("moved by the training, at most:", round(apart(whole, build()), 2))
print("whole and pieces differ by less than 0.0001:", apart(whole, pieces) < 0.0001)
# --8<-- [end:accumulate]


# --8<-- [start:crash]
class PowerCut(keras.callbacks.Callback):
    """For the lesson: the training breaks down at the start of the fourth epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 3:
            raise OSError("power cut")


shutil.rmtree("backup", ignore_errors=True)  # if you ran this before
steady = build()
steady.fit(x_train, y_train, batch_size=100, epochs=5, shuffle=False, verbose=0)

broken = build()
plan = {"batch_size": 100, "epochs": 5, "shuffle": False, "verbose": 0}
try:
    callbacks = [keras.callbacks.BackupAndRestore("backup"), PowerCut()]
    broken.fit(x_train, y_train, callbacks=callbacks, **plan)
except OSError as error:
    print("stopped by:", error)
# --8<-- [end:crash]

# --8<-- [start:resume]
again = build()  # a new process would begin like this
callbacks = [keras.callbacks.BackupAndRestore("backup")]
history = again.fit(x_train, y_train, callbacks=callbacks, **plan)
print("epochs of the second start:", [epoch + 1 for epoch in history.epoch])
print("as if nothing had happened:", apart(steady, again) < 0.0001)
# --8<-- [end:resume]


# --8<-- [start:second]
def share(units, rows, rounds):
    """How long half of the rows take, as a share of all; the least of the rounds."""
    model = build(units=units)
    x = np.resize(x_train, (rows, 30))
    y = np.resize(y_train, (rows, 1))
    took = [
        [
            seconds(lambda n=n: [model.train_on_batch(x[:n], y[:n]) for _ in range(5)])
            for n in (rows, rows // 2)
        ]
        for _ in range(rounds)
    ]
    whole_step, half_step = np.min(took, axis=0)
    return half_step / whole_step


little = share(units=8, rows=100, rounds=10)
much = share(units=2048, rows=4096, rounds=1)
print("our network: half of the rows take more than 3/4 of the time:", little > 3 / 4)
print("a heavy step: they take less than 2/3 of it:", much < 2 / 3)
# --8<-- [end:second]
