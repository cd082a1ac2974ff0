"""Train one model on one machine, on two devices, and as two processes; kill one."""

# --8<-- [start:imports]
import json
import os
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
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
np.savez("data.npz", x=x_train, y=y_train)  # the other processes read this
print(len(y_train), "training rows,", int(y_train.sum()), "of them malignant (class 1)")
# --8<-- [end:data]

# --8<-- [start:model]
keras.utils.set_random_seed(0)  # before any layer is made: it draws its weights
model = keras.Sequential(
    [
        keras.Input(shape=(30,)),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(keras.optimizers.Adam(0.01), loss="binary_crossentropy")
model.optimizer.build(model.trainable_variables)  # make room for Adam's averages
model.save("start.keras")
print(model.count_params(), "weights")
# --8<-- [end:model]

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


# --8<-- [start:one_machine]
def train(model, batch_size=100, epochs=9):
    """Train here, taking the rows in their order; the mean loss of each epoch."""

    @tf.function  # translated once, then run without Python: faster
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = cross_entropy(y[:, tf.newaxis], model(x, training=True))
        slopes = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(slopes, model.trainable_variables)
        return loss

    batches = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(batch_size)
    losses = [[step(x, y).numpy() for x, y in batches] for _ in range(epochs)]
    return np.mean(losses, axis=1).tolist()


one_machine = train(model)
for epoch in (1, 3, 9):
    print(f"epoch {epoch}: loss {one_machine[epoch - 1]:.4f}")
# --8<-- [end:one_machine]


# --8<-- [start:run]
def free_addresses(count):
    """Addresses on this machine at which nobody listens."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))  # port 0: the system picks a free one
    addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return addresses


def run(script, *arguments, workers=1, may_fail=False, seconds=600):
    """Run a script as `workers` processes at once; what each printed, and exit codes.

    If one fails, or the time is up, all are ended. Unless they may fail, that is an
    error, and it tells what they wrote to standard error.
    """
    # What this process was told, except how to reach the world outside: the workers
    # talk to their neighbours. Without a graphics card, which they would fight over.
    settings = {k: v for k, v in os.environ.items() if "_proxy" not in k.lower()}
    settings |= {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
    settings |= {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_CONFIG": "{}"}
    addresses, processes = free_addresses(workers), []
    end = time.monotonic() + seconds
    try:
        for index in range(workers):
            if workers > 1:
                task = {"type": "worker", "index": index}
                config = {"cluster": {"worker": addresses}, "task": task}
                settings["TF_CONFIG"] = json.dumps(config)
            with (
                open(f"{script}.{index}.out", "w") as out,
                open(f"{script}.{index}.err", "w") as err,
            ):
                command = [sys.executable, script, *arguments]
                process = subprocess.Popen(
                    command, env=settings, stdout=out, stderr=err
                )
            processes.append(process)
        while any(each.poll() is None for each in processes) and time.monotonic() < end:
            if any(each.poll() for each in processes) and not may_fail:
                break  # one has failed, and the others would wait for it
            time.sleep(0.05)
    finally:
        for each in processes:
            each.kill()  # does nothing to a process that has ended
            each.wait()
    codes = [each.returncode for each in processes]
    if any(codes) and not may_fail:
        errors = [Path(f"{script}.{n}.err").read_text() for n in range(workers)]
        raise RuntimeError(f"{script} ended with {codes}:\n" + "\n".join(errors))
    return [Path(f"{script}.{n}.out").read_text() for n in range(workers)], codes


# --8<-- [end:run]

# --8<-- [start:mirrored]
program = """
import keras
import numpy as np
import tensorflow as tf

# First of all, before TensorFlow looks at its devices: two CPUs where there is one.
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])

strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
with strategy.scope():  # what is made or loaded in here gets a copy on each device
    model = keras.models.load_model("start.keras")
copies = strategy.experimental_local_results(model.trainable_variables[0].value)
print("the weights are on", " and ".join(copy.device[-5:] for copy in copies))

data = np.load("data.npz")
history = model.fit(
    data["x"], data["y"], batch_size=100, epochs=9, shuffle=False, verbose=0
)
for epoch, loss in enumerate(history.history["loss"], 1):
    print(f"epoch {epoch}: loss {loss:.4f}")
model.save("mirrored.keras")
"""
Path("mirrored.py").write_text(program)
two_devices = ThreadPoolExecutor().submit(run, "mirrored.py")  # starts; we go on
# --8<-- [end:mirrored]


# --8<-- [start:worker_start]
worker = """
import json
import os
import signal
import sys

import keras
import numpy as np
import tensorflow as tf

dies_in = int(sys.argv[1])  # in which epoch worker 1 is killed; 0: in none
index = json.loads(os.environ["TF_CONFIG"])["task"]["index"]  # which worker am I?
strategy = tf.distribute.MultiWorkerMirroredStrategy()  # waits for the other one

data = np.load("data.npz")
rows = tf.data.Dataset.from_tensor_slices((data["x"], data["y"]))
batches = rows.batch(100, drop_remainder=True)  # whole batches only
mine = strategy.experimental_distribute_dataset(batches)

last = "checkpoint.keras" if os.path.exists("checkpoint.keras") else "start.keras"
with strategy.scope():
    model = keras.models.load_model(last)
steps_done = int(model.optimizer.iterations.numpy())
print("go on from", last, "after", steps_done, "steps", flush=True)
"""
# --8<-- [end:worker_start]

# --8<-- [start:worker_fit]
worker += """
if steps_done == 0:
    x, y = (strategy.experimental_local_results(part)[0] for part in next(iter(mine)))
    print("my part of the first batch:", len(y), "rows,", int(sum(y)), "malignant")
    try:
        model.fit(batches, verbose=0)
    except ValueError as error:
        print("fit raises ValueError:", str(error).split("{")[0], "...", flush=True)
"""
# --8<-- [end:worker_fit]

# --8<-- [start:worker_step]
worker += """
cross_entropy = keras.losses.BinaryCrossentropy(reduction="none")  # one loss for a row


@tf.function
def step(x, y):
    def my_part(x, y):
        with tf.GradientTape() as tape:
            losses = cross_entropy(y[:, tf.newaxis], model(x, training=True))
            loss = tf.reduce_sum(losses) / 100  # by the whole batch, not my 50 rows
        slopes = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(slopes, model.trainable_variables)  # adds up the workers'
        return loss

    return strategy.reduce("SUM", strategy.run(my_part, args=(x, y)), axis=None)
"""
# --8<-- [end:worker_step]

# --8<-- [start:worker_loop]
worker += """
for epoch in range(steps_done // len(batches) + 1, 10):
    losses = []
    try:
        for x, y in mine:
            if epoch == dies_in and index == 1 and len(losses) == 2:
                os.kill(os.getpid(), signal.SIGKILL)  # a signal that nothing can catch
            losses.append(step(x, y).numpy())
    except tf.errors.OpError as error:
        print("stopped in epoch", epoch, "by", type(error).__name__, flush=True)
        sys.exit(1)
    if epoch % 3 == 0:
        model.save(f"unfinished-{index}.keras")  # all save: some layers ask the others
    if index == 0:
        print(f"epoch {epoch}: loss {np.mean(losses):.4f}", flush=True)
        if epoch % 3 == 0:
            os.replace("unfinished-0.keras", "checkpoint.keras")  # whole, or not at all
"""
Path("worker.py").write_text(worker)
print("worker.py has", worker.count("\n"), "lines")
# --8<-- [end:worker_loop]

# --8<-- [start:crash]
Path("checkpoint.keras").unlink(missing_ok=True)  # if you ran this before
crashed, codes = run("worker.py", "5", workers=2, may_fail=True)
for index in (0, 1):
    print(f"worker {index}\n{crashed[index]}exit code {codes[index]}\n")
# --8<-- [end:crash]

# --8<-- [start:same]
(mirrored,), _ = two_devices.result()  # waits for its end
print(mirrored)


def distance(path):
    """The largest difference between a weight in that file and one machine's."""
    theirs, ours = keras.models.load_model(path).get_weights(), model.get_weights()
    return max(float(abs(a - b).max()) for a, b in zip(theirs, ours, strict=True))


print(f"before training: {distance('start.keras'):.2f}")
print("on two devices, less than 0.001:", distance("mirrored.keras") < 0.001)
# --8<-- [end:same]

# --8<-- [start:resume]
resumed, _ = run("worker.py", "0", workers=2)
print(resumed[0])
print("two workers, less than 0.001:", distance("checkpoint.keras") < 0.001)
# --8<-- [end:resume]


# --8<-- [start:record]
def record(printed):
    """The epochs and the losses in what a process printed."""
    lines = re.findall(r"epoch (\d+): loss ([\d.]+)", printed)
    return [int(epoch) for epoch, _ in lines], [float(loss) for _, loss in lines]


plt.figure()
plt.plot(range(1, 10), one_machine, "-", color="black", label="one machine")
plt.plot(*record(mirrored), "x", color="C4", label="two devices")
plt.plot(*record(crashed[0]), "^", color="C2", mfc="none", ms=10, label="two workers")
plt.plot(*record(resumed[0]), "v", color="C3", mfc="none", ms=10, label="new start")
plt.axvline(3, color="gray", linestyle=":", label="checkpoint")
plt.xlabel("Epoch")
plt.ylabel("Training loss")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:record]

# --8<-- [start:scores]
probabilities = {"one machine": model(x_test).numpy()[:, 0]}
for name, path in (("two devices", "mirrored"), ("two workers", "checkpoint")):
    trained = keras.models.load_model(f"{path}.keras")
    probabilities[name] = trained(x_test).numpy()[:, 0]
scores = {}
for name, probability in probabilities.items():
    scores[name] = {
        "accuracy, Keras": float(keras.metrics.BinaryAccuracy()(y_test, probability)),
        "accuracy, scikit-learn": accuracy_score(y_test, probability > 0.5),
    }
scores = pd.DataFrame(scores)
scores.round(3)
# --8<-- [end:scores]

# --8<-- [start:global_batch]
table = []
for workers, rate in ((1, 0.01), (2, 0.01), (4, 0.01), (8, 0.01), (8, 0.04)):
    again = keras.models.load_model("start.keras")
    again.optimizer.learning_rate = rate
    loss = train(again, batch_size=50 * workers)[-1]
    steps = int(again.optimizer.iterations.numpy())
    table.append((workers, 50 * workers, rate, steps, loss))
names = ["workers", "global batch", "learning rate", "steps", "loss after epoch 9"]
table = pd.DataFrame(table, columns=names)
table.round(3)
# --8<-- [end:global_batch]

# --8<-- [start:wrong_scale]
wrong = first_half + second_half  # each worker's loss divided by its own 50 rows
print(f"times too large: {np.linalg.norm(wrong) / np.linalg.norm(whole):.2f}")
# --8<-- [end:wrong_scale]
