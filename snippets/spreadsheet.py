"""A trained network as a spreadsheet: cell formulas that predict, and give the loss."""

# --8<-- [start:imports]
import datetime
import re

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xlsxwriter
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:train]
data = load_breast_cancer()
labels = 1 - data.target  # class 1: malignant (the file says 0), class 0: benign
features = data.data[:, :2]  # mean radius and mean texture of the nuclei
x_train, x_test, y_train, y_test = train_test_split(
    features, labels, test_size=0.25, stratify=labels, random_state=0
)
scaler = StandardScaler().fit(x_train)  # from the training set alone
x_train, x_test = scaler.transform(x_train), scaler.transform(x_test)


def new_network():
    keras.utils.set_random_seed(3)  # before any layer is made: the same first weights
    return keras.Sequential(
        [
            keras.Input(shape=(2,)),
            keras.layers.Dense(3, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )


network = new_network()
network.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=0.05),
    metrics=["accuracy"],
)
network.fit(x_train, y_train, epochs=40, batch_size=142, verbose=0)  # 3 x 142 rows
x_sheet, y_sheet = x_train[:60], y_train[:60]  # training rows: we shall play with them
_, test_accuracy = network.evaluate(x_test, y_test, batch_size=60, verbose=0)
loss, accuracy = network.evaluate(x_sheet, y_sheet, batch_size=60, verbose=0)
print(network.count_params(), f"weights, accuracy on the test set {test_accuracy:.3f}")
print(f"the 60 rows for the sheet: loss {loss:.4f}, accuracy {accuracy:.4f}")
# --8<-- [end:train]


# --8<-- [start:forward]
def forward(weights, features, truth):
    """What the sheet computes: hidden units, z, probability and loss, row by row.

    `weights` are the four arrays that Keras gives, `features` has shape (rows, 2).
    """
    into_hidden, hidden_bias, into_output, output_bias = weights
    hidden = np.maximum(0, features @ into_hidden + hidden_bias)
    z = (hidden @ into_output + output_bias)[:, 0]
    probability = 1 / (1 + np.exp(-z))
    of_truth = np.where(truth == 1, probability, 1 - probability)
    return hidden, z, probability, -np.log(np.maximum(1e-7, of_truth))


weights = [array.astype("float64") for array in network.get_weights()]
hidden, z, probability, losses = forward(weights, x_sheet, y_sheet)
right = (probability >= 0.5) == (y_sheet == 1)
print(f"by hand: loss {losses.mean():.4f}, accuracy {right.mean():.4f}")
# --8<-- [end:forward]

# --8<-- [start:cells]
first = 12  # the row of the first tumour; rows count from 0 here, from 1 in the sheet
last = first + len(x_sheet) - 1
formulas = {
    "hidden 1": "=MAX(0,A{row}*$B$4+B{row}*$B$5+$B$6)",
    "hidden 2": "=MAX(0,A{row}*$C$4+B{row}*$C$5+$C$6)",
    "hidden 3": "=MAX(0,A{row}*$D$4+B{row}*$D$5+$D$6)",
    "z": "=D{row}*$G$4+E{row}*$G$5+F{row}*$G$6+$G$7",
    "probability": "=1/(1+EXP(-MAX(-700,G{row})))",
    "loss": "=-LN(MAX(0.0000001,IF(C{row}=1,H{row},1-H{row})))",
    "right": "=IF((H{row}>=0.5)=(C{row}=1),1,0)",
}
totals = {
    "mean loss": f"=AVERAGE(I{first + 1}:I{last + 1})",
    "accuracy": f"=AVERAGE(J{first + 1}:J{last + 1})",
}
results = np.column_stack([hidden, z, probability, losses, right])
values = [*results[0], losses.mean(), right.mean()]
for (name, formula), value in zip((formulas | totals).items(), values, strict=True):
    print(f"{name:11} {value:8.4f}  {formula.format(row=first + 1)}")
# --8<-- [end:cells]

# --8<-- [start:map]
boxes = {"A": (0, 3), "B": (0, 1), "D": (1, 4), "E": (1, 2), "F": (1, 0), "G": (2, 2)}
lines = {"B4": "AD", "C4": "AE", "D4": "AF", "B5": "BD", "C5": "BE", "D5": "BF"}
lines |= {"G4": "DG", "G5": "EG", "G6": "FG"}
plt.figure(figsize=(6.4, 3))
for weight, (start, end) in lines.items():
    (x, y), (to_x, to_y) = boxes[start], boxes[end]
    plt.plot([x, to_x], [y, to_y], color="gray", linewidth=1)
    place = x + 0.2 * (to_x - x), y + 0.2 * (to_y - y)
    plt.text(*place, weight, ha="center", va="center", backgroundcolor="white")
style = {"boxstyle": "round", "facecolor": "white", "edgecolor": "black"}
for name, column in zip(["radius", "texture", *formulas], boxes, strict=False):
    text = f"{name}\n{column}13"
    plt.text(*boxes[column], text, ha="center", va="center", bbox=style)
plt.axis("off")
plt.show()
# --8<-- [end:map]


# --8<-- [start:backward]
def backward(weights, features, truth):
    """The slope of the mean loss for each weight, from the output backwards."""
    hidden, _, probability, _ = forward(weights, features, truth)
    error = (probability - truth)[:, None]  # of z, row by row
    blame = error * weights[2].T * (hidden > 0)  # of each hidden unit
    count = len(truth)
    into_hidden, into_output = features.T @ blame / count, hidden.T @ error / count
    return into_hidden, blame.mean(axis=0), into_output, error.mean(axis=0)


back = {
    "error": "=H{row}-C{row}",
    "blame 1": "=IF(D{row}>0,K{row}*$G$4,0)",
    "blame 2": "=IF(E{row}>0,K{row}*$G$5,0)",
    "blame 3": "=IF(F{row}>0,K{row}*$G$6,0)",
}


def slope_of(column, times=None):
    """The formula of a slope: the mean of a column, or of its product with another."""
    one = f"{column}{first + 1}:{column}{last + 1}"
    if times is None:
        return f"AVERAGE({one})"
    return f"SUMPRODUCT({one},{times}{first + 1}:{times}{last + 1})/{len(x_sheet)}"


slopes = {  # the cell of a weight, and the formula of its slope
    f"{unit}{4 + i}": slope_of(blame, times)
    for unit, blame in zip("BCD", "LMN", strict=True)
    for i, times in enumerate(("A", "B", None))
} | {f"G{4 + i}": slope_of("K", times) for i, times in enumerate(("D", "E", "F", None))}
for name, formula in (
    back | {each: f"={slopes[each]}" for each in ("B4", "G4")}
).items():
    print(f"{name:8} {formula.format(row=first + 1)}")
# --8<-- [end:backward]

# --8<-- [start:step]
rate, steps = 1.0, 5
fresh = new_network()  # with the first weights, as they were before training
path = [[array.astype("float64") for array in fresh.get_weights()]]
for _ in range(steps):
    slopes_now = backward(path[-1], x_sheet, y_sheet)
    path.append([w - rate * s for w, s in zip(path[-1], slopes_now, strict=True)])
by_step = [forward(each, x_sheet, y_sheet)[3].mean() for each in path]

fresh.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(rate))
fresh.fit(x_sheet, y_sheet, batch_size=60, epochs=steps, shuffle=False, verbose=0)
keras_loss = fresh.evaluate(x_sheet, y_sheet, batch_size=60, verbose=0)
print("by hand:", np.round(by_step, 4))
print(f"Keras, after {steps} steps: {keras_loss:.4f}")
# --8<-- [end:step]


# --8<-- [start:write]
def write(path_of_file):
    """Write the workbook; formulas have values, for viewers that cannot compute."""
    with xlsxwriter.Workbook(path_of_file) as book:
        fixed = datetime.datetime(2024, 1, 1)  # so the same network makes the same file
        book.set_properties({"title": "A network in a sheet", "created": fixed})
        bold = book.add_format({"bold": True})
        number = book.add_format({"num_format": "0.0000"})
        change_me = book.add_format({"num_format": "0.0000", "bg_color": "#FFF2CC"})
        formats = bold, number, change_me
        write_sheet(book.add_worksheet("Network"), weights, *formats)
        for step, values in enumerate(path):
            before = f"Step {step - 1}" if step else ""
            write_sheet(book.add_worksheet(f"Step {step}"), values, *formats, before)
        notes = [
            "Each row of a sheet is a tumour; malignant is 1.",
            "Features have mean 0, standard deviation 1 on the training set.",
            "Step 1 is one step of gradient descent from Step 0, and so on.",
        ]
        book.add_worksheet("Read me").write_column(0, 0, notes)


def write_sheet(sheet, weights, bold, number, change_me, before=None):
    """One network with its rows: numbers, or a step from the weights of `before`."""
    advice = "Change a yellow cell and watch the loss in B9, here and in later steps."
    if before:
        advice = "Each weight: that of the sheet before, less rate times slope."
    sheet.set_column(0, 13, 12)
    sheet.write(0, 0, advice, bold)
    sheet.write_row(2, 0, ["to hidden unit", "1", "2", "3"], bold)
    sheet.write_row(2, 5, ["to the output", "weight"], bold)
    sheet.write_column(3, 0, ["radius", "texture", "bias"])
    sheet.write_column(3, 5, ["hidden 1", "hidden 2", "hidden 3", "bias"])
    into_hidden = np.vstack(weights[:2]).T.ravel()  # as in B4, B5, B6, C4, …
    values = [*into_hidden, *weights[2][:, 0], *weights[3]]
    for cell, value in zip(slopes, values, strict=True):
        if before:
            there = re.sub(r"([A-Z]\d+)", rf"'{before}'!\1", slopes[cell])
            there = there.replace(f":'{before}'!", ":")
            formula = f"='{before}'!{cell}-'Step 0'!$G$9*{there}"
            sheet.write_formula(cell, formula, number, value)
        else:
            sheet.write(cell, value, change_me)
    if before == "":  # the first step's sheet has the rate of them all
        sheet.write_row(8, 5, ["learning rate", rate], change_me)
    hidden, z, probability, losses = forward(weights, x_sheet, y_sheet)
    right = (probability >= 0.5) == (y_sheet == 1)
    error = probability - y_sheet
    blame = error[:, None] * weights[2].T * (hidden > 0)
    given = np.column_stack([hidden, z, probability, losses, right, error, blame])
    sheet.write(8, 0, "mean loss", bold)
    sheet.write_formula(8, 1, totals["mean loss"], number, losses.mean())
    sheet.write(9, 0, "accuracy", bold)
    sheet.write_formula(9, 1, totals["accuracy"], number, right.mean())
    sheet.write_row(
        first - 1, 0, ["radius", "texture", "malignant", *formulas, *back], bold
    )
    sheet.freeze_panes(first, 0)
    for i, (features, truth) in enumerate(zip(x_sheet, y_sheet, strict=True)):
        row = first + i
        sheet.write_row(row, 0, features, number)
        sheet.write(row, 2, int(truth))
        for j, formula in enumerate((formulas | back).values()):
            value = float(given[i, j])
            sheet.write_formula(row, 3 + j, formula.format(row=row + 1), number, value)


write("network.xlsx")
# --8<-- [end:write]


# --8<-- [start:change]
def loss_with(value):
    """The mean loss with `value` in the place of the output's bias, cell G7."""
    changed = [*weights[:3], np.array([value])]
    return forward(changed, x_sheet, y_sheet)[3].mean()


bias = weights[3][0]
table = pd.DataFrame({"G7": [bias - 2, bias - 1, bias, bias + 1, bias + 2]})
table["mean loss"] = table.G7.map(loss_with)
table.round(4)
# --8<-- [end:change]

# --8<-- [start:nudge]
nudge = 0.001
by_nudge = (loss_with(bias + 2 + nudge) - loss_with(bias + 2)) / nudge
spoiled = [*weights[:3], np.array([bias + 2])]  # somebody added 2 to G7
by_cells = backward(spoiled, x_sheet, y_sheet)[3][0]
print(f"slope by a nudge {by_nudge:.4f}, by going backwards {by_cells:.4f}")
# --8<-- [end:nudge]

# --8<-- [start:extreme]
extreme = [*weights[:3], np.array([40.0])]  # 40 typed into G7
_, big_z, sure, capped = forward(extreme, x_sheet, y_sheet)
from_z = np.maximum(0, big_z) - big_z * y_sheet + np.log1p(np.exp(-np.abs(big_z)))
network.set_weights(extreme)
by_keras = network.evaluate(x_sheet, y_sheet, batch_size=60, verbose=0)[0]
network.set_weights(weights)
print("probabilities that are 1 exactly:", (sure == 1).sum(), "of", len(sure))
print(f"sheet {capped.mean():.3f}, Keras {by_keras:.3f}, from z {from_z.mean():.3f}")
# --8<-- [end:extreme]
