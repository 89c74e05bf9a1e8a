import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.image_bootstrap import bootstrap_ks
from gan_core.forensics.kolmogorov_smirnov import ks_2samp


def flat_grey(count, seed, centre=0.5):
    """Images of one grey each: 64 pixels that are worth a single independent value."""
    greys = np.random.default_rng(seed).normal(centre, 0.1, count)
    return np.tile(greys[:, None, None], (1, 8, 8))


def test_the_statistic_is_the_exact_distance():
    x, y = flat_grey(60, 0), flat_grey(50, 1, 0.6)
    assert bootstrap_ks(x, y).statistic == ks_2samp(x, y).statistic


def test_the_interval_holds_a_clear_distance_and_lies_above_the_floor():
    result = bootstrap_ks(flat_grey(200, 0), flat_grey(200, 1, 0.7), seed=3)
    assert result.low <= result.statistic <= result.high
    assert result.low > result.floor_high


def test_the_width_follows_the_number_of_images_not_of_pixels():
    x, y = flat_grey(100, 0), flat_grey(100, 1, 0.6)
    narrow = bootstrap_ks(x[:, :1, :1], y[:, :1, :1])
    wide = bootstrap_ks(x, y)
    assert wide.high - wide.low == pytest.approx(narrow.high - narrow.low, abs=1e-12)
    assert wide.high - wide.low > 0.05


def test_sets_of_one_source_stay_near_the_floor_though_the_textbook_rule_rejects():
    x, y = flat_grey(100, 0), flat_grey(100, 5)
    result = bootstrap_ks(x, y)
    assert ks_2samp(x, y).rejected
    assert result.statistic < result.floor_high


def test_the_interval_matches_a_direct_bootstrap_with_every_value_on_the_grid():
    x, y = flat_grey(30, 0), flat_grey(40, 1, 0.6)
    rng = np.random.default_rng(9)
    direct = [ks_2samp(x[rng.integers(30, size=30)], y[rng.integers(40, size=40)]).statistic for _ in range(2000)]
    low, high = np.quantile(direct, [0.025, 0.975])
    result = bootstrap_ks(x, y, repeats=2000)
    assert (result.low, result.high) == (pytest.approx(low, abs=0.03), pytest.approx(high, abs=0.03))


def test_few_points_change_the_interval_little():
    rng = np.random.default_rng(0)
    x, y = rng.random((50, 10, 10)), rng.random((50, 10, 10)) ** 1.3
    coarse, fine = bootstrap_ks(x, y, points=128), bootstrap_ks(x, y, points=20_000)
    assert (coarse.low, coarse.high) == (pytest.approx(fine.low, abs=0.01), pytest.approx(fine.high, abs=0.01))


def test_it_is_a_function_of_its_seed():
    x, y = flat_grey(30, 0), flat_grey(30, 1)
    assert bootstrap_ks(x, y, seed=1) == bootstrap_ks(x, y, seed=1)
    assert bootstrap_ks(x, y, seed=1) != bootstrap_ks(x, y, seed=2)


@pytest.mark.parametrize(("x", "options", "error", "message"), [
    (np.zeros((1, 4, 4)), {}, DataError, "`reference` must hold at least two images"),
    (np.zeros(5), {}, DataError, r"Received: shape=\(5,\)"),
    (np.full((3, 4), np.nan), {}, DataError, "finite"),
    (np.zeros((3, 4)), {"repeats": 5}, ConfigError, "repeats=5"),
    (np.zeros((3, 4)), {"level": 95}, ConfigError, "level=95"),
])
def test_bad_input_is_refused(x, options, error, message):
    with pytest.raises(error, match=message):
        bootstrap_ks(x, np.zeros((3, 4)), **options)
