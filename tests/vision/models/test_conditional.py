"""Conditional networks: the counts in the table of `models/conditional.py`, the contract, and that labels matter."""

import keras
import numpy as np
import pytest
from keras import layers

from gan_core.errors import ConfigError
from gan_core.game.batch import call_network
from gan_core.testing import check_network, check_saved_networks, count_parameters
from gan_vision.layers import ConditionalBatchNormalization
from gan_vision.models import NETWORKS
from gan_vision.models.conditional import MODES, build_discriminator, build_generator

CIFAR10 = NETWORKS["cifar10"]
SMALL = [("cifar10", "onehot", False), ("bricks", "embedding", False), ("tutorial", "projection", False),
         ("dcgan", "acgan", False), ("cifar10", "embedding", True)]


def small(player, network, mode, attributes, size=16):
    build = {"generator": build_generator, "discriminator": build_discriminator}[player]
    further = {"latent": 4} if player == "generator" else {}
    return build(NETWORKS[network], size, 1, mode=mode, classes=3, attributes=attributes, width=16, **further)


def labels(attributes):
    return {"label": (3,) if attributes else lambda count: np.arange(count) % 3}


@pytest.mark.parametrize(("mode", "generator", "discriminator"), [
    ("onehot", (4_537_219 - 1_920, 1_920), (4_328_193 - 1_792, 1_792)),
    ("embedding", (4_722_539 - 1_920, 1_920), (4_418_217 - 1_792, 1_792)),
    ("projection", (4_532_099, 1_920), (4_313_985, 1_792)),
    # By hand: the backbone and a Dense from its 2048 features to 10 logits.
    ("acgan", (4_537_219 - 1_920, 1_920), (4_310_401 + 20_490, 1_792))])
def test_parameters_equal_the_published_counts(mode, generator, discriminator):
    assert count_parameters(build_generator(CIFAR10, 32, 3, mode=mode, classes=10)) == generator
    assert count_parameters(build_discriminator(CIFAR10, 32, 3, mode=mode, classes=10)) == discriminator


@pytest.mark.parametrize(("network", "mode", "attributes"), SMALL)
def test_generators_keep_the_contract(network, mode, attributes):
    check_network(lambda: small("generator", network, mode, attributes, size=8),
                  inputs={"latent": (4,), **labels(attributes)}, output=(8, 8, 1), value_range=(-1, 1))


@pytest.mark.parametrize(("network", "mode", "attributes"), SMALL)
def test_discriminators_keep_the_contract(network, mode, attributes):
    given = {} if mode == "acgan" else labels(attributes)
    check_network(lambda: small("discriminator", network, mode, attributes),
                  inputs={"sample": (16, 16, 1), **given}, output=(1,), penalty=mode != "acgan")


@pytest.mark.slow
def test_saved_networks_load_in_a_fresh_process():
    pairs = []
    for network, mode, attributes in SMALL[:4]:
        given = labels(attributes)
        pairs.append((small("generator", network, mode, attributes), {"latent": (4,), **given}))
        pairs.append((small("discriminator", network, mode, attributes),
                      {"sample": (16, 16, 1)} | ({} if mode == "acgan" else given)))
    check_saved_networks(pairs, imports=("gan_vision.layers",))


@pytest.mark.parametrize("mode", MODES)
def test_another_label_gives_another_image(mode):
    generator = small("generator", "cifar10", mode, False)
    for layer in generator.layers:
        if isinstance(layer, ConditionalBatchNormalization):  # all classes start alike
            layer.beta.assign(np.random.default_rng(0).normal(size=layer.beta.shape))
    latent = np.ones((2, 4), "float32")
    images = np.asarray(call_network(generator, {"latent": latent, "label": np.array([0, 1])}, False))
    assert np.abs(images[0] - images[1]).max() > 0.05 * np.abs(images).max()


@pytest.mark.parametrize("mode", ["onehot", "embedding", "projection"])
def test_another_label_gives_another_logit(mode):
    discriminator = small("discriminator", "cifar10", mode, False)
    sample = np.full((2, 16, 16, 1), 0.5, "float32")
    logits = np.asarray(call_network(discriminator, {"sample": sample, "label": np.array([0, 1])}, False))
    assert abs(logits[0, 0] - logits[1, 0]) > 1e-7


def test_the_projection_adds_the_product_of_features_and_embedding():
    discriminator = small("discriminator", "cifar10", "projection", False)
    sample = np.random.default_rng(0).uniform(-1, 1, (3, 16, 16, 1)).astype("float32")
    ids = np.array([2, 0, 2])
    features = keras.Model(discriminator.inputs[0], discriminator.get_layer("features").output)(sample)
    pooled = np.asarray(features).mean((1, 2))
    dense = next(layer for layer in discriminator.layers if isinstance(layer, layers.Dense))
    table = discriminator.get_layer("embedding").table.numpy()
    expected = pooled @ dense.kernel.numpy() + dense.bias.numpy() + (pooled * table[ids]).sum(1, keepdims=True)
    found = call_network(discriminator, {"sample": sample, "label": ids}, False)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_the_code_reaches_every_pixel_of_further_channels():
    discriminator = small("discriminator", "cifar10", "onehot", False)
    planes = keras.Model(discriminator.inputs[1], next(
        layer for layer in discriminator.layers if isinstance(layer, layers.UpSampling2D)).output)(np.array([1]))
    np.testing.assert_array_equal(planes[0], np.tile([0.0, 1.0, 0.0], (16, 16, 1)))


def test_class_scales_keep_the_settings_of_the_norm_they_replace():
    generator = small("generator", "bricks", "projection", False)
    kinds = [layer for layer in generator.layers if isinstance(layer, ConditionalBatchNormalization)]
    assert {layer.momentum for layer in kinds} == {0.9}
    assert not [layer for layer in generator.layers if isinstance(layer, layers.BatchNormalization)]


@pytest.mark.parametrize("name", ["ada", "bricks", "cifar10", "dcgan", "tutorial"])
def test_every_discriminator_of_the_family_says_where_its_features_end(name):
    features = NETWORKS[name].build_discriminator(16, 1, width=16, **({"depth": 2} if name == "ada" else {}))
    assert len(features.get_layer("features").output.shape) == 4


@pytest.mark.parametrize(("options", "message"), [
    ({"mode": "acgn"}, r"unknown mode. Received: 'acgn'. Did you mean 'acgan'\?"),
    ({"mode": "projection", "attributes": True}, r"takes no attributes. Received: 3 attributes. Use --mode onehot"),
    ({"classes": 0}, r"`classes` must be a positive whole number")])
def test_what_does_not_fit_is_refused(options, message):
    for build in (build_generator, build_discriminator):
        with pytest.raises(ConfigError, match=message):
            build(CIFAR10, 16, 1, **{"mode": "onehot", "classes": 3, **options})
