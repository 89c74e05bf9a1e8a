"""docs/examples/modes_covered.py: how modes are counted; training is tried for three steps."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parents[3] / "docs" / "examples" / "modes_covered.py"
spec = importlib.util.spec_from_file_location("modes_covered_example", PATH)
modes_covered = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = modes_covered  # dataclasses look their module up
spec.loader.exec_module(modes_covered)


def test_points_belong_to_the_nearest_centre_within_three_deviations():
    centres = modes_covered.centres()
    assert centres.shape == (25, 2)
    points = np.array([centres[7] + [0.14, 0], centres[7] + [0.16, 0], centres[3], [50.0, 50.0]])
    assert modes_covered.modes_on_grid(points, points).tolist() == [7, -1, 3, -1]


def test_real_points_cover_the_grid_evenly():
    points = modes_covered.grid(5000)
    modes = modes_covered.modes_on_grid(points, points)
    assert (modes == -1).mean() < 0.02  # beyond three deviations of two coordinates: 1.1 %
    assert np.bincount(modes[modes >= 0], minlength=25).min() > 190


def test_a_triple_is_the_number_of_its_three_digits():
    digits, labels = modes_covered._digits()
    rows = np.array([[1, 5, 9], [20, 21, 22]])
    stacked = np.moveaxis(digits[rows][..., 0], 1, -1).astype("float32") / 127.5 - 1
    expected = [int("".join(str(labels[row]) for row in triple)) for triple in rows]
    assert modes_covered.digit_triples(stacked, stacked).tolist() == expected


@pytest.mark.slow
@pytest.mark.parametrize("penalties", modes_covered.PENALTIES)
def test_a_game_trains_and_is_counted(penalties, tmp_path):
    import dataclasses

    task = dataclasses.replace(modes_covered.TASKS["grid"], batch_size=32, steps=3)
    found = modes_covered.run(task, "relativistic", penalties, 0, tmp_path / "run", 3)
    assert (found["of"], found["steps"]) == (25, 3)
    assert modes_covered.run(task, "relativistic", penalties, 0, tmp_path / "run", 3)["modes"] == found["modes"]
