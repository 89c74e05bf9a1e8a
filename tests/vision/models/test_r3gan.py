import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.models import r3gan

SMALL = {"width": (16, 8), "blocks": 1}
LABELS = {"label": lambda count: (np.arange(count) % 3).astype("int32")}


@pytest.mark.parametrize(("options", "generator", "discriminator"), [
    ({}, 20_732_160, 20_683_776),
    ({"classes": 10}, 20_781_952, 21_280_512),
    ({"size": 64, "width": (768, 768, 768, 768, 384)}, 22_429_824, 22_381_440)])
def test_the_published_presets_have_their_parameters(options, generator, discriminator):
    assert count_parameters(r3gan.build_generator(**options)) == (generator, 0)
    assert count_parameters(r3gan.build_discriminator(**options)) == (discriminator, 0)


def zeros(weight):
    return not weight.numpy().any()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("classes", [0, 3])
def test_the_networks_keep_their_contracts(channels, classes):
    labels = LABELS if classes else {}
    # what lies before a last convolution that is zero gets no gradient yet
    check_network(lambda: moved(r3gan.build_generator(8, channels, latent=5, classes=classes, **SMALL)),
                  inputs={"latent": (5,), **labels}, output=(8, 8, channels))
    check_network(lambda: moved(r3gan.build_discriminator(8, channels, classes=classes, **SMALL)),
                  inputs={"sample": (8, 8, channels), **labels}, output=(1,), penalty=True, exempt=("dense",))


def moved(network):
    for weight in network.trainable_weights:
        if len(weight.shape) > 1 and zeros(weight):
            weight.assign(0.1 * np.random.default_rng(0).normal(size=weight.shape))
    return network


def test_a_new_block_changes_nothing():
    """The last layer of each begins at zero: without blocks' convolutions, the same logits."""
    critic = r3gan.build_discriminator(8, **SMALL)
    x = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
    before = np.asarray(critic(x))
    for weight in critic.trainable_weights:
        if "grouped" in weight.path:
            weight.assign(weight + 1)
    np.testing.assert_array_equal(critic(x), before)


def test_first_values_follow_fixup():
    """N(0, (g L^(-1/4))²/fan in), g² = 2/1.04, of the first two layers of L = 4 blocks; 9 · 16 inputs of a group."""
    network = r3gan.build_discriminator(8, width=256, blocks=2)
    first, grouped, last = [weight.numpy() for weight in network.trainable_weights if len(weight.shape) == 4][1:4]
    gain = (2 / 1.04) ** 0.5 * 4**-0.25
    assert first.std() == pytest.approx(gain / 256**0.5, rel=0.02)
    assert grouped.shape == (3, 3, 16, 512)
    assert grouped.std() == pytest.approx(gain / 144**0.5, rel=0.02)
    assert not last.any()


def test_pictures_grow_and_shrink_by_the_filter_1_2_1():
    x = np.random.default_rng(0).normal(size=(1, 6, 6, 2)).astype("float32")
    doubled, halved = np.asarray(r3gan._doubled(tf.constant(x))), np.asarray(r3gan._halved(tf.constant(x)))
    assert doubled.shape == (1, 12, 12, 2)
    assert halved.shape == (1, 3, 3, 2)
    for channel in range(2):
        np.testing.assert_allclose(doubled[0, ..., channel], up(x[0, ..., channel]), atol=1e-5)
        np.testing.assert_allclose(halved[0, ..., channel], down(x[0, ..., channel]), atol=1e-5)


def up(picture):
    """y[2i] = (x[i - 1] + x[i]) / 2, y[2i + 1] = x[i], along both axes; zero beside the picture."""
    for axis in (0, 1):
        picture = np.moveaxis(picture, axis, 0)
        before = np.concatenate([np.zeros_like(picture[:1]), picture[:-1]])
        picture = np.moveaxis(np.stack([(before + picture) / 2, picture], 1).reshape(-1, *picture.shape[1:]), 0, axis)
    return picture


def down(picture):
    """y[i] = (x[2i - 1] + 2 x[2i] + x[2i + 1]) / 4, along both axes."""
    for axis in (0, 1):
        picture = np.moveaxis(picture, axis, 0)
        before = np.concatenate([np.zeros_like(picture[:1]), picture])
        picture = np.moveaxis((before[:-1:2] + 2 * picture[::2] + picture[1::2]) / 4, 0, axis)
    return picture


@pytest.mark.parametrize(("options", "message"), [
    ({"size": 24}, r"`size` must be a power of two times 4, at least 8. Received: size=24. Use 16 or 32."),
    ({"size": 32, "width": (64, 32)}, r"one for each of the 4 stages of 32 pixels.*Received: 2 widths"),
    ({"size": 8, "width": 20}, r"multiple of `group_size`. Received: width=20, expansion=2, group_size=16. Use a width of 16 or 24."),
    ({"size": 8, "width": 4}, r"Received: width=4.*Use a width of 8."),
    ({"size": 8, "width": 0}, r"`width` must be a positive whole number"),
    ({"size": 8, "blocks": 0}, r"`blocks` must be a positive whole number"),
])
def test_sizes_and_widths_that_do_not_go_are_refused(options, message):
    for build in (r3gan.build_generator, r3gan.build_discriminator):
        with pytest.raises(ConfigError, match=message):
            build(**options)
