import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.models import progan

SMALL = {"fmap_base": 64, "fmap_max": 8}
LABELS = {"label": lambda count: (np.arange(count) % 3).astype("int32")}


@pytest.mark.parametrize(("size", "options", "generator", "discriminator"), [
    (32, {}, 20_719_628, 20_726_785), (64, {}, 22_490_383, 22_498_049), (128, {}, 22_933_394, 22_941_313),
    (256, {}, 23_044_309, 23_052_353), (1024, {}, 23_079_115, 23_087_249),
    (32, {"fmap_base": 4096, "fmap_max": 128}, 1_296_908, 1_298_689),
    (64, {"fmap_base": 4096, "fmap_max": 128}, 1_592_463, 1_594_369)])
def test_the_networks_have_the_published_parameters(size, options, generator, discriminator):
    """All trainable, but for the number that blends."""
    assert count_parameters(progan.build_generator(size, **options)) == (generator, 1)
    assert count_parameters(progan.build_discriminator(size, **options)) == (discriminator, 1)


@pytest.mark.parametrize(("size", "expected"), [(4, 512), (32, 512), (64, 256), (128, 128), (256, 64), (512, 32), (1024, 16)])
def test_channels_by_size(size, expected):
    assert progan.feature_maps(size) == expected


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize(("size", "fading"), [(4, False), (8, True), (8, False), (16, True), (16, False)])
def test_the_networks_keep_their_contracts_at_every_level(classes, size, fading):
    other = tuple(f"size_{each}_" for each in (4, 8, 16) if each > size) + tuple(
        f"size_{each}_{end}" for each in (4, 8) if each < size // (2 if fading else 1) for end in ("to_rgb", "from_rgb"))

    def shown(network):
        network.show(size, fading=fading)
        network.alpha.assign(0.3)
        return network

    labels = LABELS if classes else {}
    check_network(lambda: shown(progan.build_generator(16, 1, latent=5, classes=classes, **SMALL)),
                  inputs={"latent": (5,), **labels}, output=(size, size, 1), exempt=other)
    check_network(lambda: shown(progan.build_discriminator(16, 1, classes=classes, **SMALL)),
                  inputs={"sample": (size, size, 1)}, output=(1,), exempt=other, penalty=not classes)


@pytest.mark.parametrize(("size", "fading"), [(4, False), (8, True), (8, False), (16, True)])
def test_what_learns_is_what_runs(size, fading):
    """Every variable named gets a gradient, and no other one."""
    for network, example in ((progan.build_generator(16, **SMALL), tf.ones((2, 8))),
                             (progan.build_discriminator(16, **SMALL), tf.random.normal((2, size, size, 3), seed=1))):
        network.show(size, fading=fading)
        network.alpha.assign(0.5)
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(example, training=True) ** 2)
        gradients = tape.gradient(loss, [weight.value for weight in network.trainable_weights])
        reached = {weight.path for weight, gradient in zip(network.trainable_weights, gradients, strict=True)
                   if gradient is not None}
        assert {weight.path for weight in network.learning_variables()} == reached


@pytest.fixture
def pair():
    keras.utils.set_random_seed(0)
    return progan.build_generator(16, **SMALL), progan.build_discriminator(16, **SMALL)


def repeated(pictures):
    return np.asarray(pictures).repeat(2, axis=1).repeat(2, axis=2)


def test_a_fade_begins_with_the_enlarged_pictures_of_the_level_before(pair):
    z = tf.random.normal((3, 8), seed=1)
    pair[0].show(8, fading=False)
    before = pair[0](z)
    pair[0].show(16, fading=True)
    pair[0].alpha.assign(0.0)
    np.testing.assert_array_equal(pair[0](z), repeated(before))


def test_a_fade_begins_with_the_old_judgement_of_the_halved_picture(pair):
    coarse = np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype("float32")
    pair[1].show(8, fading=False)
    before = pair[1](coarse)
    pair[1].show(16, fading=True)
    pair[1].alpha.assign(0.0)
    np.testing.assert_allclose(pair[1](repeated(coarse)), before, rtol=1e-5, atol=1e-6)


def test_a_fade_ends_with_the_new_level_alone(pair):
    z, x = tf.random.normal((3, 8), seed=1), tf.random.normal((3, 16, 16, 3), seed=2)
    for network, example in zip(pair, (z, x), strict=True):
        network.show(16, fading=False)
        alone = network(example)
        network.show(16, fading=True)
        network.alpha.assign(1.0)
        np.testing.assert_allclose(network(example), alone, rtol=1e-5, atol=1e-6)


def test_at_the_end_of_a_fade_the_old_pictures_layer_gets_no_gradient(pair):
    generator = pair[0]
    generator.show(16, fading=True)
    generator.alpha.assign(1.0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(generator(tf.ones((2, 8))) ** 2)
    old, new = tape.gradient(loss, [generator.to_rgb[level].trainable_weights[0].value for level in (1, 2)])
    assert not np.any(old)
    assert np.any(new)


def test_half_way_both_count_half(pair):
    generator, z = pair[0], tf.random.normal((2, 8), seed=1)
    generator.show(16, fading=True)
    pictures = []
    for alpha in (0.0, 0.5, 1.0):
        generator.alpha.assign(alpha)
        pictures.append(np.asarray(generator(z)))
    np.testing.assert_allclose(pictures[1], (pictures[0] + pictures[2]) / 2, atol=1e-6)


def test_the_label_is_normalised_with_the_latent():
    """Pixel normalisation of (latent, one-hot): a long latent makes the label small."""
    generator = progan.build_generator(4, latent=8, classes=3, **SMALL)
    z = tf.random.normal((2, 8), seed=1)

    def effect(length):
        pictures = [np.asarray(generator({"latent": length * z, "label": tf.fill((2,), label)})) for label in (0, 1)]
        return np.abs(pictures[0] - pictures[1]).max()

    assert effect(1000.0) < 0.02 * effect(1.0)


def test_a_saved_network_shows_the_level_it_was_saved_at(pair, tmp_path):
    generator = pair[0]
    generator.show(8, fading=True)
    generator.alpha.assign(0.25)
    generator.save(tmp_path / "g.keras")
    loaded = keras.models.load_model(tmp_path / "g.keras")
    z = tf.random.normal((2, 8), seed=1)
    assert loaded.output_shape == (None, 8, 8, 3)
    np.testing.assert_array_equal(loaded(z), generator(z))


@pytest.mark.parametrize("size", [12, 3, 2, 0, 33])
def test_sizes_that_are_no_power_of_two_are_refused(size):
    for build in (progan.build_generator, progan.build_discriminator):
        with pytest.raises(ConfigError, match=r"`size` must be"):
            build(size)
