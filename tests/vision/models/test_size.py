"""Sizes and widths that the networks allow, and what is said about the others."""

import pytest

from gan_core.errors import ConfigError
from gan_vision.models import NETWORKS
from gan_vision.models.size import count_doublings, halving_widths, require_positive


@pytest.mark.parametrize(("size", "start", "doublings"), [(4, 2, 1), (32, 2, 4), (64, 4, 4), (12, 3, 2)])
def test_doublings_are_counted(size, start, doublings):
    assert count_doublings(size, start) == doublings


def test_widths_halve_from_map_to_map():
    assert halving_widths(512, 4) == [512, 256, 128, 64]


@pytest.mark.parametrize(("call", "message"), [
    (lambda: count_doublings(20, 2), r"`size` must be a power of two times 2, at least 4. Received: size=20. Use 16 or 32."),
    (lambda: count_doublings(33, 4, least=2), r"at least 16. Received: size=33. Use 32 or 64."),
    (lambda: count_doublings(4, 2, least=2), r"Received: size=4. Use 8."),
    (lambda: count_doublings(32.0, 2), r"`size` must be a positive whole number. Received: size=32.0."),
    (lambda: halving_widths(100, 4), r"`width` must be a multiple of 8.*Received: width=100. Use 96 or 104."),
    (lambda: halving_widths(3, 3), r"Received: width=3. Use 4."),
    (lambda: require_positive(latent=0), r"`latent` must be a positive whole number. Received: latent=0."),
    (lambda: require_positive(channels=True), r"Received: channels=True."),
])
def test_a_bad_number_is_explained(call, message):
    with pytest.raises(ConfigError, match=message):
        call()


@pytest.mark.parametrize("player", ["generator", "discriminator"])
@pytest.mark.parametrize(("name", "options", "message"), [
    ("dcgan", {"size": 65}, "Received: size=65. Use 64 or 128."),
    ("cifar10", {"size": 28}, "Received: size=28. Use 16 or 32."),
    ("cifar10", {"size": 4}, "Received: size=4. Use 8."),
    ("bricks", {"size": 4}, "Received: size=4. Use 8."),
    ("tutorial", {"size": 50}, "Received: size=50. Use 32 or 64."),
    ("tutorial", {"width": 20}, "Received: width=20. Use 16 or 24."),
    ("ada", {"size": 70}, "`size` must be a multiple of 2.*depth = 16. Received: size=70, depth=4. Use a size of 64 or 80"),
    ("ada", {"size": 8}, "Received: size=8, depth=4. Use a size of 16"),
    ("ada", {"initializer": "nrmal"}, "unknown `initializer`.*'nrmal'. Did you mean 'normal'"),
    ("resnet", {"size": 8}, "Received: size=8. Use 16."),
    ("resnet", {"size": 48}, "Received: size=48. Use 32 or 64."),
    ("resnet", {"width": 0}, "`width` must be a positive whole number. Received: width=0."),
    ("resnet", {"activation": "leaky"}, "unknown `activation`.*'leaky'. Did you mean 'leaky_relu'"),
    ("bricks", {"channels": 0}, "`channels` must be a positive whole number. Received: channels=0."),
])
def test_every_network_refuses_what_it_cannot_build(player, name, options, message):
    with pytest.raises(ValueError, match=message):
        getattr(NETWORKS[name], f"build_{player}")(**options)


def test_batch_normalisation_of_the_residual_critic_is_refused():
    with pytest.raises(ConfigError, match=r"unknown `normalization`. Received: 'batch'. .*layer, none"):
        NETWORKS["resnet"].build_discriminator(normalization="batch")


def test_an_unknown_upsampling_is_refused():
    with pytest.raises(ConfigError, match=r"unknown `upsample`. Received: 'bilinear'. .*nearest, transpose"):
        NETWORKS["ada"].build_generator(upsample="bilinear")
