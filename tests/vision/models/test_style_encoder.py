import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.testing import check_network, check_saved_networks, count_parameters
from gan_vision.models.style_encoder import build_style_encoder


def test_it_has_the_parameters_that_its_layers_make():
    # By hand: kernels 4·4·in·out + out, normalisation 4·(128 + 256 + 512) of which half is trained, 8,192·100 + 100.
    convolutions = 3_136 + 131_200 + 524_544 + 2_097_664
    assert count_parameters(build_style_encoder()) == (convolutions + 2 * 896 + 819_300, 2 * 896)
    assert build_style_encoder().count_params() == 3_579_428


@pytest.mark.parametrize(("size", "channels", "latent"), [(16, 1, 5), ((32, 16), 3, 7), (16, 3, (2, 3))])
def test_it_follows_the_size_of_the_picture_and_of_the_noise(size, channels, latent):
    height, width = size if isinstance(size, tuple) else (size, size)
    check_network(lambda: build_style_encoder(size, channels, latent=latent, widths=(4, 8, 8, 16)),
                  inputs={"sample": (height, width, channels)},
                  output=latent if isinstance(latent, tuple) else (latent,), batches=(2, 5))


def test_its_first_weights_depend_on_the_seed_alone():
    first, again, other = (build_style_encoder(16, 1, latent=3, widths=(4, 8, 8, 16), seed=seed).get_weights()
                           for seed in (0, 0, 1))
    assert all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.slow
def test_it_loads_in_a_fresh_process():
    check_saved_networks([(build_style_encoder(16, 1, latent=3, widths=(4, 8, 8, 16)), {"sample": (16, 16, 1)})])


@pytest.mark.parametrize(("options", "message"), [
    ({"size": 24}, "sides are multiples of 16 pixels. Received: 24x24."),
    ({"size": (32, 8)}, "Received: 32x8"),
    ({"channels": 0}, "`channels` must be a positive whole number"),
    ({"latent": (3, 0)}, "`latent_1` must be a positive whole number")])
def test_other_sizes_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        build_style_encoder(**options)
