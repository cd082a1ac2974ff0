"""What the lesson on several machines teaches, and that its helper leaves nothing running."""

import os
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

Lesson = dict[str, Any]


@pytest.fixture
def empty(lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_class_1_is_malignant(lesson: Lesson) -> None:
    data = load_breast_cancer()
    assert data.target_names.tolist() == ["malignant", "benign"]
    assert lesson["labels"].sum() == (data.target == 0).sum()
    assert lesson["labels"].mean() == pytest.approx(lesson["y_train"].mean(), abs=0.01)


def test_gradient_is_the_one_worked_out_by_hand(lesson: Lesson, folder: Path) -> None:
    start = keras.models.load_model(folder / "start.keras")
    inner, inner_bias, outer, outer_bias = start.get_weights()
    x, y = lesson["x_train"][:100], lesson["y_train"][:100, np.newaxis]
    before = x @ inner + inner_bias
    hidden = np.maximum(before, 0)
    error = (1 / (1 + np.exp(-(hidden @ outer + outer_bias))) - y) / 100
    back = (error @ outer.T) * (before > 0)
    by_hand = [x.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]
    assert lesson["whole"] == pytest.approx(np.concatenate([part.ravel() for part in by_hand]), abs=1e-4)


def test_average_of_the_halves_is_the_gradient_and_their_sum_is_twice_that(lesson: Lesson) -> None:
    assert lesson["average"] == pytest.approx(lesson["whole"], abs=1e-5)
    assert lesson["wrong"] == pytest.approx(2 * lesson["whole"], abs=1e-5)
    assert abs(lesson["first_half"] - lesson["second_half"]).max() > 0.02


def test_loop_is_what_fit_does(lesson: Lesson, folder: Path) -> None:
    model = keras.models.load_model(folder / "start.keras")
    history = model.fit(lesson["x_train"], lesson["y_train"], batch_size=100, epochs=9, shuffle=False, verbose=0)
    assert history.history["loss"] == pytest.approx(lesson["one_machine"], abs=1e-4)


def test_two_devices_give_the_same_losses_and_weights(lesson: Lesson, folder: Path) -> None:
    epochs, losses = lesson["record"](lesson["mirrored"])
    assert epochs == list(range(1, 10))
    assert losses == pytest.approx(lesson["one_machine"], abs=1e-3)
    weights = keras.models.load_model(folder / "mirrored.keras").get_weights()
    for theirs, ours in zip(weights, lesson["model"].get_weights(), strict=True):
        assert theirs == pytest.approx(ours, abs=1e-3)


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


def test_new_start_goes_on_from_the_checkpoint(lesson: Lesson, folder: Path) -> None:
    assert all("go on from checkpoint.keras after 12 steps" in printed for printed in lesson["resumed"])
    epochs, losses = lesson["record"](lesson["resumed"][0])
    assert epochs == list(range(4, 10))
    assert losses == pytest.approx(lesson["one_machine"][3:], abs=1e-3)
    last = keras.models.load_model(folder / "checkpoint.keras")
    assert int(last.optimizer.iterations.numpy()) == 36
    for theirs, ours in zip(last.get_weights(), lesson["model"].get_weights(), strict=True):
        assert theirs == pytest.approx(ours, abs=1e-3)


def test_nothing_that_differs_from_run_to_run_is_printed(lesson: Lesson) -> None:
    for printed in (lesson["mirrored"], *lesson["crashed"], *lesson["resumed"]):
        assert not re.search(r"127\.0|localhost|:\d{4,5}|0x|/tmp", printed)


def test_more_workers_with_a_full_load_take_fewer_steps_and_end_higher(lesson: Lesson) -> None:
    table = lesson["table"]
    losses = table["loss after epoch 9"].tolist()
    assert table["steps"].tolist() == [72, 36, 18, 9, 9]
    assert losses[:4] == sorted(losses[:4])
    assert losses[1] == pytest.approx(lesson["one_machine"][-1], abs=1e-4)
    assert losses[4] < losses[3]


@pytest.mark.parametrize("name", ["mirrored.py", "worker.py"])
def test_programs_are_as_tidy_as_the_page(lesson: Lesson, folder: Path, name: str) -> None:
    source = (folder / name).read_text()
    compile(source, name, "exec")
    assert max(map(len, source.splitlines())) <= 88


def test_addresses_are_free_and_differ(lesson: Lesson) -> None:
    addresses = lesson["free_addresses"](3)
    assert len(set(addresses)) == 3
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+", address) for address in addresses)


def test_failure_is_told_with_what_the_process_wrote(lesson: Lesson, empty: Path) -> None:
    Path("bad.py").write_text("raise OSError('no disk')")
    with pytest.raises(RuntimeError, match=r"bad\.py ended with \[1\]:(?s:.*)OSError: no disk"):
        lesson["run"]("bad.py")


def test_one_failure_ends_the_others_at_once(lesson: Lesson, empty: Path) -> None:
    Path("mixed.py").write_text(
        "import json, os, time\n"
        "index = json.loads(os.environ['TF_CONFIG'])['task']['index']\n"
        "open(f'{index}.pid', 'w').write(str(os.getpid()))\n"
        "while not os.path.exists('0.pid'): time.sleep(0.01)\n"
        "if index == 1: raise SystemExit('worker 1 gave up')\n"
        "time.sleep(600)\n"
    )
    with pytest.raises(RuntimeError, match=r"ended with \[-9, 1\](?s:.*)worker 1 gave up"):  # not 0 after its sleep
        lesson["run"]("mixed.py", workers=2, seconds=3600)
    for index in (0, 1):
        with pytest.raises(ProcessLookupError):
            os.kill(int(Path(f"{index}.pid").read_text()), 0)


def test_one_that_hangs_is_ended(lesson: Lesson, empty: Path) -> None:
    Path("hangs.py").write_text("import time\ntime.sleep(60)")
    with pytest.raises(RuntimeError, match=r"ended with \[-9\]"):
        lesson["run"]("hangs.py", seconds=0.5)


def test_environment_is_clean(lesson: Lesson, empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", "from elsewhere")
    monkeypatch.setenv("http_proxy", "http://proxy.invalid")
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    Path("tell.py").write_text(
        "import os\nprint(os.environ['TF_CONFIG'], os.environ.get('http_proxy'), os.environ['KERAS_BACKEND'])"
    )
    assert lesson["run"]("tell.py") == (["{} None tensorflow\n"], [0])
