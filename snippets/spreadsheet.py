"""A trained network as a spreadsheet: cell formulas that predict, and give the loss."""

# --8<-- [start:imports]
import datetime

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xlsxwriter
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score, log_loss
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

keras.utils.set_random_seed(3)  # before any layer is made
network = keras.Sequential(
    [
        keras.Input(shape=(2,)),
        keras.layers.Dense(3, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
network.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(learning_rate=0.05),
    metrics=["accuracy"],
)
network.fit(x_train, y_train, epochs=40, batch_size=128, verbose=0)
_, test_accuracy = network.evaluate(x_test, y_test, verbose=0)
print(network.count_params(), f"weights, accuracy on the test set {test_accuracy:.3f}")

x_sheet, y_sheet = x_train[:60], y_train[:60]  # training rows: we shall play with them
loss, accuracy = network.evaluate(x_sheet, y_sheet, batch_size=60, verbose=0)
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
print(f"by hand: loss {losses.mean():.4f}")
print(f"scikit-learn: loss {log_loss(y_sheet, probability):.4f},", end=" ")
print(f"accuracy {accuracy_score(y_sheet, probability >= 0.5):.4f}")
# --8<-- [end:forward]

# --8<-- [start:drawing]
places = {"radius": (0, 2.3), "texture": (0, 0.7), "malignant": (4, 1.5)}
places |= {"hidden 1": (2, 3), "hidden 2": (2, 1.5), "hidden 3": (2, 0)}
edges = [
    (name, f"hidden {unit + 1}", "BCD"[unit] + str(4 + row), weights[0][row, unit])
    for row, name in enumerate(("radius", "texture"))
    for unit in range(3)
] + [(f"hidden {i + 1}", "malignant", f"G{4 + i}", weights[2][i, 0]) for i in range(3)]

figure, axes = plt.subplots(figsize=(7, 3.8))
for begin, end, cell, weight in edges:
    (x0, y0), (x1, y1) = places[begin], places[end]
    style, color = ("-", "black") if weight > 0 else ("--", "gray")
    width = 0.8 + 1.5 * abs(weight)
    axes.plot((x0, x1), (y0, y1), style, color=color, linewidth=width)
    part = 0.55 if abs(y1 - y0) > 2 else 0.2  # steep lines cross others
    axes.text(
        x0 + part * (x1 - x0),
        y0 + part * (y1 - y0),
        f"{cell}: {weight:.2f}",
        rotation=np.degrees(np.arctan2(y1 - y0, x1 - x0)),
        transform_rotates_text=True,  # along its line
        rotation_mode="anchor",
        va="bottom",
    )
for name, (x, y) in places.items():
    axes.plot(x, y, "C2o", markersize=16)
    axes.text(x, y - 0.2, name, ha="center", va="top", weight="bold")
axes.set(xlim=(-0.5, 4.5), ylim=(-0.6, 3.3))
axes.axis("off")
plt.show()
# --8<-- [end:drawing]

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
right = (probability >= 0.5) == (y_sheet == 1)
results = np.column_stack([hidden, z, probability, losses, right])
values = [*results[0], losses.mean(), right.mean()]
for (name, formula), value in zip((formulas | totals).items(), values, strict=True):
    print(f"{name:11} {value:8.4f}  {formula.format(row=first + 1)}")
# --8<-- [end:cells]


# --8<-- [start:write]
def write(path):
    """Write the workbook; formulas have values, for viewers that cannot compute."""
    with xlsxwriter.Workbook(path) as book:
        # A fixed date, so that the same network makes the same file.
        book.set_properties(
            {"title": "A network in a sheet", "created": datetime.datetime(2024, 1, 1)}
        )
        bold = book.add_format({"bold": True})
        number = book.add_format({"num_format": "0.0000"})
        change_me = book.add_format({"num_format": "0.0000", "bg_color": "#FFF2CC"})
        sheet = book.add_worksheet("Network")
        sheet.set_column(0, 9, 13)
        advice = "Change a yellow cell (B4:D6, G4:G7) and watch the loss in B9."
        sheet.write(0, 0, advice, bold)
        sheet.write_row(2, 0, ["to hidden unit", "1", "2", "3"], bold)
        for row, name in enumerate(("radius", "texture", "bias")):
            values = [*weights[0], weights[1]][row]
            sheet.write(3 + row, 0, name)
            sheet.write_row(3 + row, 1, values, change_me)
        sheet.write_row(2, 5, ["to the output", "weight"], bold)
        for row, name in enumerate(("hidden 1", "hidden 2", "hidden 3", "bias")):
            sheet.write(3 + row, 5, name)
            sheet.write(3 + row, 6, [*weights[2][:, 0], weights[3][0]][row], change_me)
        sheet.write(8, 0, "mean loss", bold)
        sheet.write_formula(8, 1, totals["mean loss"], number, losses.mean())
        sheet.write(9, 0, "accuracy", bold)
        sheet.write_formula(9, 1, totals["accuracy"], number, right.mean())
        heads = ["radius", "texture", "malignant", *formulas]
        sheet.write_row(first - 1, 0, heads, bold)
        sheet.freeze_panes(first, 0)
        for i, (features, truth) in enumerate(zip(x_sheet, y_sheet, strict=True)):
            row = first + i
            sheet.write_row(row, 0, features, number)
            sheet.write(row, 2, int(truth))
            for j, formula in enumerate(formulas.values()):
                code = formula.format(row=row + 1)
                sheet.write_formula(row, 3 + j, code, number, float(results[i, j]))
        notes = book.add_worksheet("Read me")
        notes.set_column(0, 0, 100)
        for row, note in enumerate(
            (
                "Each row of the sheet Network is a tumour; malignant is 1.",
                "Features have mean 0, standard deviation 1 on the training set.",
                "Hidden units: MAX(0, weighted sum). Output: 1/(1+EXP(-z)).",
                "Loss: binary cross-entropy, natural logarithm; lower is better.",
            )
        ):
            notes.write(row, 0, note)


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

# --8<-- [start:slope]
nudge = 0.001
spoiled = bias + 2  # somebody typed this into G7
slope = (loss_with(spoiled + nudge) - loss_with(spoiled)) / nudge
changed = [*weights[:3], np.array([spoiled])]
exact = np.mean(forward(changed, x_sheet, y_sheet)[2] - y_sheet)  # p minus label
print(f"slope by a nudge {slope:.4f}, exactly {exact:.4f}")
repaired = spoiled - 5 * slope  # one step of gradient descent, learning rate 5
print(f"loss {loss_with(spoiled):.4f}, after one step {loss_with(repaired):.4f}")
# --8<-- [end:slope]

# --8<-- [start:picture]
grid = np.linspace(bias - 4, bias + 4, 201)
plt.figure()
plt.plot(grid, [loss_with(value) for value in grid])
plt.plot(bias, loss_with(bias), "C3o", label="trained")
plt.plot(spoiled, loss_with(spoiled), "C4X", label="spoiled")
plt.plot(repaired, loss_with(repaired), "C2s", label="after one step")
plt.xlabel("the output's bias, cell G7")
plt.ylabel("mean loss of the 60 tumours")
plt.legend()
plt.show()
# --8<-- [end:picture]

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
