import warnings

import numpy as np
import pytest
import scipy.stats

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, labels_from_probabilities, mode_analysis


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


def test_counts_coverage_and_missing_modes():
    result = mode_analysis([0, 0, 1, 1, 1, 3, -1, -1], 5)
    assert result.counts.tolist() == [2, 3, 0, 1, 0]
    assert (result.covered, result.missing, result.unassigned, result.count) == (3, (2, 4), 0.25, 8)


def test_a_mode_needs_the_asked_number_of_samples():
    assert mode_analysis([0, 0, 1], 2, minimum_count=2).missing == (1,)


def test_the_divergence_is_that_of_scipy():
    labels, real = np.random.default_rng(0).integers(0, 4, 100), [10, 20, 30, 40]
    expected = scipy.stats.entropy(np.bincount(labels), real)
    assert mode_analysis(labels, 4, real_frequencies=real).divergence == pytest.approx(expected, rel=1e-12)


def test_uniform_samples_have_no_divergence_from_uniform_modes():
    assert mode_analysis(np.arange(50) % 5, 5).divergence == pytest.approx(0.0, abs=1e-15)


def test_a_collapsed_generator_diverges_by_the_logarithm_of_the_modes():
    result = mode_analysis(np.full(1000, 7), 10)
    assert result.divergence == pytest.approx(np.log(10))
    assert result.covered == 1


def test_fakes_in_a_mode_that_the_data_lack_diverge_infinitely():
    assert mode_analysis([0, 1], 2, real_frequencies=[1, 0]).divergence == np.inf


def test_a_mode_that_the_data_lack_is_not_missing():
    assert mode_analysis([0, 0], 2, real_frequencies=[1, 0]).missing == ()


def test_the_chance_to_miss_one_of_ten_modes_is_stated():
    assert mode_analysis(np.arange(100) % 10, 10).chance_to_miss == pytest.approx(10 * 0.9**100)


def test_too_few_samples_warn():
    with pytest.warns(MetricWarning, match="20 samples.*miss a mode"):
        mode_analysis(np.arange(20) % 10, 10)


def test_unsure_answers_belong_to_no_mode():
    probabilities = [[0.6, 0.4], [0.1, 0.9], [0.5, 0.5]]
    assert labels_from_probabilities(probabilities, confidence=0.6).tolist() == [0, 1, -1]
    assert labels_from_probabilities(probabilities).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("labels", "modes", "options", "error", "message"),
    [
        ([-1, -1], 3, {}, DataError, "none of the 2 samples"),
        ([], 3, {}, DataError, "at least one label"),
        ([3], 3, {}, DataError, "below 3"),
        ([-2], 3, {}, DataError, "at least -1"),
        ([0], 0, {}, ConfigError, "`modes`"),
        ([0], 2, {"minimum_count": 0}, ConfigError, "`minimum_count`"),
        ([0], 2, {"real_frequencies": [1]}, DataError, "2 numbers.*1 numbers"),
        ([0], 2, {"real_frequencies": [0, 0]}, DataError, "not all 0"),
        ([0], 2, {"real_frequencies": [2, -1]}, DataError, "minimum -1"),
    ],
)
def test_bad_input_is_refused(labels, modes, options, error, message):
    with pytest.raises(error, match=message):
        mode_analysis(labels, modes, **options)


def test_logits_are_not_taken_for_probabilities():
    with pytest.raises(DataError, match="softmax"):
        labels_from_probabilities([[3.0, -1.0]])
