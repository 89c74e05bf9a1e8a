"""gan_vision.models.text_to_image: the networks of Reed et al."""

import pytest

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.models import text_to_image

TEXT = {"text": (6,)}


def test_parameters_equal_those_of_the_authors():
    assert count_parameters(text_to_image.build_generator()) == (18_905_472, 8_448)
    assert count_parameters(text_to_image.build_discriminator()) == (4_030_080, 4_608)


@pytest.mark.parametrize("normalization", ["batch", "layer"])
def test_the_networks_keep_their_contracts(normalization):
    penalty = normalization == "layer"
    check_network(lambda: text_to_image.build_generator(16, 1, width=4, latent=5, text=6, projected=3),
                  inputs={"latent": (5,), **TEXT}, output=(16, 16, 1), value_range=(-1, 1))
    check_network(lambda: text_to_image.build_discriminator(16, 1, width=4, text=6, projected=4,
                                                            normalization=normalization),
                  inputs={"sample": (16, 16, 1), **TEXT}, output=(1,), penalty=penalty)


def test_a_halving_less_is_a_level_less():
    """32 pixels: 4, 2, 1 times the width; the 4x4 map of 512 channels is the third of the generator, not the fourth."""
    generator = text_to_image.build_generator(32)
    widths = [layer.filters for layer in generator.layers if type(layer).__name__ == "Conv2DTranspose"]
    assert widths == [512, 256, 128, 3]
    discriminator = text_to_image.build_discriminator(32)
    strided = [layer.filters for layer in discriminator.layers if getattr(layer, "strides", None) == (2, 2)]
    assert strided == [64, 128, 256]


@pytest.mark.parametrize(("options", "message"), [
    ({"size": 48}, "Use 32 or 64"), ({"normalization": "instance"}, "unknown normalization.*batch, layer"),
    ({"text": 0}, "`text` must be a positive whole number")])
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        text_to_image.build_discriminator(**options)
