import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.forensics.summaries import image_summaries, moments


def test_moments_agree_with_scipy():
    from scipy import stats

    values = np.random.default_rng(0).gamma(2, size=500) / 10
    found = moments(values)
    assert found["mean"] == pytest.approx(values.mean(), abs=1e-12)
    assert found["standard_deviation"] == pytest.approx(values.std(), abs=1e-12)
    assert found["skewness"] == pytest.approx(stats.skew(values), abs=1e-9)
    assert found["excess_kurtosis"] == pytest.approx(stats.kurtosis(values), abs=1e-9)


def test_shares_at_and_beyond_the_ends():
    found = moments([-0.1, 0, 0, 0.5, 1, 1.1, 1.2, 0.3])
    assert [found[key] for key in ("exact_zero", "exact_one", "below_zero", "above_one")] == [0.25, 0.125, 0.125, 0.25]


def test_a_constant_has_no_shape():
    assert (moments([0.5, 0.5])["skewness"], moments([0.5, 0.5])["excess_kurtosis"]) == (0, 0)


def test_bytes_are_recognised_also_after_a_detour_through_float32():
    stored = np.arange(256) / 255
    assert moments(stored)["eight_bit"]
    assert moments(stored.astype(np.float32))["eight_bit"]
    assert not moments(stored + 1e-4)["eight_bit"]
    assert moments(stored)["distinct"] == 256


def test_summaries_of_a_picture_by_hand():
    picture = np.array([[[0.0, 0.0], [1.0, 0.5]]])
    found = image_summaries(picture)
    assert {name: values[0] for name, values in found.items()} == pytest.approx({
        "brightness": 0.375, "contrast": np.std([0, 0, 1, 0.5]), "zero_share": 0.5, "one_share": 0.25,
        "centre_row": 1.0, "centre_column": 1 / 3, "roughness": (1 + 0.5 + 0 + 0.5) / 4}, abs=1e-12)


def test_an_empty_picture_has_no_centre():
    assert np.isnan(image_summaries(np.zeros((1, 3, 3)))["centre_row"]).all()


@pytest.mark.parametrize("values", [[], [np.nan, 1.0]])
def test_moments_refuse_nothing_and_nan(values):
    with pytest.raises(DataError, match="at least one number"):
        moments(values)


@pytest.mark.parametrize("shape", [(3, 3), (2, 1, 5), (0, 4, 4)])
def test_summaries_refuse_other_shapes(shape):
    with pytest.raises(DataError, match="`images` must have shape"):
        image_summaries(np.zeros(shape))
