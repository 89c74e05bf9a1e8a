import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.metrics.extractors import RandomConvolution

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)


def test_equal_seeds_give_equal_features_and_hashes():
    first, second = RandomConvolution(1), RandomConvolution(1)
    assert first.hash == second.hash
    np.testing.assert_array_equal(first.features(IMAGES), second.features(IMAGES))


def test_another_seed_is_another_extractor():
    assert RandomConvolution(1).identity != RandomConvolution(2).identity
    assert not np.allclose(RandomConvolution(1).features(IMAGES), RandomConvolution(2).features(IMAGES))


def test_the_hash_is_the_same_on_every_machine():
    assert RandomConvolution(0, widths=(2,)).hash == "31060a8b3eb2c2e1"


def test_the_dimension_is_the_sum_of_the_widths():
    extractor = RandomConvolution(widths=(3, 5), size=8)
    assert extractor.features(IMAGES).shape == (4, 8)
    assert extractor.dimension == 8


def test_one_convolution_agrees_with_its_definition():
    extractor = RandomConvolution(widths=(2,), size=2)
    images = IMAGES[:1, :2, :2]
    x = np.pad(images[0] / 127.5 - 1, ((0, 1), (0, 1), (0, 0)))  # "SAME" with stride 2 pads below and right
    expected = np.maximum((x[..., None] * extractor.kernels[0]).sum(axis=(0, 1, 2)), 0)
    np.testing.assert_allclose(extractor.features(images)[0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", [{"seed": -1}, {"size": 0}, {"widths": ()}, {"widths": (0,)}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ConfigError, match="must be at least 0"):
        RandomConvolution(**options)
