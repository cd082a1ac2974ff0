import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursebuild.run.terminal import clean

# What Keras 3 prints for `fit(…, epochs=2)` on two batches, byte for byte.
BAR = "\x1b[1m{step}/2\x1b[0m \x1b[32m{done}\x1b[0m\x1b[37m{left}\x1b[0m \x1b[1m{eta}\x1b[0m {time}/step - loss: {loss}"
FIT = (
    "Epoch 1/2\n\r"
    + BAR.format(step=1, done="━" * 10, left="━" * 10, eta="0s", time="387ms", loss="0.4310")
    + "\b" * 49
    + "\r"
    + BAR.format(step=2, done="━" * 20, left="", eta="0s", time="5ms", loss="0.4301")
    + "  \nEpoch 2/2\n\r"
    + BAR.format(step=1, done="━" * 10, left="━" * 10, eta="0s", time="15ms", loss="0.4297")
    + "\b" * 48
    + "\r"
    + BAR.format(step=2, done="━" * 20, left="", eta="0s", time="4ms", loss="0.4288")
    + " \n"
)
BAR_20 = "━" * 20


def test_a_progress_bar_is_shown_as_it_ends_and_without_its_times() -> None:
    assert clean(FIT) == f"Epoch 1/2\n2/2 {BAR_20} - loss: 0.4301\nEpoch 2/2\n2/2 {BAR_20} - loss: 0.4288\n"


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (f"8/8 {BAR_20} 12s 2s/step - loss: 1\n", f"8/8 {BAR_20} - loss: 1\n"),
        (f"8/8 {BAR_20} 0s 14us/step\n", f"8/8 {BAR_20}\n"),
        (f"8/8 {BAR_20} 1:02 900ms/step - loss: 1", f"8/8 {BAR_20} - loss: 1"),
        (f"8/8 {BAR_20} 1:02:03 9s/epoch", f"8/8 {BAR_20}"),
        ("     10/Unknown 1s 12ms/step - loss: 1", "     10/Unknown - loss: 1"),
        ("8/8 - 0s - 14ms/step - loss: 0.9\n", "8/8 - loss: 0.9\n"),
        ("It took 8s and 14ms/step.", "It took 8s and 14ms/step."),
        ("a\ud800b", "a\\ud800b"),
        ("abc\rx", "xbc"),
        ("abc\b\bx", "axc"),
        ("\b\bx", "x"),
        ("a\b\bx", "x"),
        ("abc\r\nd", "abc\nd"),
        ("a\tb  \n", "a\tb  \n"),
        ("\x1b[1;31mred\x1b[0m \x1b]0;title\x07done\x07", "red done"),
        ("\x00a\x7f", "a"),
        ("<function f at 0x7f3a5c0d9e40>", "<function f at 0x…>"),
        ("0xdeadbeef and 0xff", "0xdeadbeef and 0xff"),
    ],
)
def test_what_a_terminal_shows(printed: str, shown: str) -> None:
    assert clean(printed) == shown


PROPERTY = settings(max_examples=200, deadline=None, derandomize=True, database=None)
PIECES = st.sampled_from(["a", "bc", " ", "\n", "\r", "\b", "\x1b[1m", "\x1b", "\t", "━━━", " 0s 1ms/step", "\x07"])


@PROPERTY
@given(text=st.text() | st.lists(PIECES).map("".join))
def test_nothing_that_moves_or_colours_is_left(text: str) -> None:
    assert not set(clean(text)) & set("\r\b\x1b\x00\x07\x7f")


@PROPERTY
@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t", exclude_characters="━")))
def test_plain_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text
