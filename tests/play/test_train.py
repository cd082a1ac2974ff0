"""Train it here, as a reader plays with it."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import come, weight
from tests.play.readers import SCHEMES, every_reader, loaded_only_near, without_scripts
from tests.site.conftest import PATIENCE, watched

PATH = "/first-network.html"
LESSONS = Path(__file__).parents[2] / "docs" / "en"
LESSON = LESSONS / "first-network.md"
OWN = "#play=train&epochs=10"
NAMES = ("loss", "val_loss", "accuracy", "val_accuracy")
RECORD = "document.querySelector('play-train').record"


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


def test_it_repeats_the_run_of_the_page(page: Page, ran: Callable[[Path], Any]) -> None:
    run = ran(LESSON)
    assert run.error is None, run.error
    history = run.names["history"].history
    ours = trained(page, "epochs=10")
    # A row that lies on the border may fall to either side.
    for name, near in {"loss": 1e-5, "accuracy": 1.01 / 1500}.items():
        assert len(ours[name]) == 10
        assert np.abs(np.subtract(ours[name], history[name])).max() < near
    assert said(page).endswith("Keras got the same: over 10 epochs its loss differs by less than 0.00001.")
    probabilities = run.names["network"].predict(run.names["later_features"][:1000], verbose=0)[:, 0]
    right = np.mean((probabilities > 0.5) == run.names["later_labels"][:1000])
    assert ours["val_accuracy"][-1] == pytest.approx(right)


def test_it_repeats_the_small_network_of_the_curves(page: Page, ran: Callable[[Path], Any]) -> None:
    """With the rows of a file, and the validation loss."""
    run = ran(LESSONS / "curves.md")
    assert run.error is None, run.error
    history = run.names["small_history"].history
    ours = trained(page, "epochs=15", "/curves.html")
    for name in NAMES:
        assert len(ours[name]) == 15
        assert np.abs(np.subtract(ours[name], history[name])).max() < 1e-5
    assert said(page).endswith("Keras got the same: over 15 epochs its loss differs by less than 0.00001.")


@pytest.mark.parametrize(
    "setting",
    [
        "optimizer=SGD&rate=0.1&batch=8&units=1&epochs=5&rows=200&seed=1",
        "optimizer=momentum&rate=0.03&batch=64&units=64&epochs=10&seed=2",
        "optimizer=RMSprop&rate=0.003&batch=16&units=8&epochs=5&rows=400&decay=0.3",
        "optimizer=Adam&rate=0.01&batch=256&units=32&epochs=10&rows=800&decay=0.1&seed=9",
    ],
)
def test_the_python_that_is_shown_gives_the_curve(
    browser: Browser, address: str, ran: Callable[[Path], Any], setting: str
) -> None:
    with watched(browser, address) as context:
        page = context.new_page()
        ours = trained(page, setting)
        names = dict(ran(LESSON).names)
        exec(page.locator("play-train .play-code code").text_content() or "", names)
        assert set(names["record"]) == set(NAMES)
        for name in NAMES:
            assert np.abs(np.subtract(ours[name], names["record"][name])).max() < 1e-5, name
        assert "Keras got" not in said(page)


def test_what_went_wrong_is_told_in_words(page: Page, ran: Callable[[Path], Any]) -> None:
    ours = trained(page, "optimizer=SGD&rate=10&epochs=5")
    losses = ours["loss"]
    assert np.isnan(losses[-1])
    assert not np.isnan(losses[:-1]).any()
    names = dict(ran(LESSON).names)
    exec(page.locator("play-train .play-code code").text_content() or "", names)
    assert np.isnan(names["record"]["loss"][-1])
    assert f"In epoch {len(losses)} the loss stopped being a number (NaN)" in said(page)
    trained(page, "optimizer=Adam&rate=0.00001&epochs=10")
    assert "It falls slowly" in said(page)
    trained(page, "optimizer=Adam&rate=0.001&epochs=200&rows=50")
    assert "learning the rows by heart" in said(page)
    trained(page, "optimizer=Adam&rate=10&epochs=10&units=4")
    assert "the steps are too long" in said(page) or "Every hidden unit is silent" in said(page)


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
    assert "units=8" in page.evaluate("location.hash")
    assert page.evaluate(RECORD)[:2] != two
    assert page.locator(".train-plot > svg .old").get_attribute("points")


def test_the_address_has_the_setting(page: Page) -> None:
    trained(page, "optimizer=SGD&rate=0.3&batch=7&units=x&epochs=20")
    values = page.evaluate("Object.values(document.querySelector('play-train').setting)")
    assert values == ["SGD", "0.3", "32", "16", "20", "0", "1500", "0"]
    expect(page.locator("play-train select").first).to_be_in_viewport()


@pytest.mark.parametrize("path", [PATH, "/curves.html"])
def test_it_works_opened_from_a_folder(either: Browser, site: Path, path: str) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / path[1:]).as_uri() + "#play=train&seed=0", timeout=PATIENCE)
        expect(page.locator("play-train [role=status]")).to_contain_text("Keras got the same", timeout=PATIENCE)
        assert wrong == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_reader_can_use_it(browser: Browser, address: str, scheme: str) -> None:
    every_reader(browser, address, PATH + OWN, "train", scheme)


def test_it_weighs_little_and_is_loaded_when_it_is_used(page: Page, site: Path) -> None:
    assert weight(site, PATH[1:], "train", "train-net.js") < 10_000
    assert weight(site, "curves.html", "train", "train-net.js") < 10_000  # and its rows, once somebody trains
    assert len(gzip.compress((site / "curves" / "emails.js").read_bytes())) < 40_000
    assert "train-net.js" not in loaded_only_near(page, PATH, "train")
    with page.expect_event("worker"):
        page.locator("play-train [name=run]").click()
    expect(page.locator("play-train .train-at")).to_have_text("epoch 10 of 10")
    assert page.evaluate("typeof trainer") == "undefined"  # nothing of it in the page, which stays smooth


def test_without_scripts_the_losses_stand_there(browser: Browser, address: str, ran: Callable[[Path], Any]) -> None:
    losses = ran(LESSON).names["history"].history["loss"]
    said = without_scripts(browser, address, PATH, "train")
    assert f"{losses[0]:.3f}" in said
    assert f"{losses[-1]:.3f}" in said
