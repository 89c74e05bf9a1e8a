import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics import kolmogorov_smirnov as module
from gan_core.forensics.kolmogorov_smirnov import critical_constant, critical_value, ks_2samp


def test_hand_value():
    assert ks_2samp([1, 2, 3], [2, 3, 4]).statistic == pytest.approx(1 / 3, abs=1e-12)


@pytest.mark.parametrize(("alpha", "constant"), [(0.05, 1.358102), (0.01, 1.627624)])
def test_the_constants_of_the_critical_value(alpha, constant):
    assert critical_constant(alpha) == pytest.approx(constant, abs=5e-7)


def test_at_ten_thousand_digits_the_critical_value_of_pixels_is_tiny():
    assert critical_value(10_000 * 784, 10_000 * 784) == pytest.approx(0.000686, abs=5e-7)


def test_rejection_is_the_comparison_with_the_critical_value():
    near, far = ks_2samp([1, 2, 3], [2, 3, 4]), ks_2samp(np.zeros(50), np.ones(50))
    assert (near.rejected, far.rejected) == (False, True)
    assert near.critical == pytest.approx(1.358102 * np.sqrt(6 / 9), abs=1e-6)


@pytest.mark.parametrize("decimals", [1, 15])  # with ties and without
def test_it_agrees_with_scipy(decimals):
    from scipy.stats import ks_2samp as oracle

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=300).round(decimals), rng.normal(0.3, 1.2, size=170).round(decimals)
    ours, theirs = ks_2samp(x, y), oracle(x, y)
    assert ours.statistic == pytest.approx(theirs.statistic, abs=1e-12)
    assert np.abs((x <= ours.location).mean() - (y <= ours.location).mean()) == pytest.approx(ours.statistic, abs=1e-12)


def test_blocks_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=300).round(1), rng.normal(0.3, 1.2, size=170).round(1)
    whole = ks_2samp(x, y)
    monkeypatch.setattr(module, "_BLOCK", 7)
    assert ks_2samp(x, y) == whole


def test_equal_samples_have_distance_0():
    assert ks_2samp([1, 1, 2], [1, 1, 2]).statistic == 0


@pytest.mark.parametrize(("x", "y", "alpha", "error", "message"), [
    ([], [1], 0.05, DataError, "`x` must hold at least one value"),
    ([1], [np.nan, 1], 0.05, DataError, "`y` must be finite"),
    ([1], [-np.inf, 1], 0.05, DataError, "`y` must be finite"),
    ([1], [1], 0.0, ConfigError, "`alpha` must lie between 0 and 1"),
])
def test_bad_input_is_refused(x, y, alpha, error, message):
    with pytest.raises(error, match=message):
        ks_2samp(x, y, alpha=alpha)


def test_a_critical_value_needs_values():
    with pytest.raises(DataError, match="n=0, m=3"):
        critical_value(0, 3)
