"""What the lesson on a machine that breaks down teaches, and that its helper leaves nothing running."""

import re
import subprocess
from pathlib import Path
from typing import Any

import keras
import numpy as np
import psutil
import pytest

Lesson = dict[str, Any]


@pytest.fixture
def empty(lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_workers_share_the_rows(lesson: Lesson) -> None:
    parts = [re.search(r"(\d+) rows, (\d+) malignant", printed) for printed in lesson["crashed"]]
    counted = [(int(part[1]), int(part[2])) for part in parts if part]
    y = lesson["y_train"]
    assert counted == [(50, y[:50].sum()), (50, y[50:100].sum())]
    assert counted[0] != counted[1]


def test_fit_refuses_and_the_loop_does_not(lesson: Lesson) -> None:
    for printed in lesson["crashed"]:
        assert "fit raises ValueError" in printed
    epochs, losses = lesson["record"](lesson["crashed"][0])
    assert epochs == [1, 2, 3, 4]
    assert losses == pytest.approx(lesson["one_machine"][:4], abs=1e-3)


def test_one_was_killed_and_the_other_stopped(lesson: Lesson) -> None:
    assert lesson["codes"] == [1, -9]
    assert "stopped in epoch 5" in lesson["crashed"][0]
    assert "stopped" not in lesson["crashed"][1]


def test_one_goes_on_from_the_checkpoint(lesson: Lesson) -> None:
    assert lesson["alone_losses"] == pytest.approx(lesson["one_machine"][3:], abs=1e-3)
    assert int(lesson["alone"].optimizer.iterations.numpy()) == 36
    assert lesson["distance"](lesson["alone"]) < 0.001


def test_two_go_on_from_the_checkpoint(lesson: Lesson, folder: Path) -> None:
    for printed in (lesson["resumed"], lesson["other"]):
        assert "go on from checkpoint.keras after 12 steps" in printed
    epochs, losses = lesson["record"](lesson["resumed"])
    assert epochs == list(range(4, 10))
    assert losses == pytest.approx(lesson["one_machine"][3:], abs=1e-3)
    last = keras.models.load_model(folder / "checkpoint.keras")
    assert int(last.optimizer.iterations.numpy()) == 36
    assert lesson["distance"](last) < 0.001


def test_the_penalty_is_part_of_the_loss_and_not_nothing(lesson: Lesson) -> None:
    model = lesson["model"]
    assert len(model.losses) == 1
    x, y = lesson["x_train"], lesson["y_train"]
    bare = np.mean(keras.losses.binary_crossentropy(y[:, np.newaxis], model(x)))
    assert model.evaluate(x, y, verbose=0) == pytest.approx(bare + float(model.losses[0]), abs=1e-4)
    assert float(model.losses[0]) > 0.01


def test_nothing_that_differs_from_run_to_run_is_printed(lesson: Lesson) -> None:
    for printed in (*lesson["crashed"], lesson["resumed"], lesson["other"]):
        assert not re.search(r"127\.0|localhost|:\d{4,5}|0x|/tmp", printed)


def test_the_program_is_as_tidy_as_the_page(lesson: Lesson, folder: Path) -> None:
    source = (folder / "worker.py").read_text()
    compile(source, "worker.py", "exec")
    assert max(map(len, source.splitlines())) <= 88


def test_addresses_are_free_and_differ(lesson: Lesson) -> None:
    addresses = lesson["free_addresses"](3)
    assert len(set(addresses)) == 3
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+", address) for address in addresses)


def test_failure_is_told_with_what_the_process_wrote(lesson: Lesson, empty: Path) -> None:
    Path("bad.py").write_text("raise OSError('no disk')")
    with pytest.raises(RuntimeError, match=r"bad\.py ended with \[1\]:(?s:.*)OSError: no disk"):
        lesson["run"]("bad.py")


def test_one_that_hangs_is_ended(lesson: Lesson, empty: Path) -> None:
    Path("hangs.py").write_text("import time\ntime.sleep(60)")
    with pytest.raises(subprocess.TimeoutExpired):
        lesson["run"]("hangs.py", seconds=0.5)
    assert not [each for each in psutil.Process().children() if "hangs.py" in each.cmdline()]


def test_environment_is_clean(lesson: Lesson, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", "from elsewhere")
    monkeypatch.setenv("http_proxy", "http://proxy.invalid")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    Path("tell.py").write_text("import os\nprint(os.environ.get('http_proxy'), os.environ['KERAS_BACKEND'])")
    assert lesson["run"]("tell.py") == (["None tensorflow\n"], [0])
