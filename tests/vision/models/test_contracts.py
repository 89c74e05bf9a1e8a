"""What every pair of networks must keep, on small variants."""

import pytest

from gan_core.testing import check_network, check_saved_networks
from gan_vision.models import NETWORKS

SMALL = [  # network, size, channels, width, further options of both
    ("dcgan", 8, 3, 16, {}),
    ("dcgan", 16, 1, 16, {}),
    ("cifar10", 8, 1, 16, {}),
    ("cifar10", 16, 3, 16, {}),
    ("cifar10", 32, 3, 16, {}),
    ("bricks", 8, 1, 16, {}),
    ("bricks", 32, 3, 16, {}),
    ("tutorial", 8, 3, 16, {}),
    ("tutorial", 32, 1, 16, {"activation_between": True}),
    ("ada", 8, 1, 8, {"depth": 2}),
    ("ada", 24, 3, 8, {"depth": 3, "initializer": "normal"}),
    ("resnet", 16, 1, 4, {}),
    ("resnet", 32, 3, 4, {"activation": "leaky_relu"}),
]


@pytest.mark.parametrize(("name", "size", "channels", "width", "options"), SMALL)
def test_generators_keep_the_contract(name, size, channels, width, options):
    network = NETWORKS[name]
    built = check_network(lambda: network.build_generator(size, channels, width=width, latent=5, **options),
                          inputs={"latent": (5,)}, output=(size, size, channels), value_range=network.value_range,
                          batches=(1, 7))
    assert built.name == "generator"


@pytest.mark.parametrize(("name", "size", "channels", "width", "options"), SMALL)
def test_discriminators_keep_the_contract(name, size, channels, width, options):
    built = check_network(lambda: NETWORKS[name].build_discriminator(size, channels, width=width, **options),
                          inputs={"sample": (size, size, channels)}, output=(1,), batches=(3, 7), penalty=True)
    assert built.name == "discriminator"


def test_the_nearest_neighbour_variant_keeps_the_contract():
    check_network(lambda: NETWORKS["ada"].build_generator(8, 1, width=8, depth=2, latent=5, upsample="nearest"),
                  inputs={"latent": (5,)}, output=(8, 8, 1), value_range=(0.0, 1.0))


def test_the_spectrally_normalised_variant_keeps_the_contract():
    check_network(lambda: NETWORKS["ada"].build_discriminator(8, 1, width=8, depth=2, spectral_norm=True),
                  inputs={"sample": (8, 8, 1)}, output=(1,), penalty=True)


def test_the_layer_normalised_variant_keeps_the_contract():
    check_network(lambda: NETWORKS["resnet"].build_discriminator(16, 1, width=4, normalization="layer"),
                  inputs={"sample": (16, 16, 1)}, output=(1,), batches=(1, 3), penalty=True)


@pytest.mark.slow
def test_saved_networks_load_in_a_fresh_process():
    pairs = []
    for name, size, channels, width, options in SMALL[:1] + SMALL[2:3] + SMALL[5:6] + SMALL[7:8] + SMALL[9:10] + SMALL[11:12]:
        network = NETWORKS[name]
        pairs.append((network.build_generator(size, channels, width=width, latent=5, **options), {"latent": (5,)}))
        pairs.append((network.build_discriminator(size, channels, width=width, **options),
                      {"sample": (size, size, channels)}))
    pairs.append((NETWORKS["ada"].build_discriminator(8, 1, width=8, depth=2, spectral_norm=True),
                  {"sample": (8, 8, 1)}))
    check_saved_networks(pairs, imports=("gan_core.layers",))
