import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.layers import SNConv2D, SNDense
from gan_core.testing import check_network, count_parameters
from gan_vision.layers import ConditionalBatchNormalization
from gan_vision.models import sngan

LABELS = {"label": lambda count: (np.arange(count) % 3).astype("int32")}


def test_parameters_without_classes():
    assert count_parameters(sngan.build_generator()) == (4_276_739, 3_584)
    assert count_parameters(sngan.build_discriminator())[0] == 1_053_825


def test_parameters_with_ten_classes():
    """Seven normalisations of 256 channels get nine more rows of scales and shifts, the critic an embedding of 128."""
    assert count_parameters(sngan.build_generator(classes=10)) == (4_276_739 + 7 * 9 * 2 * 256, 3_584)
    assert count_parameters(sngan.build_discriminator(classes=10))[0] == 1_053_825 + 10 * 128


@pytest.mark.parametrize(("size", "blocks"), [(16, -1), (64, 1)])
def test_a_size_more_is_a_block_more(size, blocks):
    generator, critic = 2 * (9 * 256 * 256 + 256) + 256 * 256 + 256 + 2 * 512, 2 * (9 * 128 * 128 + 128) + 128 * 128 + 128
    assert count_parameters(sngan.build_generator(size))[0] == 4_276_739 + blocks * generator
    assert count_parameters(sngan.build_discriminator(size))[0] == 1_053_825 + blocks * critic


@pytest.mark.parametrize("classes", [0, 3])
def test_the_networks_keep_their_contracts(classes):
    labels = LABELS if classes else {}
    check_network(lambda: sngan.build_generator(16, 1, width=4, latent=5, classes=classes),
                  inputs={"latent": (5,), **labels}, output=(16, 16, 1), value_range=(-1, 1))
    check_network(lambda: sngan.build_discriminator(16, 1, width=4, classes=classes),
                  inputs={"sample": (16, 16, 1), **labels}, output=(1,), penalty=True, exempt=("embedding",))


def test_every_kernel_of_the_discriminator_is_normalised():
    network = sngan.build_discriminator(16, width=4, classes=3)
    with_kernel = [layer for layer in network._flatten_layers(include_self=False) if hasattr(layer, "kernel")]
    assert with_kernel
    assert all(isinstance(layer, SNConv2D | SNDense) for layer in with_kernel)


def test_classes_have_scales_of_their_own():
    network = sngan.build_generator(16, width=4, latent=5, classes=3)
    layers = [layer for layer in network.layers if isinstance(layer, ConditionalBatchNormalization)]
    assert len(layers) == 2 * 2 + 1


def test_features_are_summed_over_the_map():
    """A picture without contrast: the logit grows with the number of pixels of the last map, not with their mean."""
    network = sngan.build_discriminator(16, width=4)
    features = network.get_layer("features").output
    import keras

    x = np.random.default_rng(0).normal(size=(2, 16, 16, 3)).astype("float32")
    map_, logits = keras.Model(network.input, [features, network.output])(x)
    dense = network.layers[-1]
    expected = np.asarray(map_).sum((1, 2)) @ np.asarray(dense.normalized_kernel()) + np.asarray(dense.bias)
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_other_sizes_are_refused():
    for build in (sngan.build_generator, sngan.build_discriminator):
        with pytest.raises(ConfigError, match=r"`size` must be a power of two times 8, at least 16. Received: size=20."):
            build(20)
