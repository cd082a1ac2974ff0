"""What all explorers share: the address, numbers that cannot be, links within the page, copying."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.play.conftest import code_of, come, printed
from tests.site.conftest import watched

ALL = {
    "threshold": "threshold",
    "confusion-matrix": "matrix",
    "curves": "train",
    "custom-losses": "losses",
    "price-is-right": "losses",
    "how-sure": "luck",
    "one-neuron": "neuron",
    "inside-digit": "digit",
    "spam-transformer": "message",
    "templates": "shapes",
}
SETTING = "each => JSON.stringify([...new FormData(each.form)])"
NAMES = "each => [...new Set([...each.form.elements].map(control => control.name).filter(Boolean))]"
IMPOSSIBLE = ("", "no", "1e400", "-70", "<b>", "9" * 400)
SAID = "[role=status]"


def write(field: Locator, text: str) -> None:
    """As a reader does; Firefox, filled by its driver, keeps what was in a field of a number."""
    field.focus()
    field.press("ControlOrMeta+a")
    field.press("Delete")
    field.press_sequentially(text)


def test_what_an_address_cannot_mean_changes_nothing(browser: Browser, address: str) -> None:
    """Names that forms have themselves, unknown ones, values out of range: all is as it was, and nothing breaks."""
    with watched(browser, address) as context:
        page = context.new_page()
        for name, explorer in ALL.items():
            page.goto(f"/{name}.html#play={explorer}&length=3&item=1&__proto__=x&constructor=&unknown=1&=&%&%ff=2")
            play = page.locator(f"play-{explorer}")
            expect(play.locator(SAID)).to_have_text(re.compile(r"\w"))
            before, names = play.evaluate(SETTING), play.evaluate(NAMES)
            for value in IMPOSSIBLE:
                rare = [each for each in names if (each, value) != ("share", "")]  # where the empty one is a choice
                page.evaluate(
                    "to => { location.hash = to }", f"play={explorer}&" + "&".join(f"{each}={value}" for each in rare)
                )
                page.wait_for_timeout(0)  # until the page has heard of it
                if explorer == "shapes" and value.startswith("9"):
                    continue  # the last layer
                assert play.evaluate(SETTING) == before, (name, value)


def test_a_number_that_cannot_be_goes_back_and_says_what_can(either_page: Page) -> None:
    page = either_page
    page.goto("/threshold.html#play=threshold&t=0.3")
    play, miss = page.locator("play-threshold"), page.locator("play-threshold [name=miss]")
    for wrong, before in (("", miss.input_value()), ("1001", "100"), ("-1", "100")):  # what counted last
        write(miss, wrong)
        page.keyboard.press("Tab")
        expect(miss).to_have_value(before)
        expect(play.locator(SAID)).to_have_text("Here goes a number, at least 0, at most 1000.")
        play.locator("[name=t]").focus()
        page.keyboard.press("ArrowRight")
        expect(play.locator(SAID)).to_contain_text("That costs")
    expect(play.locator("output")).to_have_text("0.33")

    page.goto("/templates.html#play=shapes&layer=3")
    play, layer = page.locator("play-shapes"), page.locator("play-shapes [name=layer]")
    for wrong, button, at in (("", "Previous", 2), ("2.5", "Next", 3), ("-5", "Previous", 2)):
        write(layer, wrong)
        play.get_by_role("button", name=button).click()
        expect(play.locator(SAID)).to_have_text(re.compile(f"^Layer {at} of "))


def test_a_number_is_written_as_python_has_it(either_page: Page) -> None:
    page = either_page
    page.goto("/confusion-matrix.html#play=matrix&fn=007")
    play = page.locator("play-matrix")
    for typed in ("050", "5e1", "50.0"):
        write(play.locator("[name=tp]"), typed)
        expect(play.locator("code")).to_contain_text("tp, fn, fp, tn = 50, 7, 5, 35")
        assert "Recall 0.877" in printed(code_of(page, "play-matrix"), {})


def test_a_link_to_an_explorer_brings_it_and_one_to_elsewhere_does_nothing_to_it(either_page: Page) -> None:
    page = either_page
    page.goto("/templates.html")
    page.evaluate("location.hash = 'play=shapes&layer=3'")
    said = page.locator(f"play-shapes {SAID}")
    expect(said).to_have_text(re.compile("^Layer 3 of "))
    expect(page.locator("play-shapes")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("location.hash = 'play=shapes&layer=2'")
    expect(said).to_have_text(re.compile("^Layer 2 of "))
    expect(page.locator("play-shapes")).to_be_in_viewport()

    page.goto("/curves.html")
    come(page, "train")
    page.evaluate("location.hash = 'data'")
    page.wait_for_timeout(200)
    expect(page.locator(f"play-train {SAID}")).to_contain_text("Train, then turn a knob")  # and does not train


@pytest.mark.parametrize("kind", ["gone", "forbidden"])
def test_the_python_is_copied_without_the_clipboards_own_ways(either_page: Page, kind: str) -> None:
    page = either_page
    value = "undefined" if kind == "gone" else "{writeText: () => Promise.reject()}"
    page.add_init_script(f"Object.defineProperty(navigator, 'clipboard', {{value: {value}}})")
    page.goto("/index.html")
    page.evaluate("addEventListener('copy', () => { window.copied = String(getSelection()) })")
    button = page.locator("play-threshold .play-code button")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("copied").strip() == code_of(page, "play-threshold").strip()


@pytest.mark.parametrize(
    ("lesson", "name", "control"),
    [("precision-recall", "threshold", "share"), ("threshold", "threshold", "share"), ("one-neuron", "neuron", "rows")],
)
def test_a_choice_that_makes_the_python_longer_moves_nothing_below(
    page: Page, lesson: str, name: str, control: str
) -> None:
    """To lay out and paint all that is below again took nearly half of such a step."""
    for width in (390, 1300):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/{lesson}.html")
        come(page, name)
        select = page.locator(f"play-{name} select[name={control}]")
        heights, codes = set(), set()
        for number in range(select.locator("option").count()):
            select.select_option(index=number)
            codes.add(page.locator(f"play-{name} code").inner_text())
            heights.add(page.locator(f"play-{name}").evaluate("each => each.getBoundingClientRect().height"))
        assert len(codes) > 1
        assert len(heights) == 1, heights
