import warnings

import numpy as np
import pytest
from sklearn.metrics.pairwise import polynomial_kernel

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, kernel_distance
from gan_core.metrics.functional.kid import squared_discrepancy


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


@pytest.fixture
def sets():
    generator = np.random.default_rng(0)
    return generator.normal(size=(40, 6)), generator.normal(0.5, 1.2, size=(36, 6))


def by_sklearn(x, y):
    kernel = lambda a, b: polynomial_kernel(a, b, degree=3, coef0=1)  # noqa: E731
    m, n = len(x), len(y)
    own = [(kernel(a, a).sum() - np.trace(kernel(a, a))) / (len(a) * (len(a) - 1)) for a in (x, y)]
    return own[0] + own[1] - 2 * kernel(x, y).sum() / (m * n)


def test_the_hand_check_gives_nine_and_a_half():
    assert kernel_distance([[0], [1]], [[1], [2]], estimator="full").value == pytest.approx(9.5, abs=1e-12)


def test_full_equals_the_kernel_of_scikit_learn(sets):
    assert kernel_distance(*sets, estimator="full").value == pytest.approx(by_sklearn(*sets), rel=1e-12)


@pytest.mark.parametrize("tile_rows", [1, 7, 36, 1000])
def test_tiles_of_any_size_give_one_value(sets, tile_rows):
    assert squared_discrepancy(*sets, tile_rows=tile_rows) == pytest.approx(by_sklearn(*sets), rel=1e-10)


def test_one_subset_of_everything_is_the_full_estimate(sets):
    x, y = sets[0][:36], sets[1]
    result = kernel_distance(x, y, subsets=1, subset_size=36)
    assert result.value == pytest.approx(by_sklearn(x, y), rel=1e-12)


def test_subsets_report_the_deviation_over_overlapping_subsets(sets):
    result = kernel_distance(*sets, subsets=50, subset_size=20)
    assert (result.parts, result.part_size, result.estimator) == (50, 20, "subsets")
    assert "overlapping" in result.spread_kind
    assert result.spread > 0


def test_subsets_repeat_with_the_seed_and_change_with_another(sets):
    options = {"subsets": 5, "subset_size": 10}
    first, again, other = (kernel_distance(*sets, seed=seed, **options).value for seed in (1, 1, 2))
    assert first == again != other


def test_blocks_give_mean_and_bessel_corrected_standard_error(sets):
    result = kernel_distance(*sets, estimator="blocks", block_size=20)
    parts = [by_sklearn(x, y) for x, y in zip(np.split(sets[0], 2), np.split(sets[1], 2), strict=True)]
    assert result.value == pytest.approx(np.mean(parts), rel=1e-12)
    assert result.spread == pytest.approx(np.std(parts, ddof=1) / 2**0.5, rel=1e-9)


def test_one_block_has_no_spread(sets):
    assert kernel_distance(*sets, estimator="blocks", block_size=100).spread is None


def test_batches_are_weighted_by_their_size(sets):
    x, y = sets[0][:30], sets[1][:30]
    a, b = by_sklearn(x[:20], y[:20]), by_sklearn(x[20:], y[20:])
    result = kernel_distance(x, y, estimator="per_batch", batch_size=20)
    assert result.value == pytest.approx((2 * a + b) / 3, rel=1e-12)


def test_a_last_batch_of_one_is_left_out_with_a_warning(sets):
    x, y = sets[0][:21], sets[1][:21]
    with pytest.warns(MetricWarning, match="left out the last sample"):
        result = kernel_distance(x, y, estimator="per_batch", batch_size=20)
    assert result.value == pytest.approx(by_sklearn(x[:20], y[:20]), rel=1e-12)


@pytest.mark.parametrize("estimator", ["subsets", "blocks", "full", "per_batch"])
def test_every_estimator_is_unbiased_for_equal_distributions(estimator):
    values = []
    for seed in range(60):
        x, y = np.random.default_rng(seed).normal(size=(2, 30, 3))
        options = {"subsets": 5, "subset_size": 15, "block_size": 10, "batch_size": 10, "seed": seed}
        values.append(kernel_distance(x, y, estimator=estimator, **options).value)
    assert abs(np.mean(values)) < 3.5 * np.std(values) / 60**0.5
    assert min(values) < 0 < max(values)


def test_identical_sets_are_slightly_negative_with_all_pairs(sets):
    assert -5 < kernel_distance(sets[0], sets[0], estimator="full").value < 0


def test_a_negative_value_is_explained(sets):
    with pytest.warns(MetricWarning, match="KID is negative.*normal"):
        kernel_distance(sets[0], sets[0], estimator="full")


def test_a_collapsed_generator_is_far_from_the_data(sets):
    assert kernel_distance(sets[0], np.full((36, 6), 3.0), estimator="full").value > 100


def test_duplicated_points_are_computed_as_they_are(sets):
    x = np.repeat(sets[0], 2, axis=0)
    assert kernel_distance(x, sets[1], estimator="full").value == pytest.approx(by_sklearn(x, sets[1]), rel=1e-12)


def test_too_few_samples_for_a_subset_warn(sets):
    with pytest.warns(MetricWarning, match="36 samples instead of 1000"):
        kernel_distance(*sets, subsets=2)


@pytest.mark.parametrize(
    ("real", "fake", "options", "error", "message"),
    [
        (np.ones((1, 2)), np.ones((5, 2)), {}, DataError, "`real` must hold at least 2"),
        (np.ones((5, 2)), np.ones((5, 3)), {}, DataError, "equally many features"),
        (np.ones((5, 2)), np.full((5, 2), np.nan), {}, DataError, "`fake` must be finite"),
        (np.ones((5, 2)) * 1e200, np.ones((5, 2)), {"estimator": "full"}, DataError, "overflowed"),
        (np.ones((5, 2)), np.ones((4, 2)), {"estimator": "per_batch"}, DataError, "equally many samples.*5 and 4"),
        (np.ones((5, 2)), np.ones((5, 2)), {"estimator": "block"}, ConfigError, "Did you mean 'blocks'"),
        (np.ones((5, 2)), np.ones((5, 2)), {"subsets": 0}, ConfigError, "`subsets` must be an integer of at least 1"),
        (np.ones((5, 2)), np.ones((5, 2)), {"subset_size": 1}, ConfigError, "`subset_size`.*at least 2"),
        (np.ones((5, 2)), np.ones((5, 2)), {"batch_size": 1}, ConfigError, "`batch_size`.*at least 2"),
        (np.ones((5, 2)), np.ones((5, 2)), {"block_size": 2.5}, ConfigError, "`block_size`.*integer"),
        (np.ones((5, 2)), np.ones((5, 2)), {"seed": -1}, ConfigError, "`seed`"),
    ],
)
def test_bad_input_is_refused(real, fake, options, error, message):
    with pytest.raises(error, match=message):
        kernel_distance(real, fake, **options)
