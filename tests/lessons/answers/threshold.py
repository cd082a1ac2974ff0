"""What learners write in the lab `threshold`: exercise (from 1), code, and for a wrong one what the check says."""

COSTS = "val_costs = np.array([costs({}).mean() for t in thresholds])"
CHOSEN = COSTS.format("y_validation, val_scores >= t") + "; threshold = {}"
SAVED = "saved = costs(y_test, {}) - costs(y_test, {})"
NONE, OWN = "np.zeros(len(y_test))", "test_scores >= threshold"
MEANS = "means = [random.choice(saved, size=len(saved)).mean() for _ in range(1000)]; "

WRONG = [
    (1, "    return call * ((truth == 1) & (called == 0)) + lost * ((truth == 0) & (called == 1))", "are swapped"),
    (1, "    return call * (called == 1) + lost * ((truth == 1) & (called == 0))", "counts as 0"),
    (1, "    return np.where(called == truth, 0, 1)", "it gives"),
    (1, "    return called != truth", "True and False"),
    (1, "    return np.sum(call * ((truth == 0) & (called == 1)) + lost * ((truth == 1) & (called == 0)))", "shape"),
    (1, "    return 1 * ((truth == 0) & (called == 1)) + 5 * ((truth == 1) & (called == 0))", "use call and lost"),
    (1, "    return lost * ((truth == 1) & (called == 0))", "it gives"),
    (1, "    return call * ((truth == 0) & (called == 1))", "it gives"),
    (1, "    return lost * (truth == 1) if called == 0 else call * (truth == 0)", "costs fails"),
    (1, "    return call + lost", "shape"),
    (
        1,
        "    call * ((truth == 0) & (called == 1)) + lost * ((truth == 1) & (called == 0))",
        "begin its line with return",
    ),
    (2, CHOSEN.format("np.argmin(val_costs)"), "the position of the least cost"),
    (2, CHOSEN.format("val_costs.min()"), "this is the least cost"),
    (2, CHOSEN.format("0.5"), "another threshold costs"),
    (2, CHOSEN.format("thresholds[np.argmax(val_costs)]"), "another threshold costs"),
    (2, CHOSEN.format("1 / 6"), "none of thresholds"),
    (2, CHOSEN.format("thresholds[val_costs < 0.5]"), "it has the shape"),
    (2, CHOSEN.format("...").replace("mean()", "sum()"), "sums over the customers"),
    (2, COSTS.format("y_test, test_scores >= t") + "; threshold = 0.2", "on the validation rows"),
    (2, COSTS.format("y_validation, val_scores < t") + "; threshold = 0.2", "you call nobody"),
    (2, COSTS.format("y_validation, val_scores >= t, 1, 10") + "; threshold = 0.2", "the costs are off"),
    (2, "val_costs = [costs(y_validation, val_scores >= t) for t in thresholds]; threshold = 0.2", "it has the shape"),
    (2, "val_costs, threshold = costs(y_validation, val_scores).mean(), 0.2", "it has the shape"),
    (2, "threshold = 0.2", "val_costs is still"),
    (3, SAVED.format(OWN, NONE), "the sign is wrong"),
    (3, SAVED.format(NONE, "test_scores >= 0.5"), "what 0.5 saves"),
    (3, "saved = costs(y_test, test_scores >= threshold)", "take the difference"),
    (3, "saved = 5 * ((test_scores >= threshold) & (y_test == 1))", "take the difference"),
    (3, "saved = costs(y_test, np.zeros(len(y_test)))", "take the difference"),
    (3, SAVED.format(NONE, OWN) + "; saved = saved.mean()", "it has the shape"),
    (3, SAVED.format(NONE, OWN) + "; saved = saved.sum()", "it has the shape"),
    (3, SAVED.format("np.zeros(1500)", "val_scores >= threshold").replace("y_test", "y_validation"), "some are off"),
    (3, SAVED.format("np.ones(len(y_test))", OWN), "some are off"),
    (3, SAVED.format(NONE, "test_scores < threshold"), "some are off"),
    (4, MEANS + "low, high = np.quantile(means, [0.975, 0.025])", "low must be below high"),
    (4, "low, high = np.quantile(saved, [0.025, 0.975])", "far too wide"),
    (4, "low, high = saved.min(), saved.max()", "far too wide"),
    (4, MEANS + "low, high = min(means), max(means)", "it is wider"),
    (4, MEANS + "low, high = np.quantile(means, [0.25, 0.75])", "it is narrower"),
    (4, MEANS.replace("len(saved)", "100") + "low, high = np.quantile(means, [0.025, 0.975])", "it is wider"),
    (
        4,
        MEANS.replace(")).", "), replace=False).") + "low, high = min(means), max(means)",
        "must be below|is not between|too narrow",
    ),
    (4, "low, high = saved.mean() - saved.std(), saved.mean() + saved.std()", "far too wide"),
    (4, MEANS + "low, high = np.mean(means), np.std(means)", "low must be below|is not between"),
    (4, MEANS + "low = high = np.quantile(means, [0.025, 0.975])", "it has the shape"),
    (4, MEANS + "low, high = np.mean(means) - np.std(means), np.mean(means) + np.std(means)", "it is narrower"),
    (4, MEANS + "low, high = np.quantile(means, 0.025), 1", "it is wider|far too wide"),
]

RIGHT = [
    (1, "    return call * ((truth == 0) & called) + lost * ((truth == 1) & ~called)"),
    (1, "    return np.where(truth == 1, lost * (called == 0), call * (called == 1))"),
    (1, "    return call * (1 - truth) * called + lost * truth * (1 - called)"),
    (1, "    return [lost * (not c) if t else call * c for t, c in zip(truth, called)]"),
    (
        1,
        "    made = np.asarray(called, dtype=bool)\n    return lost * ((truth == 1) & ~made) + call * ((truth == 0) & made)",
    ),
    (1, "    table = np.array([[0, call], [lost, 0]])\n    return table[truth, np.asarray(called, dtype=int)]"),
    (2, CHOSEN.format("thresholds[val_costs == val_costs.min()][0]")),
    (2, CHOSEN.format("float(min(zip(val_costs, thresholds))[1])")),
    (2, CHOSEN.format("min(thresholds, key=lambda t: costs(y_validation, val_scores >= t).mean())")),
    (
        2,
        "val_costs = [np.mean(costs(y_validation, val_scores >= t)) for t in thresholds]; threshold = thresholds[val_costs.index(min(val_costs))]",
    ),
    (
        2,
        "val_costs = costs(y_validation, val_scores >= thresholds[:, None]).mean(axis=1); threshold = thresholds[val_costs.argmin()]",
    ),
    (3, SAVED.format("False", OWN)),
    (3, SAVED.format("np.full(len(y_test), False)", OWN)),
    (3, "saved = 5 * (y_test == 1) - costs(y_test, test_scores >= threshold)"),
    (3, "saved = np.where(test_scores >= threshold, np.where(y_test == 1, 5, -1), 0)"),
    (3, "saved = [5 * t - c for t, c in zip(y_test, costs(y_test, test_scores >= threshold))]"),
    (4, MEANS + "low, high = np.quantile(means, 0.025), np.quantile(means, 0.975)"),
    (4, MEANS + "low, high = np.percentile(means, [2.5, 97.5])"),
    (4, MEANS + "low, high = sorted(means)[25], sorted(means)[974]"),
    (
        4,
        "means = [np.mean(saved[random.integers(len(saved), size=len(saved))]) for _ in range(2000)]; low, high = np.quantile(means, [0.025, 0.975])",
    ),
    (
        4,
        "from scipy.stats import bootstrap; low, high = bootstrap((saved,), np.mean, n_resamples=999, method='percentile').confidence_interval",
    ),
    (4, "half = 1.95 * saved.std() / np.sqrt(len(saved)); low, high = saved.mean() - half, saved.mean() + half"),
]
