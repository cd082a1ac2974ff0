"""What learners write in the lab `compile`: exercise (from 1), code, and for a wrong one what the check says."""

COMPILE = "neuron.compile(loss={}, optimizer={}, metrics={})"
METRICS = "['accuracy', keras.metrics.AUC(name='auc')]"

WRONG = [
    (
        1,
        "loss_by_hand = -np.where(labels == 1, np.log(probabilities), np.log(1 - probabilities))",
        "take the mean",
    ),
    (1, "loss_by_hand = np.mean(np.log(probabilities))", "minus before it"),
    (
        1,
        "loss_by_hand = np.mean(-np.where(labels == 0, np.log(probabilities), np.log(1 - probabilities)))",
        "classes are swapped",
    ),
    (
        1,
        "loss_by_hand = -np.sum(np.where(labels == 1, np.log(probabilities), np.log(1 - probabilities)))",
        "the sum of the losses",
    ),
    (1, "loss_by_hand = np.mean((labels - probabilities) ** 2)", "not the loss"),
    (1, "loss_by_hand = 0", "not the loss"),
    (1, "loss_by_hand = None", "must be one number"),
    (1, "loss_by_hand = 'binary_crossentropy'", "must be one number"),
    (1, "loss_by_hand = [0.5, 0.6]", "must be one number"),
    (1, "loss_by_hand = keras.losses.BinaryCrossentropy()", "must be one number"),
    (1, "loss_by_hand = float('nan')", "the loss is nan"),
    (2, COMPILE.format("'mse'", "'adam'", METRICS), "the loss is 'mse'"),
    (2, COMPILE.format("keras.losses.MeanSquaredError()", "'adam'", METRICS), "the loss is 'mean_squared_error'"),
    (2, COMPILE.format("'categorical_crossentropy'", "'adam'", METRICS), "the loss is 'categorical_crossentropy'"),
    (2, COMPILE.format("None", "'adam'", METRICS), "there is no loss"),
    (2, COMPILE.format("'binary_crossentropy'", "'sgd'", METRICS), "this exercise asks"),
    (2, COMPILE.format("'binary_crossentropy'", "'adamw'", METRICS), "this exercise asks"),
    (2, "neuron.compile(loss='binary_crossentropy', optimizer='adam')", "accuracy is missing"),
    (2, COMPILE.format("'binary_crossentropy'", "'adam'", "['accuracy']"), "called auc"),
    (
        2,
        COMPILE.format("'binary_crossentropy'", "'adam'", "[keras.metrics.AUC(name='auc')]"),
        "accuracy is missing",
    ),
    (
        2,
        COMPILE.format("'binary_crossentropy'", "'adam'", "['accuracy', keras.metrics.Recall(name='auc')]"),
        "called auc is another",
    ),
    (2, COMPILE.format("'binary_crossentropy'", "'adam'", "['accuracy', 'area']"), "Keras cannot measure"),
    (2, f"neuron = {COMPILE.format(repr('binary_crossentropy'), repr('adam'), METRICS)}", "returns nothing"),
    (
        2,
        f"neuron.compile('adam', 'mse', metrics={METRICS}); neuron.fit(features, labels, verbose=0)",
        "the weights have changed",
    ),
    (3, "    return before[0] == now[0]", "one answer"),
    (3, "    return before is now", "where there is none"),
    (3, "    return True", "no difference though the"),
    (3, "    return False", "where there is none"),
    (3, "    return np.array_equal(before[0], now[0])", "though the bias moved"),
    (3, "    return np.array_equal(before[1], now[1])", "though the weights moved"),
    (3, "    return np.array_equal(before, now)", "one pair at a time"),
    (3, "    return before == now", "pair by pair"),
    (3, "    return len(before) == len(now)", "no difference though"),
    (3, "    return [np.array_equal(old, new) for old, new in zip(before, now)]", "one answer"),
    (3, "    all(np.array_equal(old, new) for old, new in zip(before, now))", "begin its line with return"),
    (3, "    return before.weights == now.weights", "unchanged fails"),
    (1, "loss_by_hand = np.all(probabilities > 0)", "not the loss"),
    (
        2,
        "neuron.compile(loss='binary_crossentropy', optimizer=None, metrics=['accuracy', keras.metrics.AUC(name='auc')])",
        "the optimizer is None",
    ),
    (
        2,
        "neuron.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy', keras.metrics.AUC(name='auc', curve='PR')])",
        "called auc is another",
    ),
    (
        3,
        "    return all(np.array_equal(old, new) for old, new in zip(neuron.get_weights(), now))",
        "where there is none",
    ),
    (3, "    return sum(old.sum() for old in before) == sum(new.sum() for new in now)", "though the weights moved"),
    (3, "    return bool(before[0][0] == now[0][0] and before[1][0] == now[1][0])", "though the weights moved"),
]

RIGHT = [
    (1, "loss_by_hand = float(keras.losses.BinaryCrossentropy()(labels, probabilities))"),
    (1, "loss_by_hand = keras.losses.BinaryCrossentropy()(labels, probabilities)"),
    (
        1,
        "loss_by_hand = -np.mean(labels * np.log(probabilities) + (1 - labels) * np.log(1 - probabilities))",
    ),
    (1, "loss_by_hand = -sum(np.log(np.where(labels == 1, probabilities, 1 - probabilities))) / 569"),
    (1, "loss_by_hand = metrics.log_loss(labels, probabilities)"),
    (2, COMPILE.format("keras.losses.binary_crossentropy", "'adam'", METRICS)),
    (2, COMPILE.format("keras.losses.BinaryCrossentropy()", "keras.optimizers.Adam(0.01)", METRICS)),
    (
        2,
        COMPILE.format(
            "'binary_crossentropy'", "'adam'", "[keras.metrics.BinaryAccuracy(), keras.metrics.AUC(name='auc')]"
        ),
    ),
    (2, f"neuron.compile('adam', 'binary_crossentropy', metrics={METRICS})"),
    (3, "    return all(np.array_equal(before[number], now[number]) for number in range(len(before)))"),
    (3, "    return np.array_equal(before[0], now[0]) and np.array_equal(before[1], now[1])"),
    (3, "    return all((old == new).all() for old, new in zip(before, now))"),
    (3, "    return sum(np.abs(old - new).sum() for old, new in zip(before, now)) == 0"),
    (2, COMPILE.format("'bce'", "'Adam'", METRICS)),
    (3, "    return not any(np.any(old != new) for old, new in zip(before, now))"),
    (
        2,
        "metrics = ['accuracy', keras.metrics.AUC(name='auc')]; neuron.compile(loss='binary_crossentropy', optimizer='adam', metrics=metrics)",
    ),
    (3, "    return np.array(all(np.array_equal(old, new) for old, new in zip(before, now)))"),
]
