"""Train it here, as a reader plays with it."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import come, fits, loaded_only_near, static, weight, without_scripts
from tests.site.conftest import watched

PATH = "/first-network.html"
LESSONS = Path(__file__).parents[2] / "docs" / "en"
NAMES = ("loss", "val_loss", "accuracy", "val_accuracy")
RECORD = "document.querySelector('play-train').record"
# What Keras recorded in each lesson: the history, and whether in so many epochs.
HISTORIES: dict[str, tuple[Callable[[dict[str, Any]], dict[str, list[float]]], int]] = {
    "first-network": (lambda names: names["history"].history, 10),
    "learning-rate": (lambda names: names["record"], 8),
    "fit": (lambda names: names["shallow_record"], 20),
    "curves": (lambda names: names["small_history"].history, 15),
}
SETTINGS = {
    "first-network:one": "optimizer=SGD&rate=0.1&batch=8&units=1&epochs=5&rows=200&seed=1",
    "first-network:two": "optimizer=momentum&rate=0.03&batch=64&units=64&epochs=10&seed=2",
    "first-network:three": "optimizer=RMSprop&rate=0.003&batch=16&units=8&epochs=5&rows=400&decay=0.3",
    "first-network:four": "optimizer=Adam&rate=0.01&batch=256&units=32&epochs=10&rows=800&decay=0.1&seed=9",
    "learning-rate:one": "rate=0.00001",
    "learning-rate:two": "rate=1&optimizer=SGD&batch=256",
    "fit:one": "batch=8&epochs=10",
    "fit:two": "batch=256&epochs=50",
}


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        yield context.new_page()


def trained(page: Page, setting: str, path: str = PATH) -> dict[str, list[float]]:
    """What the browser recorded for a setting that the address asks for."""
    page.goto("about:blank")
    page.goto(f"{path}#play=train&{setting}")
    expect(page.locator("play-train form")).to_be_visible()
    expect(page.locator("play-train:not([aria-busy])")).to_be_visible()
    record = page.evaluate(f"{RECORD}.map(each => each.slice(0, 4))")
    return dict(zip(NAMES, map(list, zip(*record, strict=True)), strict=True))


def said(page: Page) -> str:
    return page.locator("play-train [role=status]").inner_text()


@pytest.mark.parametrize("lesson", HISTORIES)
def test_it_repeats_the_run_of_the_page(page: Page, ran: Callable[[Path], Any], lesson: str) -> None:
    run = ran(LESSONS / f"{lesson}.md")
    assert run.error is None, run.error
    history, epochs = HISTORIES[lesson][0](run.names), HISTORIES[lesson][1]
    ours = trained(page, f"epochs={epochs}", f"/{lesson}.html")
    assert len(ours["loss"]) == epochs
    for name in {*NAMES} & {*history} - ({"accuracy"} if lesson == "first-network" else set()):
        assert np.abs(np.subtract(ours[name], history[name])).max() < 1e-5, name
    assert said(page).endswith(f"Keras got the same: up to epoch {epochs} its loss differs by less than 0.00001.")
    if lesson == "first-network":
        names = run.names
        probabilities = names["network"].predict(names["later_features"][:1000], verbose=0)[:, 0]
        truth = names["later_labels"][:1000]
        assert ours["val_accuracy"][-1] == pytest.approx(np.mean((probabilities > 0.5) == truth))
        assert f"of class 1 {np.mean(probabilities[truth == 1] > 0.5):.1%}" in said(page)
        sure(np.array(ours["accuracy"]), history, names)


def sure(ours: np.ndarray, history: dict[str, list[float]], names: dict[str, Any]) -> None:
    """Every row that is farther from 0.5 than 1e-5 counts as it does in Keras; rounding decides about the others."""

    def decided(truth: Any, said: Any) -> Any:
        return keras.ops.abs(said - 0.5) > 1e-5

    def rightly(truth: Any, said: Any) -> Any:
        right = keras.ops.equal(said > 0.5, keras.ops.cast(keras.ops.reshape(truth, (-1, 1)), "bool"))
        return keras.ops.logical_and(right, decided(truth, said))

    keras.utils.set_random_seed(0)
    network = names["new_network"]()
    network.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", decided, rightly])
    record = network.fit(names["x_train"], names["y_train"], epochs=10, batch_size=32, verbose=0).history
    assert record["loss"] == pytest.approx(history["loss"], abs=1e-6)
    low = np.array(record["rightly"])
    high = low + 1 - np.array(record["decided"])
    assert np.mean(record["decided"]) > 0.999
    assert (low - 1e-6 < ours).all()
    assert (ours < high + 1e-6).all()


@pytest.mark.parametrize("name", SETTINGS)
def test_the_python_that_is_shown_gives_the_curve(
    browser: Browser, address: str, ran: Callable[[Path], Any], name: str
) -> None:
    lesson = name.partition(":")[0]
    with watched(browser, address) as context:
        page = context.new_page()
        ours = trained(page, SETTINGS[name], f"/{lesson}.html")
        names = dict(ran(LESSONS / f"{lesson}.md").names)
        exec(page.locator("play-train .play-code code").text_content() or "", names)
        assert set(names["record"]) == set(NAMES)
        for each in NAMES:
            assert np.abs(np.subtract(ours[each], names["record"][each])).max() < 1e-5, each
        assert "Keras got" not in said(page)


@pytest.mark.parametrize("reach", ["three clicks at once", "pause and go on"])
def test_no_epoch_is_lost_whatever_is_clicked_meanwhile(page: Page, reach: str) -> None:
    """The curve stays Keras's: what a network has learned is on it."""
    page.goto("/first-network.html")
    come(page, "train")
    for _ in range(6):
        page.locator("play-train").evaluate(
            "(all, name) => { for (let i = 0; i < 3; i++) all.form.elements[name].click() }",
            "step" if reach == "three clicks at once" else "run",
        )
        page.wait_for_timeout(60)
    expect(page.locator("play-train[aria-busy]")).to_have_count(0)
    page.locator("play-train").evaluate("all => all.go(all.epochs)")
    expect(page.locator("play-train .train-at")).to_have_text("epoch 10 of 10")
    expect(page.locator("play-train [role=status]")).to_contain_text("differs by less than 0.00001")


@pytest.mark.parametrize("lesson", ["learning-rate"])
def test_what_went_wrong_is_told_in_words(page: Page, ran: Callable[[Path], Any], lesson: str) -> None:
    path = f"/{lesson}.html"
    ours = trained(page, "optimizer=momentum&rate=10", path)["loss"]
    assert np.isnan(ours[-1])
    assert not np.isnan(ours[:-1]).any()
    assert f"In epoch {len(ours)} the loss stopped being a number (NaN)" in said(page)
    names = dict(ran(LESSONS / f"{lesson}.md").names)
    exec(page.locator("play-train .play-code code").text_content() or "", names)
    assert np.isnan(names["record"]["loss"]).tolist().index(True) == len(ours) - 1
    assert page.locator("play-train .train-more[open]").count() == 0
    for setting, words in {
        "rate=1": "It diverged: in epoch ",
        "rate=0.00001": "It falls slowly: this is worse than always saying 0.09.",
        "optimizer=SGD&rate=10": "and none is answered 1. It diverged",
        "epochs=400&rows=50": "learning the rows by heart",
    }.items():
        trained(page, setting, path)
        assert words in said(page)
    assert page.locator("play-train .train-more[open]").count() == 1  # where the address asks for what is in it
    trained(page, "optimizer=SGD&rate=10&epochs=5")
    assert "(NaN)" in said(page)
    trained(page, "optimizer=Adam&rate=10&epochs=10&units=4")
    assert "he steps are too long" in said(page) or "Every hidden unit is silent" in said(page)


def test_by_keyboard_step_by_step_and_again_from_the_same_weights(page: Page) -> None:
    page.goto(PATH)
    come(page, "train")
    assert page.evaluate(RECORD) == []
    assert page.evaluate("location.hash") == ""
    step, again = (page.locator(f"play-train [name={name}]") for name in ("step", "again"))
    for epoch in (1, 2):
        step.focus()
        page.keyboard.press("Enter")
        expect(page.locator("play-train .train-at")).to_have_text(f"epoch {epoch} of 10")
        expect(page.locator("play-train:not([aria-busy])")).to_be_visible()
        assert said(page).startswith(f"After epoch {epoch} ")
    two = page.evaluate(RECORD)
    again.focus()
    page.keyboard.press("Enter")
    expect(page.locator("play-train .train-at")).to_have_text("epoch 10 of 10")
    assert page.evaluate(RECORD)[:2] == two
    page.locator("play-train [name=units]").focus()
    page.keyboard.press("ArrowUp")  # from 16 to 8
    page.keyboard.press("Tab")
    expect(page.locator("play-train:not([aria-busy])")).to_be_visible()
    expect(page.locator("play-train .train-at")).to_have_text("epoch 10 of 10")
    expect(page).to_have_url(re.compile("&units=8&"))
    assert page.evaluate(RECORD)[:2] != two
    assert page.locator(".train-plot > svg .old").get_attribute("points")


def test_numbers_too_large_are_told_in_few_digits(page: Page) -> None:
    page.goto(PATH)
    come(page, "train")
    for record, told in {
        "[1e36, NaN, 1, 1, 0, 1, 1]": "the loss is 1.0e+36, on other rows no number;",
        "[2852334801.04, Infinity, 1, 1, 0, 1, 1]": "the loss is 2.9e+9, on other rows no number;",
        "[999, 12.3456, 1, 1, 0, 1, 1]": "the loss is 999.000, on other rows 12.346;",
    }.items():
        words = page.locator("play-train").evaluate(f"each => {{ each.record = [{record}]; return each.words() }}")
        assert told in words


def test_what_trains_is_lost_and_comes_again(either: Browser, address: str) -> None:
    with either.new_context(base_url=address) as context:
        page = context.new_page()
        page.route("**/train-net.js", lambda route: route.abort())
        page.goto(f"{PATH}#play=train&seed=1")
        page.locator("play-train [name=run]").click()
        expect(page.locator("play-train [role=status]")).to_contain_text("could not be loaded")
        expect(page.locator("play-train:not([aria-busy])")).to_be_visible()
        page.unroute_all()
        page.locator("play-train [name=run]").click()
        expect(page.locator("play-train [role=status]")).to_contain_text("After epoch 10 the loss is")


def test_the_address_has_the_setting(page: Page) -> None:
    trained(page, "optimizer=SGD&rate=0.3&batch=7&units=x&epochs=20")
    values = page.evaluate("Object.values(document.querySelector('play-train').setting)")
    assert values == ["SGD", "0.3", "32", "16", "20", "0", "1500", "0"]
    expect(page.locator("play-train select").first).to_be_in_viewport()


@pytest.mark.parametrize("lesson", ["first-network", "fit", "curves"])  # by a seed, by bytes, by counts
def test_it_works_opened_from_a_folder(either: Browser, site: Path, lesson: str) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / f"{lesson}.html").as_uri() + "#play=train&seed=0")
        expect(page.locator("play-train [role=status]")).to_contain_text("Keras got the same")
        assert wrong == []


@pytest.mark.parametrize("lesson", ["first-network", "learning-rate"])
def test_every_reader_can_use_it(browser: Browser, address: str, lesson: str) -> None:
    fits(browser, address, lesson, "train", "epochs=10")


def test_it_weighs_little_and_is_loaded_when_it_is_used(page: Page, site: Path) -> None:
    for lesson in HISTORIES:
        assert weight(site, f"{lesson}.html", "train", "train-net.js") < 10_000
    for lesson, most in {"curves": 40_000, "learning-rate": 40_000, "fit": 25_000}.items():
        rows = (site / lesson / "emails.js").read_bytes()  # asked for once somebody trains
        assert len(gzip.compress(rows)) < most
    assert "train-net.js" not in loaded_only_near(page, PATH, "train")
    with page.expect_event("worker"):
        page.locator("play-train [name=run]").click()
    expect(page.locator("play-train .train-at")).to_have_text("epoch 10 of 10")
    assert page.evaluate("typeof trainer") == "undefined"  # nothing of it in the page, which stays smooth


@pytest.mark.parametrize("lesson", ["first-network"])
def test_without_scripts_the_losses_stand_there(
    browser: Browser, address: str, ran: Callable[[Path], Any], lesson: str
) -> None:
    losses = ran(LESSONS / f"{lesson}.md").names["history"].history["loss"]
    for page in without_scripts(browser, address, lesson):
        assert f"{losses[0]:.3f}" in static(page, "train")
        assert f"{losses[-1]:.3f}" in static(page, "train")
