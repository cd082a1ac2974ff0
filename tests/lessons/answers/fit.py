"""What learners write in the lab `fit`: exercise (from 1), code, and for a wrong one what the check says."""

FIT = "history = network.fit(x_train, y_train, validation_data=({}), epochs=20, batch_size=32, verbose=0{})"
VALIDATION = "x_validation, y_validation"
TWO_LINES = "axes.plot({}, label='train_loss'); axes.plot({}, label='val_loss')"

SHORT = FIT.replace("=20", "=1")

WRONG = [
    (1, SHORT.format(VALIDATION, ""), "asks for 20"),
    (1, "history = network.fit(x_train, y_train, verbose=0)", "no val_loss"),
    (1, "history = network", "what network.fit returns"),
    (1, "history = None", "what network.fit returns"),
    (1, SHORT.format("x_train, y_train", ""), "on the validation set network has"),
    (1, SHORT.format(VALIDATION, "").replace("network", "build()"), "train network itself"),
    (1, SHORT.format(VALIDATION, "").replace("=32", "=10"), "batches of 32"),
    (2, "best_epoch = int(np.argmin(history.history['val_loss']))", "positions count from 0"),
    (2, "best_epoch = int(np.argmin(history.history['loss'])) + 1", "it is the best by loss"),
    (2, "best_epoch = int(np.argmax(history.history['val_accuracy'])) + 1", "it is the best by val_accuracy"),
    (2, "best_epoch = 15", "does not have the lowest"),
    (2, "best_epoch = int(np.argmax(history.history['val_loss'])) + 1", "does not have the lowest"),
    (2, "best_epoch = min(history.history['val_loss'])", "is no epoch"),
    (2, "best_epoch = 21", "from 1 to 20"),
    (2, "best_epoch = 0", "from 1 to 20"),
    (2, "best_epoch = -1", "from 1 to 20"),
    (2, "best_epoch = None", "has no numbers"),
    (2, "best_epoch = '10'", "has no numbers"),
    (2, "best_epoch = history.history['val_loss']", "it has the shape"),
    (3, "axes.plot(epochs, history.history['loss'], label='loss')", "no line is labelled train_loss"),
    (3, "axes.plot(epochs, history.history['loss'], label='train_loss')", "no line is labelled val_loss"),
    (3, TWO_LINES.format("history.history['loss']", "history.history['val_loss']"), "must go from epoch 1"),
    (3, TWO_LINES.format("epochs, history.history['val_loss']", "epochs, epochs"), "does not show"),
    (
        3,
        TWO_LINES.format("epochs, history.history['val_loss']", "epochs, history.history['loss']"),
        "does not show",
    ),
    (3, TWO_LINES.format("range(20), history.history['loss']", "epochs, epochs"), "must go from epoch 1"),
    (
        3,
        TWO_LINES.format("history.history['loss'], epochs", "history.history['val_loss'], epochs"),
        "does not show",
    ),
    (3, TWO_LINES.format("range(3), ['a', 'b', 'c']", "epochs, epochs"), "does not show"),
    (3, "axes.scatter(epochs, history.history['loss'], label='train_loss')", "no line yet"),
    (3, "pass", "no line yet"),
    (
        1,
        "history = network.fit(x_train, y_train, validation_split=0.2, verbose=0)",
        "the validation set|steps",
    ),
    (
        1,
        "network.fit(x_train, y_train, epochs=1, verbose=0); history = network.history.history",
        "what network.fit returns",
    ),
    (1, "history = network.fit", "what network.fit returns"),
    (
        1,
        "history = network.fit(x_train, 1 - y_train, validation_data=(x_validation, y_validation), epochs=20, verbose=0)",
        "on the training set",
    ),
    (
        1,
        "network.fit(x_train, y_train, epochs=1, verbose=0); history = network.fit(x_train, y_train, validation_data=(x_validation, y_validation), epochs=20, verbose=0)",
        "call fit once",
    ),
    (
        1,
        "history = network = network.fit(x_train, y_train, epochs=1, validation_data=(x_validation, y_validation), verbose=0)",
        "what build",
    ),
    (2, "history = ...; best_epoch = 10", "train first"),
    (
        2,
        "best_epoch = np.flatnonzero(np.array(history.history['val_loss']) == min(history.history['val_loss'])) + 1",
        "it has the shape",
    ),
    (
        3,
        "epochs = range(20); axes.plot(epochs, history.history['loss'], label='train_loss'); axes.plot(epochs, history.history['val_loss'], label='val_loss')",
        "must go from epoch 1",
    ),
    (
        1,
        FIT.format(VALIDATION, "").replace("(x_train,", "(scaler.inverse_transform(x_train),"),
        "on the training set network has",
    ),
    (1, "network.compile(loss='mse', optimizer='adam'); " + FIT.format(VALIDATION, ""), "compiled anew"),
]

RIGHT = [
    (1, FIT.format(VALIDATION, ", shuffle=False")),
    (1, "inputs = x_train; " + FIT.format(VALIDATION, "").replace("(x_train, y", "(inputs, y")),
    (1, FIT.format(VALIDATION, "").replace(", batch_size=32", "")),
    (2, "best_epoch = np.argmin(history.history['val_loss']) + 1"),
    (2, "best_epoch = 1 + history.history['val_loss'].index(min(history.history['val_loss']))"),
    (2, "best_epoch = min(range(1, 21), key=lambda epoch: history.history['val_loss'][epoch - 1])"),
    (3, TWO_LINES.format("epochs, history.history['loss']", "epochs, history.history['val_loss']")),
    (
        3,
        TWO_LINES.format("np.arange(1, 21), history.history['loss']", "list(epochs), history.history['val_loss']"),
    ),
    (
        3,
        TWO_LINES.format("epochs, history.history['loss'], 'C0--'", "epochs, np.array(history.history['val_loss'])"),
    ),
    (1, FIT.format(VALIDATION, "").replace("=(x_validation, y_validation)", "=[x_validation, y_validation]")),
    (1, FIT.format(VALIDATION, ", callbacks=[]")),
    (2, "best_epoch = sorted(zip(history.history['val_loss'], range(1, 21)))[0][1]"),
    (2, "losses = np.array(history.history['val_loss']); best_epoch = np.flatnonzero(losses == losses.min())[0] + 1"),
    (
        3,
        "for key, name in (('loss', 'train_loss'), ('val_loss', 'val_loss')):\n    axes.plot(epochs, history.history[key], label=name)",
    ),
    (
        3,
        "plt.plot(epochs, history.history['loss'], label='train_loss'); plt.plot(epochs, history.history['val_loss'], label='val_loss')",
    ),
    (2, "import tensorflow as tf; best_epoch = tf.argmin(history.history['val_loss']) + 1"),
    (2, "best_epoch = float(np.argmin(history.history['val_loss'])) + 1"),
]
