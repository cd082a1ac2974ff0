"""What learners write in the lab `tune`: exercise (from 1), code, and for a wrong one what the check says."""

DRAW = "    return {}, {}"
RATE, UNITS = "10 ** random.uniform(-4, 0)", "random.integers(2, 65)"
MEANS = "means = [np.mean([trial(*each, seed) for seed in range(3)]) for each in settings]; "
BEST = "best = settings[np.argmax(means)]"
TEN = "scores = [trial(*best, seed) for seed in range(10)]; "
NOISE = TEN + "noise = np.std(scores); "
RIVALS = "rivals = np.sum(np.array(means) > max(means) - 2 * noise) - 1"
GAIN = "gain = roc_auc_score(y_test, network) - roc_auc_score(y_test, plain)\n"
FEW = GAIN + "gains = [gain - 0.02, gain, gain + 0.02]\n"  # no draws: what is wrong is told before the width
GAINS = (
    GAIN + "gains = []\n"
    "for _ in range(200):\n"
    "    rows = random.integers(len(y_test), size=len(y_test))\n"
    "    gains.append(roc_auc_score(y_test[rows], network[rows]) - roc_auc_score(y_test[rows], plain[rows]))\n"
)
TRIED = "tried = [roc_auc_score(y_validation, rival(each).predict_proba(x_validation)[:, 1]) for each in strengths]; "
STRENGTH = "strength = strengths[np.argmax(tried)]"
ENDS = "low, high = np.quantile(gains, [0.025, 0.975])"

WRONG = [
    (1, DRAW.format("random.uniform(0.0001, 1)", UNITS), "draw the logarithm"),
    (1, DRAW.format("random.uniform(-4, 0)", UNITS), "10 \\*\\* logarithm is the rate"),
    (1, DRAW.format("10 ** random.uniform(-5, 0)", UNITS), "the rates go from"),
    (1, DRAW.format("np.exp(random.uniform(-4, 0))", UNITS), "draw the logarithm|the four steps"),
    (1, DRAW.format("10.0 ** random.integers(-4, 1)", UNITS), "hardly differ"),
    (1, DRAW.format("10 ** random.uniform(-4, -1)", UNITS), "the four steps"),
    (1, DRAW.format(RATE, "random.integers(2, 64)"), "64 never comes"),
    (1, DRAW.format(RATE, "int(2 ** random.uniform(1, 6))"), "should from 2 to 64"),
    (1, DRAW.format(RATE, "random.uniform(2, 64)"), "whole numbers"),
    (1, DRAW.format(RATE, "random.integers(0, 65)"), "should from 2 to 64"),
    (1, DRAW.format(RATE, "2 ** random.integers(1, 7)"), "come too often"),
    (1, DRAW.format(UNITS, RATE), "first the rate"),
    (1, DRAW.format("0.01", "16"), "hardly differ"),
    (1, DRAW.format("10 ** np.random.uniform(-4, 0)", "np.random.randint(2, 65)"), "with random, and nothing else"),
    (1, "    return {'rate': 10 ** random.uniform(-4, 0), 'units': random.integers(2, 65)}", "a dict has no numbers"),
    (1, "    return " + RATE, "it has the shape"),
    (1, "    rate = 10 ** random.uniform(-4, 0)\n    return rate, units", "draw fails"),
    (2, "means = [trial(*each, 0) for each in settings]; " + BEST, "this is one seed"),
    (2, MEANS.replace("np.mean", "max") + BEST, "the luckiest of three seeds"),
    (2, MEANS.replace("np.mean", "sum") + BEST, "these are sums of three"),
    (2, MEANS.replace("range(3)", "range(1, 3)") + BEST, "the means are off"),
    (2, MEANS.replace("np.mean", "np.std") + BEST, "the means are off"),
    (
        2,
        "means = [[trial(*each, seed) for seed in range(3)] for each in settings]; best = settings[0]",
        "it has the shape",
    ),
    (2, MEANS + BEST.replace("argmax", "argmin"), "the smallest mean"),
    (2, MEANS + "best = np.argmax(means)", "it has the shape"),
    (2, MEANS + "best = max(means)", "it has the shape"),
    (2, MEANS + "best = (0.01, 16)", "none of settings"),
    (2, MEANS + "best = settings[0] if np.argmax(means) != 0 else settings[1]", "and another has|the smallest mean"),
    (2, MEANS + "best = settings", "it has the shape"),
    (3, TEN + "noise = np.mean(scores); " + RIVALS, "this is their mean"),
    (3, TEN + "noise = np.var(scores); " + RIVALS, "this is the variance"),
    (3, TEN + "noise = max(scores) - min(scores); " + RIVALS, "the largest minus the smallest"),
    (3, NOISE.replace("range(10)", "range(3)") + RIVALS, "these are three seeds"),
    (3, "noise = np.std(means); " + RIVALS, "these are different settings"),
    (3, NOISE.replace("range(10)", "range(9)") + RIVALS, "not the standard deviation of ten"),
    (3, TEN + "noise = 0.01; " + RIVALS, "not the standard deviation of ten"),
    (3, NOISE + RIVALS.replace(" - 1", ""), "you count best itself"),
    (3, NOISE + "rivals = 9", "is off|the ones that are far"),
    (3, NOISE + RIVALS.replace(">", "<="), "is off|the ones that are far"),
    (3, NOISE + "rivals = np.array(means) > max(means) - 2 * noise", "it has the shape"),
    (3, NOISE + "rivals = [each for each in settings if each != best]", "it has the shape"),
    (3, NOISE, "rivals is still"),
    (4, TRIED + STRENGTH.replace("argmax", "argmin"), "the smallest AUC"),
    (4, TRIED.replace("validation", "test") + STRENGTH, "the test rows chose"),
    (4, TRIED.replace("validation", "train") + STRENGTH, "the rows that it was fitted to"),
    (4, "strength = max(strengths)", "and another has"),
    (
        4,
        "tried = [rival(each).score(x_validation, y_validation) for each in strengths]; " + STRENGTH,
        "and another has",
    ),
    (4, "strength = 1.0", "none of strengths"),
    (4, TRIED + "strength = np.argmax(tried)", "none of strengths"),
    (4, TRIED + "strength = max(tried)", "none of strengths"),
    (4, TRIED + STRENGTH.replace("strengths[", "np.log10(strengths)["), "none of strengths"),
    (4, "strength = np.mean(strengths)", "none of strengths"),
    (4, TRIED + "strength = tried", "it has the shape"),
    (4, TRIED + "strength = strengths", "it has the shape"),
    (4, TRIED + "strength = rival(strengths[np.argmax(tried)])", "has no numbers"),
    (5, FEW.replace("network) -", "plain) -").replace("plain)\ng", "network)\ng") + ENDS, "the sign is wrong"),
    (5, FEW.replace(" - roc_auc_score(y_test, plain)", "") + ENDS, "this is one AUC"),
    (5, FEW.replace("gain = ", "gain = 100 * ") + ENDS, "the AUC of network minus"),
    (
        5,
        "gain = np.mean((network >= 0.5) == y_test) - np.mean((plain >= 0.5) == y_test); low = high = 0",
        "the AUC of network minus",
    ),
    (5, FEW + "high, low = min(gains), max(gains)", "low must be below high"),
    (5, FEW + "low, high = 0, 0.001", "is not between"),
    (5, FEW + "low, high = gain - 0.001, gain + 0.001", "wide, and should be about"),
    (5, FEW + "low, high = gain - 0.3, gain + 0.3", "wide, and should be about"),
    (5, FEW + "low, high = gain - 0.0001, gain + 0.05", "lopsided"),
    (
        5,
        GAINS.replace("plain[rows])", "plain[more])")
        .replace("y_test[rows], plain", "y_test[more], plain")
        .replace("    gains.", "    more = random.integers(len(y_test), size=len(y_test))\n    gains.")
        + ENDS,
        "draw other rows for each side",
    ),
    (5, GAIN + "low, high = network.min(), network.max()", "is not between|wide"),
    (5, GAINS.replace("200", "20").replace("size=len(y_test)", "size=100") + ENDS, "wide"),
    (5, FEW + "low = high = gains", "it has the shape"),
]

RIGHT = [
    (1, DRAW.format(RATE, UNITS)),
    (1, "    return [10 ** random.uniform(-4, 0), random.integers(2, 64, endpoint=True)]"),
    (1, DRAW.format("np.exp(random.uniform(np.log(0.0001), 0))", UNITS)),
    (1, DRAW.format("10.0 ** -random.uniform(0, 4)", "random.choice(np.arange(2, 65))")),
    (1, DRAW.format("float(np.logspace(-4, 0, 9_000)[random.integers(9_000)])", "int(random.uniform(2, 65))")),
    (2, MEANS + BEST),
    (
        2,
        "means = np.array([[trial(rate, units, seed) for seed in (0, 1, 2)] for rate, units in settings]).mean(axis=1); "
        + BEST,
    ),
    (2, MEANS + "best = max(zip(means, settings))[1]"),
    (
        2,
        "means = [sum(trial(*each, seed) for seed in range(3)) / 3 for each in settings]; best = settings[means.index(max(means))]",
    ),
    (2, MEANS + "best = sorted(settings, key=lambda each: -np.mean([trial(*each, seed) for seed in range(3)]))[0]"),
    (3, NOISE + RIVALS),
    (3, TEN + "noise = np.std(scores, ddof=1); " + RIVALS),
    (3, NOISE + "rivals = sum(mean > max(means) - 2 * noise for mean in means) - 1"),
    (
        3,
        NOISE
        + "rivals = len([each for each, mean in zip(settings, means) if each != best and max(means) - mean < 2 * noise])",
    ),
    (
        3,
        "import statistics; noise = statistics.pstdev(trial(*best, seed) for seed in range(10)); rivals = int(np.count_nonzero(np.sort(means)[:-1] > max(means) - 2 * noise))",
    ),
    (4, TRIED + STRENGTH),
    (4, TRIED + "strength = float(strengths[tried.index(max(tried))])"),
    (4, TRIED + "strength = max(zip(tried, strengths))[1]"),
    (
        4,
        "strength = max(strengths, key=lambda each: roc_auc_score(y_validation, rival(each).decision_function(x_validation)))",
    ),
    (
        4,
        "models = [LogisticRegression(C=each).fit(x_train, y_train) for each in strengths]; "
        "strength = strengths[np.argmax([roc_auc_score(y_validation, each.predict_proba(x_validation)[:, 1]) for each in models])]",
    ),
    (5, GAINS + ENDS),
    (
        5,
        GAINS.replace("random.integers(len(y_test), size=len(y_test))", "random.choice(len(y_test), len(y_test))")
        + ENDS,
    ),
    (5, GAINS + "low, high = sorted(gains)[5], sorted(gains)[194]"),
    (5, GAINS + "low, high = np.percentile(gains, 2.5), np.percentile(gains, 97.5)"),
    (5, GAINS + "low, high = gain - 1.96 * np.std(gains), gain + 1.96 * np.std(gains)"),
]
