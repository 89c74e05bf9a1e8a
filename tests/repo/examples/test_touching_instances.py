"""docs/examples/touching_instances.py: contrast of a boundary by hand, and how pairs are counted."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[3] / "docs" / "examples" / "touching_instances.py"
spec = importlib.util.spec_from_file_location("touching_instances_example", PATH)
example = importlib.util.module_from_spec(spec)
spec.loader.exec_module(example)
IDS = np.array([[1] * 6 + [2] * 6] * 12)
LABELS = np.ones((12, 12), int)


def drawn(line):
    picture = np.full((12, 12, 3), 100, np.uint8)
    picture[:, 5:7] = line
    return picture


def test_the_contrast_is_the_difference_of_grey_levels():
    assert example.contrasts(drawn(30), LABELS, IDS) == {(1, 2): pytest.approx(70)}


def test_objects_of_other_classes_do_not_count():
    assert example.contrasts(drawn(30), IDS, IDS) == {}


def test_half_of_the_real_contrast_separates():
    real, faint, clear = (drawn(line)[None] for line in (0, 70, 40))
    assert example.separated(real, real, LABELS[None], IDS[None]) == {1: (1, 1)}
    assert example.separated(faint, real, LABELS[None], IDS[None]) == {1: (0, 1)}
    assert example.separated(clear, real, LABELS[None], IDS[None]) == {1: (1, 1)}


def test_scenes_have_pairs_that_touch_and_a_picture_of_the_labels_alone_does_not_separate_them():
    from gan_vision.data import make_scenes
    from gan_vision.data.scenes import COLORS, HOUSE

    found = make_scenes(20, size=64).gather(np.arange(20))
    flat = np.array([COLORS[kind] for kind in range(5)], np.uint8)[found["labels"]]
    real = example.separated(found["real"], found["real"], found["labels"], found["instances"])
    assert all(good == total for good, total in real.values())
    assert real[HOUSE][1] > 20
    merged = example.separated(flat, found["real"], found["labels"], found["instances"])
    assert [good for good, _ in merged.values()] == [0] * len(real)
