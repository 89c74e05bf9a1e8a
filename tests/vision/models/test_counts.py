"""The exact numbers of parameters of the sources that the networks name."""

import pytest

from gan_core.testing import count_parameters
from gan_vision.models import NETWORKS

COUNTS = [  # network, player, options, trainable, non-trainable
    ("ada", "generator", {}, 926_083, 4_864),
    ("ada", "discriminator", {}, 795_137, 1_024),
    # Spectral normalisation keeps one singular vector per kernel: 4 · 128 + 1 more numbers.
    ("ada", "discriminator", {"spectral_norm": True}, 795_137, 1_024 + 513),
    ("cifar10", "generator", {"latent": 100}, 4_514_819, 1_920),
    ("cifar10", "generator", {"latent": 128}, 4_572_163, 1_920),
    ("cifar10", "generator", {"width": 512, "latent": 100}, 4_514_819, 1_920),
    ("cifar10", "discriminator", {}, 4_310_401, 1_792),
    ("cifar10", "generator", {"channels": 1, "latent": 100}, 4_513_537 - 1_920, 1_920),
    ("cifar10", "discriminator", {"channels": 1}, 4_308_993 - 1_792, 1_792),
    ("bricks", "generator", {}, 3_574_656, 1_920),
    ("bricks", "discriminator", {}, 2_763_520, 1_792),
    ("tutorial", "generator", {}, 487_731, 4_352),
    ("tutorial", "discriminator", {}, 815_569, 960),
    ("tutorial", "generator", {"activation_between": True}, 487_731, 4_352),
    ("tutorial", "discriminator", {"activation_between": True}, 815_569, 960),
    ("dcgan", "generator", {"width": 1024}, 18_876_163 - 3_840, 3_840),
    ("dcgan", "generator", {}, 18_876_163 - 3_840, 3_840),
    # By hand, 5·5·in·out + out for each convolution and 2·out + 2·out for each normalisation but the first:
    # 9,728 + 819,456 + 3,277,312 + 13,108,224 + 16,385 + 2·(256 + 512 + 1024).
    ("dcgan", "discriminator", {}, 9_728 + 819_456 + 3_277_312 + 13_108_224 + 16_385 + 3_584, 3_584),
    ("resnet", "generator", {}, 1_204_483, 1_792),
    ("resnet", "discriminator", {}, 1_053_825, 0),
    # By hand: a block has two convolutions of 3·3·128·128 + 128 and one of 128·128 + 128, the generator's also two
    # normalisations of 2·128 + 2·128. One block less halves the size, one more doubles it.
    ("resnet", "generator", {"size": 16}, 1_204_483 - 312_192, 1_792 - 512),
    ("resnet", "discriminator", {"size": 16}, 1_053_825 - 311_680, 0),
    ("resnet", "generator", {"size": 64}, 1_204_483 + 312_192, 1_792 + 512),
    ("resnet", "discriminator", {"size": 64}, 1_053_825 + 311_680, 0),
    ("resnet", "discriminator", {"normalization": "layer"}, 1_053_825 + 3 * 2 * 256, 0),
]


@pytest.mark.parametrize(("network", "player", "options", "trainable", "fixed"), COUNTS)
def test_parameters_equal_the_published_counts(network, player, options, trainable, fixed):
    built = getattr(NETWORKS[network], f"build_{player}")(**options)
    assert count_parameters(built) == (trainable, fixed)
