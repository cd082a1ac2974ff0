"""Write a message, as a reader plays with it."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from playwright.sync_api import Browser, Page, expect

from tests.play.conftest import come, fits, loaded_only_near, static, weight, without_scripts
from tests.site.conftest import watched

PATH = "/spam-transformer.html"
SNIPPET = Path(__file__).parents[2] / "snippets" / "spam_transformer.py"
SECTIONS = [
    "cut",
    "read_messages",
    "three_parts",
    "tidy",
    "parts",
    "baselines",
    "data",
    "transformer_block",
    "build_model",
]
EXAMPLES = ["Are you home for dinner?", "WIN a £500 prize! Text 80123 now"]
SUMS = "all => all.map(text => document.querySelector('play-message').sums(text))"


@pytest.fixture(scope="module")
def names(site: Path) -> dict[str, Any]:
    """What the page defines, with the weights that it left: how it was trained is no matter here."""
    text = SNIPPET.read_text("utf-8")
    names: dict[str, Any] = {}
    exec(re.sub(r"import matplotlib.*\n", "", part(text, "imports")), names)
    for section in SECTIONS:
        exec(part(text, section), names)
    kept = json.loads((site / "spam-transformer" / "message.js").read_text().removeprefix("message = "))
    model = names["build_model"](names["words"], names["length"])
    flat, weights = np.frombuffer(base64.b64decode(kept["weights"]), "float32"), []
    for each in model.get_weights():
        weights.append(flat[: each.size].reshape(each.shape))
        flat = flat[each.size :]
    assert flat.size == 0
    model.set_weights(weights)
    words = keras.Input((1,), dtype="string")
    score = model(names["vectorize"](words))
    whole = keras.Model(words, [score, score >= kept["thresholds"][0]])
    counter, bayes = next(m for m in names["methods"]["naive Bayes"] if m[1].alpha == kept["alpha"])
    bayes.fit(counter.fit_transform(names["texts"][0]), names["train"].spam)
    return names | {"model": model, "whole": whole, "counter": counter, "bayes": bayes}


def part(text: str, section: str) -> str:
    return text.split(f"[start:{section}]")[1].split("# --8<-- [end:")[0]


@pytest.fixture
def page(either: Browser, address: str) -> Iterator[Page]:
    with watched(either, address) as context:
        page = context.new_page()
        page.goto(PATH)
        come(page, "message")
        yield page


def load(page: Page) -> None:
    page.get_by_role("button", name="Load the model").click()
    expect(page.locator("play-message [role=status]")).to_contain_text("Transformer: score ")


def said(page: Page) -> str:
    return page.locator("play-message [role=status]").inner_text()


def write(page: Page, text: str) -> None:
    page.locator("play-message textarea").fill(text)


def rows(page: Page) -> list[list[str]]:
    expect(page.locator("play-message .message-words")).to_have_attribute("aria-busy", "false")
    return [each.split("\t") for each in page.locator("play-message tbody tr").all_inner_texts()]


def test_it_scores_as_keras_does(page: Page, names: dict[str, Any]) -> None:
    """Every message of the test set, and of the validation set; naive Bayes as well."""
    load(page)
    for part, place in ((names["test"], 2), (names["validation"], 1)):
        texts = [*part.text, "", "\u00a0", "é £5\u00a0now", "A B\tC\nd " * 30]
        sums = np.array(page.evaluate(SUMS, texts))
        keras = names["model"].predict(np.array(names["vectorize"](texts)), batch_size=256, verbose=0)[:, 0]
        assert np.abs(1 / (1 + np.exp(-sums[:, 0])) - keras).max() < 1e-4
        tidied = [text.decode() for text in names["tidy"](texts).numpy()]
        assert tidied[: len(part)] == names["texts"][place]
        bayes = names["bayes"].predict_log_proba(names["counter"].transform(tidied)) @ [-1, 1]
        assert np.abs(sums[:, 1] - bayes).max() < 1e-4
    assert len(names["test"]) > 1000


def test_attention_and_influence_word_by_word(page: Page, names: dict[str, Any]) -> None:
    load(page)
    text = "Win a FREE prize, Zyzzyva! Text 80123 to claim"
    write(page, text)
    model, numbers = names["model"], np.array(names["vectorize"]([text]))
    words = names["tidy"]([text]).numpy()[0].decode().split()
    count = len(words)
    without = np.tile(numbers, (count + 1, 1))
    without[np.arange(count), np.arange(count)] = 0
    scores = model.predict(without, verbose=0)[:, 0].astype(float)
    sums = np.log(scores / (1 - scores))
    (attention,) = (each for each in model.layers if isinstance(each, layers.MultiHeadAttention))
    word_table, place_table = (each for each in model.layers if isinstance(each, layers.Embedding))
    x = word_table(numbers) + place_table(np.arange(names["length"]))
    mask = (numbers != 0)[:, None, :]
    _, weights = attention(x, x, attention_mask=mask, return_attention_scores=True)
    received = np.array(weights)[0].mean(axis=0)[:count].mean(axis=0)
    shown = rows(page)
    assert [each[0].removesuffix(" (unknown)") for each in shown] == words
    assert [each[0] for each in shown if each[0].endswith("(unknown)")] == ["zyzzyva (unknown)"]
    for row, looked, other in zip(shown, received[:count], sums[:count], strict=True):
        assert float(row[1].rstrip("%")) == pytest.approx(100 * looked, abs=0.06)
        assert float(row[2].replace("−", "-")) == pytest.approx(sums[-1] - other, abs=0.02)
    strongest = words[int(np.argmax(sums[-1] - sums[:-1]))]
    expect(page.locator("play-message caption")).to_have_text(f"To the Transformer “{strongest}” speaks most for spam.")


def test_what_is_shown_is_what_the_python_gives(page: Page, names: dict[str, Any]) -> None:
    load(page)
    for text in ("Are you home for dinner?", "WIN a £500 prize! Text 80123 now", 'say "hi"\nto \\ all 😀', ""):
        write(page, text)
        code = page.locator("play-message .play-code code").inner_text()
        score, answer = (np.array(each)[0, 0] for each in eval(code, names))
        assert f"Transformer: score {score:.3f}, answered {'1, spam' if answer else '0, not spam'}." in said(page)


def test_long_messages_say_what_is_read(page: Page) -> None:
    load(page)
    write(page, "hello " * 50)
    assert "It reads the first 40 words, naive Bayes all 50." in said(page)
    assert len(rows(page)) == 40


def test_nothing_that_is_typed_leaves_the_page(page: Page) -> None:
    load(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = page.url
    page.locator("play-message textarea").focus()
    page.keyboard.type("A secret, typed by hand.")
    page.keyboard.press("Tab")
    assert "secret" in page.locator("play-message .play-code code").inner_text()
    assert [each for each in asked if not each.endswith("mark.svg")] == []  # the icon may come late
    assert page.url == address or "secret" not in page.url
    assert not page.evaluate("[localStorage, sessionStorage].some(each => JSON.stringify(each).includes('secret'))")
    assert "nothing is sent" in page.locator("play-message .play-head").inner_text()


def test_the_address_has_the_example(page: Page) -> None:
    page.goto("about:blank")
    page.goto(f"{PATH}#play=message&example=2")
    expect(page.locator("play-message textarea")).to_have_value("WIN a £500 prize! Text 80123 now")
    page.locator("play-message select").select_option("0")
    expect(page.locator("play-message textarea")).to_have_value("")
    expect(page).to_have_url(re.compile("#play=message&example=0$"))


def test_it_works_opened_from_a_folder(either: Browser, site: Path) -> None:
    with either.new_context() as context:
        page = context.new_page()
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / PATH[1:]).as_uri() + "#play=message&example=2")
        page.get_by_role("button", name="Load the model").click()
        expect(page.locator("play-message [role=status]")).to_contain_text("answered 1, spam")
        assert wrong == []


def test_every_reader_can_use_it(browser: Browser, address: str) -> None:
    fits(browser, address, "spam-transformer", "message", "example=2")


def test_it_weighs_little_and_is_loaded_when_it_is_asked_for(browser: Browser, address: str, site: Path) -> None:
    assert weight(site, PATH[1:], "message") < 10_000
    model = (site / "spam-transformer" / "message.js").read_bytes()
    assert len(gzip.compress(model)) < 120_000
    assert json.loads(model.decode().removeprefix("message = "))["known"] == 1998
    with watched(browser, address) as context:
        page = context.new_page()
        assert "message.js" in loaded_only_near(page, PATH, "message")
        assert page.evaluate("typeof message") == "undefined"
        load(page)


def test_without_scripts_the_scores_stand_there(browser: Browser, address: str, names: dict[str, Any]) -> None:
    told = np.array(names["model"](names["vectorize"](EXAMPLES)))
    for page in without_scripts(browser, address, "spam-transformer"):
        assert all(f"{each:.3f}" in static(page, "message") for each in told[:, 0])
