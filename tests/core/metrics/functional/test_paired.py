"""L1, PSNR and SSIM of pairs by hand and against scikit-image; means with intervals."""

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio
from skimage.metrics import structural_similarity as reference

from gan_core.errors import DataError
from gan_core.metrics.functional.paired import (
    absolute_error,
    bootstrap_mean,
    peak_signal_to_noise,
    structural_similarity,
)


@pytest.fixture(scope="module")
def pairs():
    draw = np.random.default_rng(0)
    smooth = np.kron(draw.integers(0, 256, (3, 5, 6, 3)), np.ones((1, 4, 4, 1))).astype(np.uint8)
    noisy = np.clip(smooth + draw.normal(0, 20, smooth.shape), 0, 255).astype(np.uint8)
    return smooth, noisy


def test_the_absolute_error_is_a_share_of_the_range():
    black, white = np.zeros((1, 2, 2, 1), np.uint8), np.full((1, 2, 2, 1), 255, np.uint8)
    half = white.copy()
    half[0, 0] = 0
    assert absolute_error(black, white) == [1.0]
    assert absolute_error(half, white) == [0.5]


def test_the_peak_signal_to_noise_ratio_by_hand_and_by_scikit_image(pairs):
    first = np.full((1, 2, 2, 1), 100, np.uint8)
    assert peak_signal_to_noise(first, first + 10) == pytest.approx(10 * np.log10(255**2 / 100))
    assert np.isinf(peak_signal_to_noise(first, first))
    wanted = [peak_signal_noise_ratio(one, other, data_range=255) for one, other in zip(*pairs, strict=True)]
    assert peak_signal_to_noise(*pairs) == pytest.approx(wanted, rel=1e-12)


def test_the_structural_similarity_is_that_of_scikit_image(pairs):
    wanted = [reference(one, other, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255,
                        channel_axis=-1) for one, other in zip(*pairs, strict=True)]
    assert structural_similarity(*pairs) == pytest.approx(wanted, abs=1e-9)
    assert structural_similarity(pairs[0], pairs[0]) == pytest.approx(1)


@pytest.mark.parametrize("function", [absolute_error, peak_signal_to_noise, structural_similarity])
@pytest.mark.parametrize("second", [np.zeros((1, 4, 4, 3), np.uint8), np.zeros((1, 4, 5, 3)), np.zeros((0, 4, 5, 3), np.uint8)])
def test_what_is_no_pair_is_refused(function, second):
    with pytest.raises(DataError, match=r"pairs must be uint8 .* of one shape. Received: uint8"):
        function(np.zeros((1, 4, 5, 3), np.uint8), second)


def test_pictures_below_the_window_are_refused():
    small = np.zeros((1, 10, 20, 1), np.uint8)
    with pytest.raises(DataError, match=r"at least 11x11 pixels. Received: 10x20"):
        structural_similarity(small, small)


def test_the_interval_of_a_mean_is_that_of_its_standard_error():
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    found = bootstrap_mean(values)
    assert found.mean == pytest.approx(values.mean())
    error = 1.96 * values.std() / 20
    assert found.low == pytest.approx(values.mean() - error, abs=0.03)
    assert found.high == pytest.approx(values.mean() + error, abs=0.03)



def test_one_value_has_no_interval():
    assert np.isnan(bootstrap_mean([2.0]).low)
    with pytest.raises(DataError, match="at least one value"):
        bootstrap_mean([])
