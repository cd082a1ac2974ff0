"""What learners write in the lab `case`: exercise (from 1), code, and for a wrong one what the check says."""

READ = "loans = pd.read_csv('loans.csv')"
CLEAN = READ + ".drop(columns='rownames').drop_duplicates()"
LABELS = "; labels = (loans['Status'] == 'bad').to_numpy(int); table = loans.drop(columns='Status')"

SPLIT = "x_train, x_rest, y_train, y_rest = train_test_split(table, labels, train_size={}, stratify=labels, random_state=0)\n"
AGAIN = (
    "x_validation, x_test, y_validation, y_test = train_test_split("
    "x_rest, y_rest, train_size={}, stratify=y_rest, random_state=0)"
)

# The parts of a preparation, as lines in the function.
KINDS = "    numeric = x_train.select_dtypes('number').columns; words = x_train.columns.drop(numeric)\n"
FILLED = KINDS + "    filled = rows[numeric].fillna(x_train[numeric].median())\n"
SCALED = FILLED + "    scaled = StandardScaler().fit(x_train[numeric]).transform(filled)\n"
CODED = (
    SCALED + "    encoder = OneHotEncoder(handle_unknown='ignore', sparse_output=False).fit(x_train[words])\n"
    "    coded = encoder.transform(rows[words])\n"
)

PROFITS = (
    "worth = np.where(y_validation == 1, -3, 1); profits = [np.mean(worth * (val_scores < t)) for t in thresholds]; "
)

PROFIT = "worth = np.where(y_test == 1, -3, 1); profit = worth * (test_scores < threshold)\n"
MEANS = "means = [random.choice(profit, size=len(profit)).mean() for _ in range(1000)]\n"
ENDS = "low, high = np.quantile(means, [0.025, 0.975]); "

WRONG = [
    (1, READ + LABELS, "rownames is still in the table"),
    (1, READ + ".drop(columns='rownames')" + LABELS, "repeated rows are still there"),
    (1, READ + ".drop_duplicates().drop(columns='rownames')" + LABELS, "repeated rows are still there"),
    (1, CLEAN + ".dropna()" + LABELS, "keep rows with gaps"),
    (1, CLEAN + LABELS.replace("'bad'", "'good'"), "classes are swapped"),
    (1, CLEAN + "; labels = (loans['Status'] == 'bad').to_numpy(int); table = loans", "Status is still in the table"),
    (1, CLEAN + "; labels = loans['Status']; table = loans.drop(columns='Status')", "has no numbers"),
    (1, CLEAN + LABELS + "; labels = labels[:-1]", "it has the shape"),
    (1, CLEAN + LABELS + "; labels = labels[::-1]", "another loan's label"),
    (1, CLEAN + LABELS + "; labels = labels + 1", "must be 0 and 1"),
    (1, CLEAN + LABELS + ".drop(columns='Income')", "these columns are lost: Income"),
    (1, CLEAN + LABELS + ".fillna(0)", "values have changed"),
    (1, CLEAN + LABELS + ".to_numpy()", "must be a DataFrame"),
    (1, "table, labels = 'loans.csv', 'Status'", "must be a DataFrame"),
    (1, CLEAN + LABELS + ".select_dtypes('number')", "these columns are lost"),
    (
        2,
        SPLIT.format(0.6) + AGAIN.format(0.5).replace("x_rest, y_rest", "table, labels").replace("=y_rest", "=labels"),
        "should have 20%",
    ),
    (
        2,
        SPLIT.format(0.6) + AGAIN.format(0.2).replace("x_rest, y_rest", "table, labels").replace("=y_rest", "=labels"),
        "should have 20%",
    ),
    (
        2,
        SPLIT.format(0.6)
        + AGAIN.format(0.2).replace("x_rest, y_rest", "table, labels").replace("=y_rest", "=labels, test_size=0.2"),
        "stand in two parts",
    ),
    (2, SPLIT.format(0.6) + AGAIN.format(0.2), "should have 20%"),
    (2, SPLIT.format(0.8) + AGAIN.format(0.5), "should have 60%"),
    (
        2,
        (SPLIT.format(0.6) + AGAIN.format(0.5)).replace("stratify=labels, ", "").replace("stratify=y_rest, ", ""),
        "stratify both cuts",
    ),
    (
        2,
        SPLIT.format(0.6).replace("stratify=labels, ", "shuffle=False, ").replace("random_state=0", "")
        + AGAIN.format(0.5),
        "stratify both cuts",
    ),
    (2, SPLIT.format(0.6) + AGAIN.format(0.5) + "; y_test = y_test[::-1]", "another loan's label"),
    (2, SPLIT.format(0.6) + "x_validation = x_test = x_rest; y_validation = y_test = y_rest", "should have 20%"),
    (2, SPLIT.format(0.6) + AGAIN.format(0.5) + "; x_test, y_test = x_validation, y_validation", "stand in two parts"),
    (2, SPLIT.format(0.6) + AGAIN.format(0.5) + "; x_train = x_train.to_numpy()", "must be rows of table"),
    (2, SPLIT.format(0.6) + AGAIN.format(0.5) + "; y_validation, y_train = y_train, y_validation", "it has the shape"),
    (2, SPLIT.format(0.6) + "x_validation = x_test = ...", "still"),
    (3, "    return rows.to_numpy()", "must give an array of numbers"),
    (3, "    return pd.get_dummies(rows).fillna(0).to_numpy(float)", "the list of words must come from x_train"),
    (3, "    return pd.get_dummies(rows.fillna(x_train.median(numeric_only=True)))", "words must come from x_train"),
    (3, FILLED + "    return rows.fillna(x_train[numeric].median())", "must give an array of numbers"),
    (3, FILLED + "    return filled", "bring the numbers to mean 0"),
    (3, SCALED + "    return scaled", "Home makes no difference"),
    (3, CODED + "    return coded", "makes no difference"),
    (
        3,
        CODED.replace("rows[numeric].fillna(x_train[numeric].median())", "rows[numeric]")
        + "    return np.hstack([scaled, coded])",
        "there are gaps",
    ),
    (
        3,
        CODED.replace(".fit(x_train[numeric])", ".fit(rows[numeric])") + "    return np.hstack([scaled, coded])",
        "depend on the rows beside it",
    ),
    (
        3,
        CODED.replace("fillna(x_train", "fillna(rows") + "    return np.hstack([scaled, coded])",
        "depend on the rows|there are gaps|another",
    ),
    (
        3,
        CODED.replace("handle_unknown='ignore', ", "") + "    return np.hstack([scaled, coded])",
        "lighthouse|a row without",
    ),
    (3, CODED + "    return np.hstack([filled, coded])", "bring the numbers to mean 0"),
    (
        3,
        CODED.replace("fillna(x_train[numeric].median())", "fillna(0)") + "    return np.vstack([scaled, coded])",
        "prepare fails",
    ),
    (
        3,
        CODED.replace("sparse_output=False", "") + "    return np.hstack([scaled, coded])",
        "prepare fails|has the shape|without",
    ),
    (3, SCALED + "    return scaled[0]", "one row of numbers for each"),
    (3, CODED.replace("rows[", "x_train[") + "    return np.hstack([scaled, coded])", "one row of numbers for each"),
    (3, CODED + "    np.hstack([scaled, coded])", "begin its last line with return"),
    (
        3,
        "    return OneHotEncoder(handle_unknown='ignore', sparse_output=False).fit(x_train).transform(rows)",
        "you treat numbers like words",
    ),
    (4, PROFITS + "threshold = np.argmax(profits)", "the position of the largest profit"),
    (4, PROFITS + "threshold = max(profits)", "this is the largest profit"),
    (4, PROFITS + "threshold = thresholds[np.argmin(profits)]", "has the least profit"),
    (4, PROFITS.replace("<", ">=") + "threshold = thresholds[np.argmax(profits)]", "has the least profit"),
    (
        4,
        PROFITS.replace("y_validation", "y_test").replace("val_scores", "test_scores")
        + "threshold = thresholds[np.argmax(profits)]",
        "choose on the validation rows",
    ),
    (
        4,
        PROFITS.replace("-3, 1", "1, -3") + "threshold = thresholds[np.argmax(profits)]",
        "a validation loan brings|has the least",
    ),
    (4, PROFITS.replace("-3, 1", "-1, 1") + "threshold = thresholds[np.argmax(profits)]", "a validation loan brings"),
    (4, "threshold = 0.5", "a validation loan brings"),
    (4, "threshold = 1 / 4 + 0.001", "none of thresholds"),
    (4, PROFITS + "threshold = profits", "it has the shape"),
    (4, PROFITS + "threshold = thresholds[profits > np.zeros(102)]", "it has the shape"),
    (4, "threshold = 1.01", "a validation loan brings"),
    (5, PROFIT.replace("threshold", "0.5") + MEANS + ENDS + "decision = 'network'", "the profit at 0.5"),
    (5, PROFIT.replace("<", ">") + MEANS + ENDS + "decision = 'network'", "a high score is a bad loan"),
    (
        5,
        PROFIT.replace(" * (test_scores < threshold)", "") + MEANS + ENDS + "decision = 'everyone'",
        "when everyone gets a loan",
    ),
    (5, PROFIT.replace("-3, 1", "-1, 1") + MEANS + ENDS + "decision = 'network'", "some are off"),
    (5, PROFIT + "profit = profit.mean(); low = high = 0; decision = 'network'", "it has the shape"),
    (5, PROFIT + MEANS + ENDS.replace("low, high", "high, low") + "decision = 'network'", "low must be below high"),
    (5, PROFIT + "low = high = profit.mean(); decision = 'network'", "without replacement"),
    (5, PROFIT + MEANS + ENDS.replace("means", "profit") + "decision = 'network'", "not the middle 95%"),
    (5, PROFIT + MEANS + "low, high = min(means), max(means); decision = 'network'", "not the middle 95%"),
    (5, PROFIT + MEANS.replace("len(profit)", "50") + ENDS + "decision = 'network'", "not the middle 95%"),
    (5, PROFIT + MEANS + ENDS + "decision = 'everyone'", "another decision earns more"),
    (5, PROFIT + MEANS + ENDS + "decision = 'nobody'", "another decision earns more"),
    (5, PROFIT + MEANS + ENDS + "decision = 'yes'", "in these letters"),
    (5, PROFIT + MEANS + ENDS + "decision = True", "in these letters"),
    (5, PROFIT + MEANS + ENDS + "decision = ...", "decision is still"),
    (
        1,
        "loans = pd.read_csv('loans.csv').drop(columns='rownames').drop_duplicates(); labels = (loans['Status'] == 'bad').to_numpy(int); table = loans.drop(columns='Status'); table = table.fillna('missing')",
        "values have changed",
    ),
    (
        1,
        "loans = pd.read_csv('loans.csv').drop(columns='rownames').drop_duplicates(); labels = (loans['Status'] == 'bad').to_numpy(int); table = loans.drop(columns='Status'); table = pd.concat([table, table], axis=1)",
        "there twice",
    ),
    (
        1,
        "loans = pd.read_csv('loans.csv').drop(columns='rownames').drop_duplicates(); labels = (loans['Status'] == 'bad').to_numpy(int); table = loans.drop(columns='Status'); labels = labels * 0.9",
        "must be 0 and 1",
    ),
    (
        2,
        "x_train, x_rest, y_train, y_rest = train_test_split(table, labels, train_size=0.6, stratify=labels, random_state=0)\nx_validation, x_test, y_validation, y_test = train_test_split(x_rest, y_rest, train_size=0.5, stratify=y_rest, random_state=0); x_test = x_test.drop(columns='Age')",
        "it has other columns",
    ),
    (
        3,
        "    numeric = x_train.select_dtypes('number').columns; words = x_train.columns.drop(numeric)\n    filled = rows[numeric].fillna(x_train[numeric].median())\n    scaled = StandardScaler().fit(table[numeric]).transform(filled)\n    encoder = OneHotEncoder(handle_unknown='ignore', sparse_output=False).fit(x_train[words])\n    coded = encoder.transform(rows[words])\n    return np.hstack([scaled, coded])",
        "a leak",
    ),
    (
        3,
        "    numeric = x_train.select_dtypes('number').columns; words = x_train.columns.drop(numeric)\n    filled = rows[numeric].fillna(x_train[numeric].median())\n    scaled = StandardScaler().fit(table[numeric].fillna(table[numeric].median())).transform(filled)\n    encoder = OneHotEncoder(handle_unknown='ignore', sparse_output=False).fit(x_train[words])\n    coded = encoder.transform(rows[words])\n    return np.hstack([scaled, coded])",
        "a leak",
    ),
    (
        3,
        "    numeric = x_train.select_dtypes('number').columns; words = x_train.columns.drop(numeric)\n    rows[numeric] = filled = rows[numeric].fillna(x_train[numeric].median())\n    scaled = StandardScaler().fit(x_train[numeric]).transform(filled)\n    encoder = OneHotEncoder(handle_unknown='ignore', sparse_output=False).fit(x_train[words])\n    coded = encoder.transform(rows[words])\n    return np.hstack([scaled, coded])",
        "changes the rows",
    ),
    (3, "    return np.random.default_rng(0).normal(size=(len(rows), 20))", "at another place"),
    (
        5,
        "worth = np.where(y_test == 1, -3, 1); profit = worth * (test_scores < threshold)\nmeans = [random.choice(profit, size=len(profit)).mean() for _ in range(1000)]\nlow, high = np.quantile(means, [0.025, 0.94]); decision = 'network'",
        "not the middle 95%",
    ),
]

RIGHT = [
    (1, CLEAN + LABELS + ".reset_index(drop=True)"),
    (1, READ.replace("')", "', index_col='rownames')") + ".drop_duplicates()" + LABELS),
    (1, CLEAN + "; table = loans.copy(); labels = table.pop('Status').map({'good': 0, 'bad': 1})"),
    (1, READ + "; del loans['rownames']; loans = loans[~loans.duplicated(keep='last')]" + LABELS),
    (1, CLEAN + "; table = loans.iloc[:, 1:]; labels = [1 if each == 'bad' else 0 for each in loans['Status']]"),
    (2, SPLIT.format(0.6) + AGAIN.format(0.5).replace("=0)", "=7)")),
    (
        2,
        "x_rest, x_train, y_rest, y_train = train_test_split(table, labels, test_size=0.6, stratify=labels)\n"
        + AGAIN.format(0.5),
    ),
    (
        2,
        "x_rest, x_test, y_rest, y_test = train_test_split(table, labels, test_size=0.2, stratify=labels)\n"
        "x_train, x_validation, y_train, y_validation = train_test_split(x_rest, y_rest, test_size=0.25, stratify=y_rest)",
    ),
    (
        2,
        "series = pd.Series(labels, table.index)\n"
        "x_train, x_rest, y_train, y_rest = train_test_split(table, series, train_size=0.6, stratify=series)\n"
        + AGAIN.format(0.5),
    ),
    (
        2,
        "order = np.argsort(labels, kind='stable'); parts = [order[np.arange(len(order)) % 5 < 3],"
        " order[np.arange(len(order)) % 5 == 3], order[np.arange(len(order)) % 5 == 4]]\n"
        "x_train, x_validation, x_test = (table.iloc[part] for part in parts)\n"
        "y_train, y_validation, y_test = (labels[part] for part in parts)",
    ),
    (3, CODED + "    return np.hstack([coded, scaled])"),
    (3, CODED + "    return np.hstack([scaled, coded, rows[numeric].isna()]).astype('float32')"),
    (
        3,
        "    known = pd.get_dummies(x_train).fillna(x_train.median(numeric_only=True))\n"
        "    made = pd.get_dummies(rows).reindex(columns=known.columns).fillna(x_train.median(numeric_only=True))\n"
        "    made = made.astype(float).fillna(0.0)\n"
        "    return (made - known.astype(float).mean()) / known.astype(float).std()",
    ),
    (
        3,
        KINDS + "    from sklearn.compose import make_column_transformer\n"
        "    from sklearn.impute import SimpleImputer\n"
        "    from sklearn.pipeline import make_pipeline\n"
        "    both = make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), numeric),"
        " (OneHotEncoder(handle_unknown='ignore', sparse_output=False), words))\n"
        "    return both.fit(x_train).transform(rows)",
    ),
    (
        3,
        FILLED.replace("median", "mean") + "    span = x_train[numeric].max() - x_train[numeric].min()\n"
        "    parts = [((filled - x_train[numeric].min()) / span).to_numpy()]\n"
        "    parts += [(rows[[name]] == word).to_numpy(float) for name in words for word in x_train[name].dropna().unique()]\n"
        "    return np.hstack(parts)",
    ),
    (4, PROFITS + "threshold = float(thresholds[profits.index(max(profits))])"),
    (4, PROFITS + "threshold = max(zip(profits, thresholds))[1]"),
    (4, PROFITS.replace("np.mean", "np.sum") + "threshold = thresholds[np.argmax(profits)]"),
    (
        4,
        "threshold = max(thresholds, key=lambda t: np.sum(y_validation[val_scores < t] == 0) - 3 * np.sum(y_validation[val_scores < t]))",
    ),
    (
        4,
        "granted = val_scores < thresholds[:, None]; threshold = thresholds[(granted @ (1 - 4 * y_validation)).argmax()]",
    ),
    (5, PROFIT + MEANS + ENDS + "decision = 'network'"),
    (
        5,
        PROFIT
        + "low, high = (profit.mean() + side * 1.96 * profit.std() / np.sqrt(len(profit)) for side in (-1, 1)); decision = 'network'",
    ),
    (
        5,
        "profit = [0 if s >= threshold else 1 - 4 * t for s, t in zip(test_scores, y_test)]\n"
        + MEANS
        + ENDS
        + "decision = 'network'",
    ),
    (5, PROFIT + MEANS + "low, high = sorted(means)[25], sorted(means)[974]; decision = 'network'"),
    (
        5,
        PROFIT
        + MEANS
        + ENDS
        + "decision = max({'everyone': worth.mean(), 'nobody': 0, 'network': low}.items(), key=lambda each: each[1])[0]",
    ),
    (
        1,
        "loans = pd.read_csv('loans.csv').drop(columns='rownames').drop_duplicates(); labels = (loans['Status'] == 'bad').to_numpy(int); table = loans.drop(columns='Status'); table = table.convert_dtypes(); labels = labels.astype(bool)",
    ),
    (
        2,
        "x_train, x_rest, y_train, y_rest = train_test_split(table, labels, train_size=0.6, stratify=labels, random_state=0)\nx_validation, x_test, y_validation, y_test = train_test_split(x_rest, y_rest, train_size=0.5, stratify=y_rest, random_state=0); y_train, y_validation, y_test = (list(map(int, each)) for each in (y_train, y_validation, y_test))",
    ),
    (
        4,
        "worth = np.where(y_validation == 1, -3, 1); profits = [np.mean(worth * (val_scores < t)) for t in thresholds]; import tensorflow as tf; threshold = tf.constant(thresholds[np.argmax(profits)])",
    ),
]
