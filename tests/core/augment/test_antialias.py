import numpy as np
import pytest
import pywt

from gan_core.augment.antialias import MARGIN, PHASE, SYM6, downsample, upsample

IMAGES = np.random.default_rng(1).uniform(-1, 1, (2, 9, 6, 2)).astype("float32")


def test_the_filter_is_the_sym6_low_pass():
    np.testing.assert_allclose(SYM6, pywt.Wavelet("sym6").dec_lo, atol=1e-12)


@pytest.mark.parametrize("shift", [0, 2, 4, 6, 8, 10])
def test_the_filter_is_orthonormal_under_even_shifts(shift):
    product = np.dot(SYM6[: 12 - shift], SYM6[shift:])
    assert product == pytest.approx(1.0 if shift == 0 else 0.0, abs=1e-10)


def test_the_filter_adds_up_to_the_square_root_of_two():
    assert sum(SYM6) == pytest.approx(2**0.5, abs=1e-10)


@pytest.mark.parametrize("axis", [1, 2])
def test_up_and_down_again_is_the_identity(axis):
    fine = upsample(IMAGES, axis)
    assert fine.shape[axis] == 2 * IMAGES.shape[axis] + 10 + 2 * MARGIN
    inner = (slice(None),) * axis + (slice(MARGIN, -MARGIN),)
    np.testing.assert_allclose(downsample(fine[inner], axis), IMAGES, atol=1e-6)


def test_upsampling_equals_zeros_in_between_and_a_convolution():
    row = IMAGES[0, 0, :, 0]
    padded = np.pad(row, 6, mode="reflect")
    stuffed = np.zeros(2 * len(padded))
    stuffed[::2] = padded
    full = 2**0.5 * np.convolve(stuffed, SYM6)  # entry 12 is fine position 0
    fine = np.asarray(upsample(IMAGES, 2))[0, 0, :, 0]
    np.testing.assert_allclose(fine, full[12 - MARGIN : 12 - MARGIN + len(fine)], atol=1e-5)


def test_pixel_n_lies_at_twice_n_plus_the_phase():
    # Of a ramp both steps are exact: six vanishing moments keep polynomials.
    ramp = np.arange(40, dtype="float32").reshape(1, 1, 40, 1)
    fine = np.asarray(upsample(ramp, 2)).ravel()
    position = np.arange(len(fine)) - MARGIN
    np.testing.assert_allclose(fine[20:60], (position[20:60] - PHASE) / 2, atol=1e-3)
