"""Train one model as two processes that talk to each other, kill one, and go on."""

# --8<-- [start:imports]
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

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
np.savez("data.npz", x=x_train, y=y_train)  # the other processes read this
one_machine = train(model)
print(f"loss of the ninth epoch: {one_machine[-1]:.4f}")
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


# A worker starts sooner without a look for garbage and without what Keras can miss.
LEAN = """
import gc, runpy, sys
gc.disable()
sys.modules |= dict.fromkeys(["IPython", "matplotlib", "pandas", "scipy", "sklearn"])
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def run(script, *arguments, workers=1, may_fail=False, seconds=300):
    """Run a script as `workers` processes; what each printed, and their exit codes."""
    # The workers talk to their neighbours, so no proxy; and no graphics card, which
    # they would fight over.
    settings = {k: v for k, v in os.environ.items() if "_proxy" not in k.lower()}
    settings |= {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
    settings |= {"TF_CPP_MIN_LOG_LEVEL": "3"}
    cluster, processes = {"worker": free_addresses(workers)}, []
    try:
        for index in range(workers):
            task = {"type": "worker", "index": index}
            settings["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
            with open(f"{script}.{index}.err", "w") as errors:
                process = subprocess.Popen(
                    [sys.executable, "-c", LEAN, script, *arguments],
                    env=settings,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                )
            processes.append(process)
        printed = [each.communicate(timeout=seconds)[0] for each in processes]
    finally:
        for each in processes:
            each.kill()  # does nothing to a process that has ended
            each.wait()
    codes = [each.returncode for each in processes]
    if any(codes) and not may_fail:
        told = [Path(f"{script}.{index}.err").read_text() for index in range(workers)]
        raise RuntimeError(f"{script} ended with {codes}:\n" + "\n".join(told))
    return printed, codes


# --8<-- [end:run]

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
            loss = tf.nn.compute_average_loss(losses, global_batch_size=100)
            penalty = tf.add_n(model.losses)  # the same on all workers
            loss += tf.nn.scale_regularization_loss(penalty)
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
            with open("unfinished-0.keras", "rb+") as file:
                os.fsync(file)  # onto the disk, in case of a power cut
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


# --8<-- [start:distance]
def distance(theirs):
    """The largest difference between a weight of theirs and one machine's."""
    pairs = zip(theirs.get_weights(), model.get_weights(), strict=True)
    return max(float(abs(a - b).max()) for a, b in pairs)


# --8<-- [end:distance]

# --8<-- [start:alone]
alone = keras.models.load_model("checkpoint.keras")
alone_losses = train(alone, epochs=6)  # all 100 rows of each batch, here
print("as on one machine, less than 0.001:", distance(alone) < 0.001)
# --8<-- [end:alone]

# --8<-- [start:resume]
(resumed, other), _ = run("worker.py", "0", workers=2)
print(resumed)
after_crash = keras.models.load_model("checkpoint.keras")
print("as on one machine, less than 0.001:", distance(after_crash) < 0.001)
# --8<-- [end:resume]


# --8<-- [start:record]
def record(printed):
    """The epochs and the losses in what a process printed."""
    lines = re.findall(r"epoch (\d+): loss ([\d.]+)", printed)
    return [int(epoch) for epoch, _ in lines], [float(loss) for _, loss in lines]


plt.figure()
plt.plot(range(1, 10), one_machine, "-", color="black", label="one machine")
for (epochs, losses), mark, color, label in (
    (record(crashed[0]), "^", "C2", "two workers"),
    (record(resumed), "v", "C3", "two workers go on"),
    ((range(4, 10), alone_losses), "s", "C4", "one goes on"),
):
    plt.plot(epochs, losses, mark, color=color, mfc="none", ms=10, label=label)
plt.axvline(3, color="gray", linestyle=":", label="checkpoint")
plt.xlabel("Epoch")
plt.ylabel("Training loss")
plt.legend()
plt.show()
# --8<-- [end:record]
