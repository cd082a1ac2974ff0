"""What learners write in the lab `shapes`: exercise (from 1), code, and for a wrong one what the check says."""

CONV, POOL, FLAT = "layers.Conv2D(8, 3, activation='relu'), ", "layers.MaxPooling2D(2), ", "layers.Flatten(), "
HIDDEN, END = "layers.Dense(16, activation='relu'), ", "layers.Dense(1, activation='sigmoid')"
NETWORK = "network = keras.Sequential([keras.Input(shape=(8, 8, 1)), {}])"
SEEN = "seen = layers.Dense(16, activation='relu')(layers.Flatten()(image)); "
BOTH = "both = layers.Concatenate()([seen, extra]); "
TWO = "two = keras.Model([image, extra], layers.Dense(1, activation='sigmoid')(both))"

WRONG = [
    (1, "    return window * window * channels * filters", "you forget the biases"),
    (1, "    return window * window * channels * filters + 1", "each filter has its own"),
    (1, "    return filters * (window * channels + 1)", "one row of the window"),
    (1, "    return filters * (window * window + 1)", "each channel has weights of its own"),
    (1, "    return window * window * channels + filters", "Keras has"),
    (1, "    return 80", "Keras has"),
    (1, "    return filters * (2 * window * channels + 1)", "Keras has"),
    (1, "    return 8 * 8 * channels * filters", "Keras has"),
    (1, "    return channels * (window * window * filters + 1)", "each filter has its own"),
    (1, "    return [window * window * channels * filters, filters]", "it has the shape"),
    (1, "    return layers.Conv2D(filters, window).count_params()", "conv_weights fails"),
    (1, "    window * window * channels * filters + filters", "begin its line with return"),
    (2, "    return size - window", "one too few"),
    (2, "    return size - window + 1", "Keras has"),
    (2, "    return size // stride", "Keras has|one too"),
    (2, "    return (size - window) / stride + 1", "round down"),
    (2, "    return (size - window) // stride", "one too few"),
    (2, "    return -(-(size - window) // stride) + 1", "one too many"),
    (2, "    return size", "Keras has"),
    (2, "    return size - 2", "Keras has|one too"),
    (2, "    return (size, size)", "it has the shape"),
    (2, "    return size // window", "Keras has"),
    (2, "    return 6", "Keras has"),
    (2, "    return (size - window + 1) // stride", "one too few"),
    (2, "    return len(range(0, size, stride))", "Keras has|one too"),
    (3, f"network = keras.Sequential([{CONV}{POOL}{FLAT}{HIDDEN}{END}])", "begin with keras.Input"),
    (3, NETWORK.format(CONV + POOL + HIDDEN + END), "is layers.Flatten\\(\\) there"),
    (3, NETWORK.format(CONV + FLAT + HIDDEN + END), "flattened after the pooling"),
    (3, NETWORK.format(FLAT + HIDDEN + END), "a Conv2D with 8 filters"),
    (3, NETWORK.format(CONV.replace("8, 3", "8, 2") + POOL + FLAT + HIDDEN + END), "a window of 3"),
    (3, NETWORK.format(CONV.replace("8, 3", "3, 8") + FLAT + HIDDEN + END), "with 8 filters"),
    (
        3,
        NETWORK.format(CONV.replace(", activation='relu'", "") + POOL + FLAT + HIDDEN + END),
        "the convolution has no ReLU",
    ),
    (3, NETWORK.format(CONV + POOL.replace("Max", "Average") + FLAT + HIDDEN + END), "MaxPooling2D takes the largest"),
    (3, NETWORK.format(CONV + POOL + FLAT + "layers.Dense(16), " + END), "Dense layer of 16 has no ReLU"),
    (3, NETWORK.format(CONV + POOL + FLAT + HIDDEN + "layers.Dense(1)"), "the last layer has no sigmoid"),
    (
        3,
        NETWORK.format(CONV + POOL + FLAT + "layers.Dense(16), layers.Dense(1)"),
        "no ReLU.*; the last layer has no sigmoid",
    ),
    (3, NETWORK.format(CONV.replace("relu", "tanh") + POOL + FLAT + HIDDEN + END), "but the answers are not"),
    (
        3,
        NETWORK.format(CONV + POOL + FLAT + HIDDEN + "layers.Dense(2, activation='softmax')"),
        "one number for each image",
    ),
    (3, NETWORK.format(CONV + "layers.GlobalMaxPooling2D(), " + HIDDEN + END), "flattened after the pooling"),
    (3, f"network = [{CONV}{POOL}{FLAT}{HIDDEN}{END}]", "is a list"),
    (3, NETWORK.replace("8, 8, 1", "8, 8, 3").format(CONV + POOL + FLAT + HIDDEN + END), "one channel"),
    (4, SEEN + "two = keras.Model(image, layers.Dense(1, activation='sigmoid')(seen))", "give \\[image, extra\\]"),
    (
        4,
        SEEN + "two = keras.Model([image, extra], layers.Dense(1, activation='sigmoid')(seen))",
        "put extra beside them",
    ),
    (4, SEEN + BOTH + TWO.replace("[image, extra]", "[extra, image]"), "in this order"),
    (4, SEEN + BOTH + TWO.replace("layers.Dense(1, activation='sigmoid')(both)", "both"), "one number for each image"),
    (4, SEEN + BOTH + TWO.replace(", activation='sigmoid'", ""), "the last layer has no sigmoid"),
    (4, SEEN.replace(", activation='relu'", "") + BOTH + TWO, "Dense layer of 16 has no ReLU"),
    (
        4,
        "seen = layers.Concatenate()([layers.Flatten()(image), extra]); both = layers.Dense(16, activation='relu')(seen); "
        + TWO,
        "put it beside the 16|16 numbers alone",
    ),
    (4, SEEN.replace("16", "8") + BOTH + TWO, "and should have"),
    (4, SEEN.replace("relu", "tanh") + BOTH + TWO, "ReLU on the 16 numbers"),
    (4, SEEN + BOTH + TWO.replace("layers.Dense(1", "layers.Dense(2"), "one number for each image"),
    (4, "two = keras.Sequential([image, layers.Flatten(), layers.Dense(1)])", "give \\[image, extra\\]"),
    (4, "two = keras.Sequential([layers.Flatten(), layers.Dense(1)])", "give \\[image, extra\\]"),
    (4, "two = [image, extra]", "is a list"),
    (4, SEEN + BOTH + "two = both", "must be a keras.Model"),
    (2, "    return round((size - window) / stride) + 1", "one too many"),
    (2, "    return float('nan')", "round down"),
    (
        3,
        "network = keras.Sequential([keras.Input(shape=(8, 8, 1)), layers.Conv2D(8, 3, activation='relu6'), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(16, activation='relu'), layers.Dense(1, activation='sigmoid')])",
        "answers are not",
    ),
    (
        4,
        "seen = layers.Dense(16, activation='relu')(layers.Flatten()(image)); both = layers.Concatenate()([seen, extra]); two = keras.Model([image, extra], {'p': layers.Dense(1)(both)})",
        "in no dictionary",
    ),
]

RIGHT = [
    (1, "    return filters * (window * window * channels + 1)"),
    (1, "    return window**2 * channels * filters + filters"),
    (1, "    return sum(window * window * channels + 1 for _ in range(filters))"),
    (1, "    return np.prod([window, window, channels, filters]) + filters"),
    (1, "    layer = layers.Conv2D(filters, window); layer.build((None, 9, 9, channels)); return layer.count_params()"),
    (2, "    return (size - window) // stride + 1"),
    (2, "    return (size - window + stride) // stride"),
    (2, "    return len(range(0, size - window + 1, stride))"),
    (2, "    return int((size - window) / stride) + 1"),
    (2, "    return np.floor((size - window) / stride) + 1"),
    (3, NETWORK.format(CONV + POOL + FLAT + HIDDEN + END)),
    (
        3,
        NETWORK.format(
            "layers.Conv2D(8, (3, 3)), layers.ReLU(), layers.MaxPool2D(), layers.Reshape((72,)), " + HIDDEN + END
        ),
    ),
    (
        3,
        NETWORK.format(
            CONV
            + POOL
            + FLAT
            + "layers.Dense(16, keras.activations.relu), layers.Dense(1), layers.Activation('sigmoid')"
        ),
    ),
    (
        3,
        NETWORK.format(
            "layers.Conv2D(8, 3), layers.MaxPooling2D((2, 2)), layers.Activation('relu'), " + FLAT + HIDDEN + END
        ),
    ),
    (
        3,
        f"network = keras.Sequential()\nfor layer in [keras.Input((8, 8, 1)), {CONV}{POOL}{FLAT}{HIDDEN}{END}]:\n    network.add(layer)",
    ),
    (3, NETWORK.format(CONV + POOL + FLAT + "layers.Dropout(0.5), " + HIDDEN + END)),
    (4, SEEN + BOTH + TWO),
    (4, SEEN + BOTH.replace("layers.Concatenate()", "keras.layers.concatenate") + TWO),
    (4, SEEN + BOTH.replace("[seen, extra]", "[extra, seen]") + TWO),
    (4, SEEN + BOTH + TWO.replace("keras.Model(", "keras.Model(inputs=").replace("], ", "], outputs=")),
    (
        4,
        SEEN.replace(
            ", activation='relu')(layers.Flatten()(image))",
            ")(layers.Reshape((64,))(image)); seen = layers.ReLU()(seen)",
        )
        + BOTH
        + TWO,
    ),
    (1, "    from fractions import Fraction; return Fraction(filters * (window**2 * channels + 1))"),
    (
        3,
        "network = keras.Sequential([layers.Conv2D(8, 3, activation='relu'), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(16, activation='relu'), layers.Dense(1, activation='sigmoid')]); network(x_train)",
    ),
]
