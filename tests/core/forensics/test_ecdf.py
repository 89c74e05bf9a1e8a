import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.forensics.ecdf import ecdf


def test_it_is_continuous_from_the_right():
    assert ecdf([0, 0, 0.5, 1], at=[-1e-9, 0, 0.5 - 1e-9, 0.5, 1]).tolist() == [0, 0.5, 0.5, 0.75, 1]


def test_by_default_it_is_evaluated_at_50_points_from_0_to_1():
    values = ecdf(np.linspace(0, 1, 1000))
    assert values.shape == (50,)
    np.testing.assert_allclose(values, np.linspace(0, 1, 50), atol=2e-3)


def test_it_agrees_with_statsmodels():
    distribution = pytest.importorskip("statsmodels.distributions.empirical_distribution")
    values, at = np.random.default_rng(0).random(200).round(2), np.linspace(-0.1, 1.1, 60).round(2)
    np.testing.assert_allclose(ecdf(values, at), distribution.ECDF(values, side="right")(at), atol=1e-12)


@pytest.mark.parametrize(("values", "message"), [([], "Received: none"), ([0.5, np.nan], "NaN among them")])
def test_bad_input_is_refused(values, message):
    with pytest.raises(DataError, match=message):
        ecdf(values)
