import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.slope import slope


def test_a_ramp_of_1_per_place_has_slope_1_in_all_22_windows_of_28():
    np.testing.assert_allclose(slope(np.arange(28.0)), np.ones(22), atol=1e-12)


def test_the_formula_for_seven_points_divides_by_28():
    values = np.random.default_rng(0).normal(size=7)
    assert slope(values) == pytest.approx([((np.arange(7) - 3) * values).sum() / 28], abs=1e-12)


@pytest.mark.parametrize("window", [2, 4, 7])
def test_it_agrees_with_scikit_learn_in_every_window(window):
    from sklearn.linear_model import LinearRegression

    values = np.random.default_rng(1).normal(size=12)
    place = np.arange(window)[:, None]
    expected = [LinearRegression().fit(place, values[start:start + window]).coef_[0] for start in range(13 - window)]
    np.testing.assert_allclose(slope(values, window), expected, atol=1e-12)


def test_nan_touches_only_the_windows_that_hold_it():
    values = np.arange(10.0)
    values[0] = np.nan
    assert np.isnan(slope(values)).tolist() == [True, False, False, False]


def test_it_works_along_the_last_axis_of_a_batch():
    assert slope(np.zeros((5, 28))).shape == (5, 22)


@pytest.mark.parametrize(("values", "window", "error", "message"), [
    (np.zeros(5), 7, ConfigError, "window=7, length=5"),
    (np.zeros(5), 1, ConfigError, "between 2 and the length"),
    (3.0, 2, DataError, "a single number"),
])
def test_bad_input_is_refused(values, window, error, message):
    with pytest.raises(error, match=message):
        slope(values, window)
