"""What a learner types leads to the lesson that teaches it, in the window of the search and on the page reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.axe import findings
from tests.site.conftest import PAGES, quiet, watched

# Words as learners type them, by the lesson that teaches what they mean. The front matter's words were chosen with this
# table in sight, so it holds what was reached, and is no estimate for words that nobody thought of: of 74 such, 57 led
# to their lesson first and 66 among the first three.
TAUGHT = {
    "index": "colab | windows | install",
    "what-is": "binary classification | classifier | threshold | positive class | decision threshold | treshold",
    "one-neuron": (
        "neuron | sigmoid | logits | relu | activation function | bias | perceptron | feature scaling | "
        "StandardScaler | get_weights | predict | weights | sigmod | logistic regression | log-odds | log odds"
    ),
    "first-network": (
        "first network | train test split | features and labels | hidden layer | accuracy | test set | "
        "stratify | tensorflow | keras | training set | reproducibility | xor | standard error"
    ),
    "compile": (
        "compile | binary_crossentropy | BinaryCrossentropy | cross entropy | log loss | from_logits | "
        "categorical_crossentropy | loss function | hinge loss | log-loss | multi-label | which loss"
    ),
    "learning-rate": (
        "learning rate | optimizer | adam | sgd | momentum | gradient descent | rmsprop | gradient | "
        "optimiser | learnig rate | Adam optimizer"
    ),
    "schedules": (
        "cosine decay | CosineDecay | warmup | ReduceLROnPlateau | learning rate schedule | learning rate decay | "
        "LearningRateScheduler"
    ),
    "fit": (
        "epoch | epochs | early stopping | EarlyStopping | validation_split | model.fit | callback | "
        "restore_best_weights | shuffle | patience | what is an epoch | batch | GroupShuffleSplit | TimeSeriesSplit"
    ),
    "curves": (
        "val_loss | overfit | over fitting | overfiting | regularization | training curves | plot history | "
        "underfitting | weight decay | loss is nan | AdamW | validation loss | history.history | validation set | "
        "overfitting | "
        "plotting loss"
    ),
    "clean-text": "TextVectorization | nlp | duplicates | vectorize | tokenizer",
    "spam-transformer": (
        "spam | attention | embedding | transformer | naive bayes | self attention | MultiHeadAttention | "
        "McNemar | mask_zero"
    ),
    "confusion-matrix": (
        "confusion matrix | false positive | true negatives | type I error | confusion_matrix | false alarm | "
        "false alarms | tp fp fn tn | confussion matrix"
    ),
    "how-sure": (
        "confidence interval | bootstrap | McNemar | p-value | error bars | statistical significance | standard error"
    ),
    "precision-recall": (
        "f1 score | f1 | precision | recall | sensitivity | harmonic mean | presicion | fbeta_score | "
        "precision_recall_curve | precision vs recall"
    ),
    "threshold": "cost of errors | how to choose a threshold | TunedThresholdClassifierCV | decision threshold",
    "roc-auc": (
        "keras.metrics.AUC | auc | roc curve | roc_auc_score | specificity | average precision | ranking | "
        "true positive rate | AUC ROC"
    ),
    "which-metric": ("which metric | crash | choose a metric | best metric"),
    "rare-classes": (
        "imbalanced | unbalanced data | accuracy paradox | base rate | imbalance | imbalanced data | imbalanced "
        "classes | class weight | oversampling | SMOTE | balanced accuracy | MCC | precision at k"
    ),
    "calibration": (
        "calibration | brier score | probabilities | temperature scaling | Platt scaling | overconfident | "
        "reliability diagram"
    ),
    "leaks": "data leakage | leakage | leaks | target encoding | GroupShuffleSplit | TimeSeriesSplit",
    "pitfalls": "softmax | pitfalls | softmax vs sigmoid",
    "loss-or-metric": "metric | loss vs metric | surrogate loss",
    "custom-losses": ("custom loss | pytorch | focal loss | save model | nan | saving a model | load_model"),
    "price-is-right": "asymmetric loss | quantile | regression | pinball",
    "spreadsheet": "excel | spreadsheet",
    "layers": (
        "dropout | lstm | convolution | pooling | batch normalization | Conv2D | dense layer | functional api "
        "| normalize | count_params | recurrent | strides | padding"
    ),
    "templates": "augmentation | gradient boosting | boosted trees | templates | baseline model",
    "inside-digit": "digits | occlusion",
    "inside-transformer": "attention weights | explain prediction | saliency",
    "example-models": "resnet | unet | residual | vanishing gradient | LeNet | MobileNet",
    "tuning": (
        "optuna | hyperparameters | hyperparameter tuning | cross validation | random seed | grid search | "
        "noise | hyperparameter | nested cross-validation | keras tuner | random search"
    ),
    "stealing-ideas": "transfer learning | autoencoder | fine tuning | pretrained | freeze layers",
    "stranger": "pickle | supply chain | pretrained weights",
    "faster": "mixed precision | gradient accumulation | prefetch | BackupAndRestore | slow training",
    "distribute": "gpu | multiple gpus | MirroredStrategy | tf.distribute | data parallelism",
    "workers": "checkpoint | multi worker | fault tolerance",
}
WORDS = {word: page for page, words in TAUGHT.items() for word in words.split(" | ")}
FOUND = ".finder .found h2 a"
# The pages that each word finds, in their order.
ALL = """words => Object.fromEntries(words.map(word =>
  [word, find.search(word).results.map(({ page }) => page.url.replace(/[.]html$/, ""))]))"""


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()


def search(page: Page, word: str) -> None:
    """Search by keyboard, as far as the results."""
    page.keyboard.press("/")
    page.keyboard.insert_text(word)
    page.locator(FOUND).first.wait_for()


@pytest.fixture(scope="module")
def opened_search(browser: Browser, address: str) -> Iterator[Page]:
    """A page whose search is open and ready, loaded once."""
    with watched(browser, address) as context:
        page = context.new_page()
        page.goto("/fit.html")
        search(page, "epoch")
        yield page


def test_learners_words_lead_to_their_lessons(opened_search: Page) -> None:
    found = opened_search.evaluate(ALL, list(WORDS))
    places = {word: found[word].index(page) if page in found[word] else -1 for word, page in WORDS.items()}
    low = {word: (WORDS[word], found[word][:3]) for word, place in places.items() if place not in (0, 1, 2)}
    assert low == {}
    first = sum(place == 0 for place in places.values())
    assert len(WORDS) > 80
    assert first >= 0.9 * len(WORDS), [(word, found[word][:3]) for word, place in places.items() if place]
    assert set(WORDS.values()) <= PAGES.keys()


def test_nonsense_finds_nothing_and_solutions_are_not_given_away(opened_search: Page) -> None:
    found = opened_search.evaluate(ALL, ["zzyzx", "...", " ", "lab", "solved"])
    assert found["zzyzx"] == found["..."] == found[" "] == []
    assert not [page for pages in found.values() for page in pages if "-solved" in page]
    assert [page for page in found["lab"] if page.startswith("labs/")]


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("BinaryCrossentropy", ["binarycross", "crossentropy", "Binary"]),
        ("train_test_split", ["train_test", "test_split", "test split"]),
        ("keras.metrics.AUC", ["metrics.AUC", "keras.metrics", "metrics.au"]),
        ("val_loss", ["val_lo", "valloss"]),
        ("set_random_seed", ["random_seed", "set_rand"]),
        ("EarlyStopping", ["earlystop", "Stopping"]),
    ],
)
def test_names_in_code_are_found_whole_and_by_their_parts(opened_search: Page, whole: str, parts: list[str]) -> None:
    found = opened_search.evaluate(ALL, [whole, *parts])
    assert found[whole]
    lesson = next(page for page in found[whole] if any(whole in code for code in PAGES[page].codes))
    for part in parts:
        assert lesson in found[part], part


def test_the_window_is_accessible(opened_search: Page) -> None:
    page = opened_search
    broken, wide = {}, {}
    for width in (1300, 320):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            broken[width, scheme] = findings(page, ".finder")
            wide[width, scheme] = page.evaluate("document.querySelector('.finder').scrollWidth") > width
    page.set_viewport_size({"width": 1300, "height": 900})
    page.emulate_media(color_scheme="light")
    assert not any(broken.values()), broken
    assert not any(wide.values()), wide


def test_the_search_is_loaded_when_somebody_searches(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(f"{address}/")))
    page.goto("/fit.html")
    quiet(page)
    assert "search.js" in asked
    later = {"search/index.js", "find.js", "find.css"}
    assert not later.intersection(asked)
    search(page, "batch")
    assert later.issubset(asked)
    assert not [name for name in asked if "search_index" in name or "workers" in name]


def test_the_window_by_keyboard(page: Page) -> None:
    page.goto("/fit.html")
    button = page.locator(".find")
    button.focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("searchbox", name="Search the course")
    expect(field).to_be_focused()
    page.keyboard.insert_text("dropout")
    expect(page.get_by_role("status").filter(visible=True)).to_contain_text("pages found for “dropout”")
    assert page.url.endswith("/fit.html?q=dropout")
    expect(page.locator(".finder .term")).to_contain_text("switches off random units")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(FOUND).first).to_be_focused()
    page.keyboard.press("n")  # elsewhere Material's shortcut for the next page
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    if page.locator(".finder").evaluate("each => each.open"):  # the first empties the field
        page.keyboard.press("Escape")
    expect(page.locator(".finder")).to_be_hidden()
    expect(button).to_be_focused()
    assert page.url.endswith("/fit.html")


def test_a_tap_on_a_phone_puts_the_focus_into_the_field_at_once(either: Browser, address: str) -> None:
    with watched(either, address, has_touch=True) as context:
        page = context.new_page()
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto("/index.html")
        touch = "tap" if either.browser_type.name == "chromium" else "click"  # Firefox cannot be driven by touch
        getattr(page.locator(".find"), touch)()
        field = page.locator(".finder input")
        expect(field).to_be_focused()
        page.keyboard.insert_text("sigmoid")
        expect(page.locator(FOUND).first).to_have_attribute("href", f"{address}/one-neuron.html?h=sigmoid")
        box = page.locator(".finder").bounding_box()
        assert box
        assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
        getattr(page.locator(".finder button"), touch)()
        expect(page.locator(".finder")).to_be_hidden()


def test_what_was_found_is_marked_and_back_leads_to_the_results(page: Page) -> None:
    page.goto("/index.html")
    search(page, "dropout")
    expect(page).to_have_url("/index.html?q=dropout")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/layers.html?h=dropout")
    page.locator("article mark").first.wait_for()
    marks = page.locator("article mark").all_text_contents()
    assert [mark.lower() for mark in marks].count("dropout") > 3
    assert {mark.lower() for mark in marks} == {"dropout", "layers", "."}  # a name is marked whole: layers.Dropout
    chromium = page.context.browser and page.context.browser.browser_type.name == "chromium"
    if chromium:
        page.go_back()
    else:  # Playwright waits for ever for a page that Firefox has kept whole
        page.goto("/index.html?q=dropout")
    expect(page.locator(FOUND).first).to_be_visible()
    page.goto("/roc-auc.html?h=kerasmetricsauc")  # a name that the page's code shows in five pieces
    page.locator("article mark").first.wait_for()
    marks = page.locator("article mark").all_text_contents()
    assert "".join(marks[:5]) == "keras.metrics.AUC"
    page.goto("/glossary.html?h=weight")
    expect(page.locator("dt mark").first).to_be_in_viewport()


def test_results_stand_there_as_soon_as_a_letter_does(page: Page) -> None:
    """In the same turn: nothing is waited for. How long it takes is measured: `python -m tests.bench searching`."""
    page.goto("/fit.html")
    search(page, "early")
    titles = page.evaluate(
        """words => words.map(word => {
          const input = document.querySelector(".finder input")
          input.value = word
          input.dispatchEvent(new Event("input"))
          return document.querySelector(".finder .found h2 a")?.textContent
        })""",
        ["class weight", "the loss", "confussion matrix", "l", "zzyzx"],
    )
    assert all(titles[:4])
    assert len(set(titles[:3])) == 3
    assert titles[4] is None


def test_the_search_works_in_a_folder(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(request.url))
        page.goto((site / "labs" / "fit.html").as_uri())
        search(page, "imbalanced")
        expect(page.get_by_role("status").filter(visible=True)).to_contain_text("found for “imbalanced”")
        assert (
            page.locator(FOUND).first.evaluate("link => link.href.split('?')[0]")
            == (site / "rare-classes.html").as_uri()
        )
        search(page, "")
        page.locator(".finder input").fill("recall")
        page.keyboard.press("Enter")
        page.locator("article mark").first.wait_for()
        assert page.url.startswith((site / "precision-recall.html").as_uri())
        assert wrong == []


def test_a_search_that_is_lost_says_so_and_comes_again(either: Browser, address: str) -> None:
    with either.new_context(base_url=address) as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.route("**/search/index.js", lambda route: route.abort())
        page.goto("/fit.html?h=loss")
        page.locator(".find").click()
        told = page.locator(".finder [role=status]")
        expect(told).to_have_text("The search could not be loaded. Are you offline? Close it and try again.")
        page.keyboard.press("Escape")
        page.unroute_all()
        page.locator(".find").click()
        page.locator(".finder input").fill("dropout")
        expect(told).to_contain_text("found for “dropout”")
        assert wrong == []


def test_a_pasted_text_and_a_lone_star_are_borne(page: Page) -> None:
    page.goto("/fit.html?h=*")
    search(page, "loss accuracy threshold epoch batch learning rate over fitting " * 200)
    expect(page.locator(".finder [role=status]")).to_contain_text("found for “loss accuracy")
    assert len(page.url) < 400
    expect(page.locator("article mark")).to_have_count(0)


def test_without_scripts_the_button_gives_way_to_the_glossary(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/labs/fit.html")
        expect(page.locator(".find")).to_be_hidden()
        page.locator("header").get_by_role("link", name="Glossary").click()
        expect(page).to_have_url(f"{address}/glossary.html")
