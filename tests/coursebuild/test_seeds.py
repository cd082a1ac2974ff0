"""What moves when a lesson runs with other seeds."""

import ast
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from coursebuild.run.seeds import STRIDE, moved, moved_code, names_of, unmoved
from tests.coursebuild.conftest import Project


def given(code: str) -> Any:
    """What `f`, and whatever else is called, was given by code whose seeds were moved."""
    told: list[Any] = []

    def f(*values: Any, **named: Any) -> SimpleNamespace:
        told.extend((*values, *named.values()))
        return everything

    names = (
        "fit default_rng seed RandomState set_random_seed set_seed manual_seed manual_seed_all PRNGKey from_seed key"
    )
    everything = SimpleNamespace(**dict.fromkeys(f"{names} PCG64 Philox SeedSequence SeedGenerator Random".split(), f))
    everything.random = everything.utils = everything
    space = dict.fromkeys(("np", "keras", "tf", "torch", "random", "jax"), everything)
    exec(moved_code(code, STRIDE, names_of((code,))), {**space, "f": f, "g": f, "numpy": np})
    return told[-1] if told else None


@pytest.mark.parametrize(
    ("code", "seed"),
    [
        ("keras.utils.set_random_seed(0)", STRIDE),
        ("np.random.default_rng(7)", STRIDE + 7),
        ("np.random.default_rng(seed=7)", STRIDE + 7),
        ("np.random.seed(0)", STRIDE),
        ("np.random.RandomState(0)", STRIDE),
        ("np.random.PCG64(0)", STRIDE),
        ("np.random.Philox(0)", STRIDE),
        ("np.random.SeedSequence(entropy=0)", STRIDE),
        ("random.Random(0)", STRIDE),
        ("tf.random.set_seed(0)", STRIDE),
        ("tf.random.from_seed(0)", STRIDE),
        ("torch.manual_seed(0)", STRIDE),
        ("torch.manual_seed_all(0)", STRIDE),
        ("jax.random.PRNGKey(0)", STRIDE),
        ("jax.random.key(0)", STRIDE),
        ("keras.SeedGenerator(0)", STRIDE),
        ("f(random_state=0)", STRIDE),
        ("f(op_seed=0)", STRIDE),
        ("g().fit(seed=0)", STRIDE),
        ("f(**{'a': 5, 'random_state': 2})", STRIDE + 2),
        # wherever it comes from
        ("s = 3\nf(seed=s)", STRIDE + 3),
        ("s = {'split': 3}\nf(seed=s['split'])", STRIDE + 3),
        ("def h(x, seed=3):\n    f(random_state=seed)\nh(1)", STRIDE + 3),
        ("def h(x, seed=3):\n    f(random_state=seed)\nh(1, seed=4)", STRIDE + 4),  # once, and not twice
        ("h = lambda seed: f(random_state=seed)\nh(seed=4)", STRIDE + 4),
        ("from functools import partial\ndef h(seed):\n    f(seed=seed)\np = partial(h, seed=4)\np()", STRIDE + 4),
        ("def h(seed):\n    f(seed=seed)\nall = {'a': h}\nall['a'](seed=4)", STRIDE + 4),
        ("class A:\n    def __init__(self, seed):\n        f(seed=seed)\nA(seed=4)", STRIDE + 4),
        ("rng = np.random.default_rng\nrng(4)", STRIDE + 4),
        ("[f(seed=s) for s in range(3)]", STRIDE + 2),
        ("f(seed=range(2))", [STRIDE, STRIDE + 1]),
        ("f(seed=[1, 2])", [STRIDE + 1, STRIDE + 2]),
        ("f(seed=(1, 2))", (STRIDE + 1, STRIDE + 2)),
        ("f(seed=numpy.int64(3))", STRIDE + 3),
        ("f'{f(seed=1)}'", STRIDE + 1),
        # what stays
        ("np.random.default_rng()", None),
        ("f(seed=None)", None),
        ("f(seed=True)", True),
        ("f(seed='text')", "text"),
        ("f(dict(seed=1))", {"seed": 1}),
        ("f(1, shuffle=3)", 3),
    ],
)
def test_what_moves(code: str, seed: object) -> None:
    assert given(code) == seed


def test_an_object_stays() -> None:
    generator = np.random.default_rng(0)
    space: dict[str, Any] = {"f": lambda random_state: random_state, "generator": generator}
    exec(moved_code("x = f(random_state=generator)", STRIDE, names_of(())), space)
    assert space["x"] is generator


@pytest.mark.parametrize(
    "code",
    [
        "x = f(\n    a,\n    # why\n    seed=[\n        1,\n        2],\n)  # so",
        'é = """\ndefault_rng(0)\n"""; default_rng(default_rng(0).integers(9)).fit(seed=3)',
        "f(seed=a \\\n + b)",
        "f(**settings)",
    ],
)
def test_lines_stay_and_a_traceback_can_be_told_without_the_wrapping(code: str) -> None:
    there = moved_code(code, STRIDE, names_of((code,)))
    assert there != code
    assert unmoved(there) == code
    ast.parse(there)


def test_a_lesson_moves_as_one_and_run_0_is_the_page(project: Project) -> None:
    page = (
        "```python\nfrom numpy.random import default_rng as rng\ndef draw(seed):\n    return rng(seed)\n```\n"
        "`{python} rng(1)`\n\n```python\ndraw(seed=2)\nrng(3)\n```\n"
    )
    lesson = project.read(page)
    assert moved(lesson, 0) is lesson
    one, two = moved(lesson, 1), moved(lesson, 2)
    assert moved(lesson, 1) == one != two
    first, second = one.cells
    assert first.origins == lesson.cells[0].origins
    assert str(STRIDE) in first.code
    assert str(STRIDE) in first.expressions[0].source
    assert second.code.startswith("draw(seed=2)\nrng((lambda")
    assert str(2 * STRIDE) in two.cells[1].code
