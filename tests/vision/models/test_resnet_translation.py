"""The encoder-decoder ResNet: counts, what the residual does, sizes."""

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.models.resnet_translation import build_discriminator, build_generator


@pytest.mark.parametrize(("build", "options", "trainable", "fixed"), [
    (build_generator, {}, 2_110_659, 3_968),
    (build_generator, {"halvings": 3}, 8_457_411, 8_064),
    (build_discriminator, {}, 362_369, 1_024),
])
def test_parameters_equal_the_books(build, options, trainable, fixed):
    assert count_parameters(build(64, **options)) == (trainable, fixed)


@pytest.mark.parametrize(("size", "options"), [
    (16, {}), ((8, 12), {}), (16, {"channels": 3, "source_channels": 1, "residual": False}), (16, {"halvings": 3})])
def test_generators_keep_the_contract(size, options):
    height, breadth = np.broadcast_to(size, 2).tolist()
    options = {"channels": 3, "source_channels": 3, "width": 4, "blocks": 1, **options}
    check_network(lambda: build_generator(size, **options), inputs={"source": (height, breadth, options["source_channels"])},
                  output=(height, breadth, options["channels"]), batches=(1, 3))


def test_the_discriminator_keeps_the_contract():
    check_network(lambda: build_discriminator(16, width=4), inputs={"sample": (16, 16, 3)}, output=(1,), batches=(1, 3))


def test_the_result_is_the_mean_of_the_source_and_the_last_layer():
    built, source = build_generator(8, width=4, blocks=1), tf.random.stateless_uniform((2, 8, 8, 3), (0, 1), -1, 1)
    last = [layer for layer in built.layers if isinstance(layer, layers.Conv2D)][-1]
    last.kernel.assign(tf.zeros_like(last.kernel))
    last.bias.assign([0.5, 0.0, -100.0])
    expected = (source + np.array([np.tanh(0.5), 0.0, -1.0], "float32")) / 2
    np.testing.assert_allclose(built(source), expected, atol=1e-6)
    assert float(tf.reduce_max(tf.abs(built(source)))) <= 1


def test_every_halving_but_the_first_doubles_the_width():
    strided = [layer.filters for layer in build_generator(32, width=4, halvings=3, blocks=1).layers
               if isinstance(layer, layers.Conv2D) and layer.strides == (2, 2)]
    assert strided == [4, 8, 16]


@pytest.mark.parametrize(("build", "message"), [
    (lambda: build_generator(30), "multiple of 4 = 2.halvings. Received: size=30, halvings=2. Use 28 or 32 instead of 30"),
    (lambda: build_generator(32, channels=3, source_channels=1),
     "as many channels in as out. Received: source_channels=1, channels=3. Set residual=False"),
    (lambda: build_generator(32, blocks=0), "`blocks` must be a positive whole number. Received: blocks=0"),
    (lambda: build_discriminator((32, 64)), r"needs square pictures. Received: size=\(32, 64\). Take the discriminator of patches"),
    (lambda: build_discriminator(48), "Received: size=48. Use 32 or 64"),
])
def test_what_cannot_be_built_is_explained(build, message):
    with pytest.raises(ConfigError, match=message):
        build()
