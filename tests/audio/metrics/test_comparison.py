import numpy as np
import pytest

from gan_audio.metrics.comparison import differences
from gan_audio.metrics.evaluation import Evaluation


def evaluation(first, second):
    return Evaluation({"a": {"snr": list(first)}, "b": {"snr": list(second)}}, [str(each) for each in first],
                      [None] * len(first))


def test_the_mean_difference_is_that_of_the_files():
    found = differences(evaluation([3.0, 5.0, 7.0], [1.0, 4.0, 4.0]), "a", "b")[0]
    assert (found.metric, found.mean, found.count) == ("snr", 2.0, 3)


def test_the_interval_agrees_with_the_normal_one_for_many_files():
    draws = np.random.default_rng(0).normal(1.0, 2.0, 400)
    found = differences(evaluation(draws, np.zeros(400)), "a", "b")[0]
    half = 1.96 * draws.std() / 20
    assert found.low == pytest.approx(draws.mean() - half, abs=0.03)
    assert found.high == pytest.approx(draws.mean() + half, abs=0.03)


def test_equal_systems_differ_by_nothing():
    found = differences(evaluation([1.0, 2.0], [1.0, 2.0]), "a", "b")[0]
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0)


def test_files_without_a_value_are_left_out_on_both_sides():
    found = differences(evaluation([1.0, np.nan, np.inf, 4.0], [0.0, 1.0, 0.0, 1.0]), "a", "b")[0]
    assert (found.mean, found.count) == (2.0, 2)


def test_one_file_has_no_interval_and_none_has_no_mean():
    assert np.isnan(differences(evaluation([1.0], [0.0]), "a", "b")[0].low)
    assert np.isnan(differences(evaluation([np.nan], [0.0]), "a", "b")[0].mean)


def test_the_same_seed_gives_the_same_interval():
    given = evaluation([1.0, 2.0, 4.0], [0.0, 0.0, 0.0])
    assert differences(given, "a", "b") == differences(given, "a", "b")
