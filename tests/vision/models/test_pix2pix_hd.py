"""The generators, coarse to fine, and the discriminators of several scales: counts, parts, sizes."""

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.layers import ReflectionPadding2D
from gan_vision.models.pix2pix_hd import build_discriminator, build_feature_encoder, build_generator

TINY = {"channels": 3, "source_channels": 5, "width": 2, "halvings": 2, "blocks": 1}


@pytest.mark.slow
@pytest.mark.parametrize(("options", "count"), [
    ({}, 182_546_755), ({"halvings": 3}, 45_696_835), ({"width": 32, "enhancers": 1}, 182_857_059)])
def test_generators_have_the_authors_parameters(options, count):
    assert count_parameters(build_generator((64, 64), **options)) == (count, 0)


def test_discriminators_have_the_authors_parameters_and_widths():
    built = build_discriminator()
    assert count_parameters(built) == (2_801_601, 0)
    assert [feature.shape[-1] for feature in built.output["features"]] == [64, 128, 256, 512]


@pytest.mark.parametrize(("size", "enhancers"), [(16, 0), ((8, 16), 0), ((16, 24), 1), (32, 2)])
def test_generators_keep_the_contract(size, enhancers):
    height, breadth = np.broadcast_to(size, 2).tolist()
    check_network(lambda: build_generator(size, **TINY, enhancers=enhancers), inputs={"source": (height, breadth, 5)},
                  output=(height, breadth, 3), value_range=(-1, 1), batches=(1, 3))


@pytest.mark.parametrize(("size", "scale"), [((16, 24), 0), ((21, 35), 1)])
def test_discriminators_keep_the_contract_at_any_size(size, scale):
    check_network(lambda: build_discriminator(channels=3, source_channels=5, width=2, halvings=2, scale=scale),
                  inputs={"sample": (*size, 3), "source": (*size, 5)}, output=(None, None, 1), batches=(1, 3))


def test_a_discriminator_halves_the_picture_and_nothing_else():
    """Scale 1 answers what scale 0 with its weights answers to pictures of half the size."""
    full, half = (build_discriminator(width=2, halvings=2, source_channels=5, scale=scale) for scale in (0, 1))
    full.set_weights(half.get_weights())
    sample, source = (tf.random.stateless_normal((2, 32, 48, channels), (channels, 0)) for channels in (3, 5))
    smaller = [layers.AveragePooling2D(3, strides=2, padding="same")(picture) for picture in (sample, source)]
    np.testing.assert_allclose(half([sample, source])["logits"], full(smaller)["logits"], atol=1e-5)


def test_the_global_generator_inside_an_enhancer_is_the_one_alone():
    """Its weights fit, and it is shown the picture at half the size: what a phase of training takes over works on."""
    alone = build_generator((8, 16), **{**TINY, "width": 4})
    around = build_generator((16, 32), **TINY, enhancers=1)
    around.get_layer("global").set_weights(alone.get_layer("global").get_weights())
    source = tf.random.stateless_normal((1, 16, 32, 5), (0, 1))
    smaller = layers.AveragePooling2D(3, strides=2, padding="same")(source)
    features = alone.get_layer("global")(smaller)
    enhanced = around.get_layer("enhancer_1")([source, features])
    expected = around.get_layer("image")(ReflectionPadding2D(3)(enhanced))
    np.testing.assert_allclose(around(source), expected, atol=1e-5)


def test_the_parts_of_a_generator_share_no_variable_and_leave_out_only_the_end():
    built = build_generator(32, **TINY, enhancers=2)
    parts = [built.get_layer(name) for name in ("global", "enhancer_1", "enhancer_2", "image")]
    counted = [len(part.trainable_variables) for part in parts]
    assert counted[-1] == 2
    assert sum(counted) == len(built.trainable_variables)
    assert len({id(variable) for part in parts for variable in part.trainable_variables}) == sum(counted)
    assert [part.output.shape[-1] for part in parts] == [8, 4, 2, 3]


def test_nothing_has_a_scale_or_a_shift_and_every_convolution_a_bias():
    built = build_generator(16, **TINY)
    inner = built.get_layer("global").layers
    norms = [layer for layer in inner if isinstance(layer, layers.GroupNormalization)]
    assert norms
    assert not any(layer.weights for layer in norms)
    assert all(layer.use_bias for layer in inner if isinstance(layer, layers.Conv2D | layers.Conv2DTranspose))


@pytest.mark.parametrize(("build", "message"), [
    (lambda: build_generator((512, 1000)), "multiple of 16 = 2.halvings, at least 32. Received: size=512x1000, halvings=4. Use 992 or 1008"),
    (lambda: build_generator(16), "at least 32. Received: size=16, halvings=4. Use 32 instead of 16"),
    (lambda: build_generator((512, 1008), enhancers=1),
     r"multiple of 32 = 2\^\(halvings \+ enhancers\).*Received: size=512x1008.*Use 992 or 1024 instead of 1008"),
    (lambda: build_generator(64, enhancers=-1), "`enhancers` must be a whole number of at least 0. Received: enhancers=-1"),
    (lambda: build_discriminator(scale=-1), "`scale` must be a whole number of at least 0. Received: scale=-1"),
    (lambda: build_discriminator(32, scale=2), "at least 33 pixels for 3 halvings at scale 2. Received: size=32"),
    (lambda: build_discriminator(halvings=0), "`halvings` must be a positive whole number"),
])
def test_what_cannot_be_built_is_explained(build, message):
    with pytest.raises(ConfigError, match=message):
        build()


class TestFeatureEncoder:
    IDS = np.random.default_rng(0).integers(0, 4, (7, 16, 16)).astype("int32")

    def test_it_has_the_authors_parameters(self):
        assert count_parameters(build_feature_encoder((64, 64))) == (788_803, 0)

    def test_it_keeps_the_contract(self):
        check_network(lambda: build_feature_encoder(16, width=2, halvings=2),
                      inputs={"real": (16, 16, 3), "instances": lambda count: self.IDS[:count]}, output=(16, 16, 3),
                      value_range=(-1, 1), batches=(1, 3))

    def test_an_instance_has_one_vector(self):
        built, real = build_feature_encoder(16, width=2, halvings=2), tf.random.stateless_normal((1, 16, 16, 3), (0, 1))
        found, ids = built([real, tf.constant(self.IDS[:1])]).numpy()[0], self.IDS[0]
        vectors = [found[ids == instance] for instance in range(4)]
        assert all(np.ptp(vector, axis=0).max() < 1e-6 for vector in vectors)
        assert len({vector[0].tobytes() for vector in vectors}) == 4
