import math
import warnings

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import (
    MetricWarning,
    birthday_test,
    calibrate_threshold,
)
from gan_core.metrics.functional.birthday import effective_support


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


def discrete(weights, seed=0):
    weights = np.asarray(weights, float) / np.sum(weights)
    generator = np.random.default_rng(seed)
    return lambda count: generator.choice(len(weights), count, p=weights)


def gaussian(dimension, seed=0):
    generator = np.random.default_rng(seed)
    return lambda count: generator.normal(size=(count, dimension))


def test_four_hundred_samples_at_half_give_115127():
    assert effective_support(400, 0.5) == pytest.approx(115_127, abs=0.5)


def test_about_s_squared_holds_at_39_percent():
    assert effective_support(1000, 1 - math.exp(-0.5)) == pytest.approx(1000 * 999)


def test_rates_of_zero_and_one_leave_the_support_unbounded_above_and_below():
    assert effective_support(10, 0.0) == math.inf
    assert effective_support(10, 1.0) == 0.0


@pytest.mark.parametrize(
    ("weights", "effective", "tolerance", "size"),
    [
        (np.ones(1000), 1000, 400, 38),  # 990 ± 105 expected, four deviations
        (np.arange(1, 1001) ** -0.5, 510, 250, 27),  # 527 ± 65
        (1.0 / np.arange(1, 1001), 34, 25, 8),  # 43 ± 5: one atom dominates, right order only
    ],
)
def test_the_support_estimate_is_the_effective_size_of_the_sampler(weights, effective, tolerance, size):
    shares = weights / weights.sum()
    assert 1 / (shares**2).sum() == pytest.approx(effective, rel=0.03)
    result = birthday_test(discrete(weights), size, repeats=200, threshold=0.5, top=1)
    assert abs(result.support - effective) < tolerance
    assert result.support_interval[0] < result.support < result.support_interval[1]


def test_the_rate_has_its_exact_interval():
    result = birthday_test(discrete(np.ones(100)), 12, repeats=50, threshold=0.5)
    low, high = result.interval
    assert 0 <= low < result.rate < high <= 1
    assert result.collisions == (result.smallest < 0.5).sum()


@pytest.mark.parametrize("top", [1, 7, 100])
def test_the_closest_pairs_are_those_of_all_distances(top):
    samples = np.random.default_rng(1).normal(size=(30, 2, 2))
    result = birthday_test(lambda count: samples, 30, repeats=1, top=top)
    distances = np.sort(pdist(samples.reshape(30, -1)))[:top]
    assert [pair.distance for pair in result.pairs] == pytest.approx(distances)
    first = result.pairs[0]
    assert first.distance == pytest.approx(np.linalg.norm(samples[first.first] - samples[first.second]))
    np.testing.assert_array_equal(first.samples, samples[[first.first, first.second]])


def test_equal_pairs_come_in_the_order_of_the_samples():
    result = birthday_test(lambda count: np.zeros((count, 2)), 5, repeats=1, top=6)
    assert [(pair.first, pair.second) for pair in result.pairs] == [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3)]


def test_without_a_threshold_there_is_no_verdict():
    result = birthday_test(gaussian(2), 10, repeats=2)
    assert (result.rate, result.support, result.interval) == (None, None, None)
    assert len(result.pairs) == 20


def test_a_collapsed_generator_collides_always_and_is_bounded_from_above():
    with pytest.warns(MetricWarning, match="20 of 20 repeats.*lies below.*smaller sample size"):
        result = birthday_test(lambda count: np.ones((count, 4, 4)), 16, repeats=20, threshold=0.1)
    assert result.rate == 1.0
    assert result.support == 0.0
    assert 0 < result.support_interval[1] < 70


def test_a_sampler_without_repeats_is_bounded_from_below():
    with pytest.warns(MetricWarning, match="0 of 20 repeats.*lies above.*larger"):
        result = birthday_test(gaussian(8), 16, repeats=20, threshold=1e-6)
    assert result.support == math.inf
    assert result.support_interval[0] > 500


def test_a_calibrated_threshold_makes_new_real_samples_collide_in_about_a_twentieth():
    threshold = calibrate_threshold(gaussian(3, seed=1), 20, repeats=200)
    rate = birthday_test(gaussian(3, seed=2), 20, repeats=200, threshold=threshold).rate
    assert 0.0 < rate < 0.13


def test_features_and_metric_are_applied():
    flip = lambda x: x.reshape(len(x), -1)[:, :1] * 0  # noqa: E731
    assert birthday_test(gaussian(4), 10, repeats=1, features=flip).smallest[0] == 0.0
    samples = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert birthday_test(lambda count: samples, 2, repeats=1, metric="l1").smallest[0] == 2.0


def test_progress_is_told_after_each_repeat():
    told = []
    birthday_test(gaussian(2), 5, repeats=3, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_real_data_with_copies_cannot_calibrate():
    with pytest.raises(DataError, match="real data hold copies"):
        calibrate_threshold(discrete(np.ones(5)), 20, repeats=20)


@pytest.mark.parametrize(
    ("sampler", "size", "options", "error", "message"),
    [
        (gaussian(2), 1, {}, ConfigError, "`sample_size`.*at least 2"),
        (gaussian(2), 5, {"repeats": 0}, ConfigError, "`repeats`"),
        (gaussian(2), 5, {"top": 0}, ConfigError, "`top`"),
        (gaussian(2), 5, {"threshold": 0.0}, ConfigError, "`threshold` must be positive"),
        (gaussian(2), 5, {"threshold": np.nan}, ConfigError, "`threshold` must be positive"),
        (gaussian(2), 5, {"confidence": 2}, ConfigError, "`confidence`"),
        (lambda count: np.ones((3, 2)), 5, {}, DataError, "`sampler` must return 5 rows"),
        (lambda count: np.full((count, 2), np.nan), 5, {}, DataError, "finite"),
        (gaussian(2), 5, {"features": lambda x: x[:2]}, DataError, "`features` must return 5 rows"),
        (gaussian(2), 5, {"metric": "cosine"}, ConfigError, "`metric`"),
    ],
)
def test_bad_input_is_refused(sampler, size, options, error, message):
    with pytest.raises(error, match=message):
        birthday_test(sampler, size, **options)
