"""The U-Net and the discriminator of patches: counts, patches, noise, sizes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from gan_core.errors import ConfigError
from gan_core.testing import check_network, count_parameters
from gan_vision.models.pix2pix import build_discriminator, build_generator


@pytest.mark.parametrize(("size", "trainable", "fixed"), [
    (256, 54_414_531, 9_856), (128, 41_829_571, 7_808), (64, 29_244_611, 5_760)])
@pytest.mark.parametrize("normalization", ["batch", "instance"])
def test_the_generator_has_the_authors_parameters(size, trainable, fixed, normalization):
    built = build_generator(size, normalization=normalization)
    assert count_parameters(built) == (trainable, fixed if normalization == "batch" else 0)


def test_the_books_generator_has_its_parameters():
    assert build_generator(256, variant="book").count_params() == 41_843_331


@pytest.mark.parametrize(("halvings", "trainable", "total"), [
    (0, 9_025, 9_281), (1, 139_585, 139_841), (2, 666_433, 667_201), (3, 2_768_705, 2_770_497),
    (4, 6_964_033, 6_966_849), (5, 11_159_361, 11_163_201)])
def test_the_discriminator_has_the_authors_parameters(halvings, trainable, total):
    assert count_parameters(build_discriminator(halvings=halvings, normalization="batch")) == (trainable, total - trainable)
    assert count_parameters(build_discriminator(halvings=halvings)) == (trainable, 0)


@pytest.mark.parametrize(("halvings", "patch"), [(0, 1), (1, 16), (2, 34), (3, 70), (4, 142)])
def test_a_logit_sees_a_patch(halvings, patch):
    """The width of the gradient of one logit in the middle. Normalising would make every pixel count a little."""
    built = build_discriminator(halvings=halvings, width=2, normalization="batch")
    side = 2 * patch + 2 ** (halvings + 3)
    picture = tf.random.stateless_normal((1, side, side, 3), (0, 1))
    with tf.GradientTape() as tape:
        tape.watch(picture)
        logits = built([picture, tf.zeros_like(picture)], training=False)
        middle = logits[0, logits.shape[1] // 2, logits.shape[2] // 2, 0]
    seen = np.abs(tape.gradient(middle, picture).numpy()).max(axis=(0, 3)) > 0
    assert [int(seen.any(axis).sum()) for axis in (0, 1)] == [patch, patch]


def test_a_picture_of_256_pixels_has_30_by_30_patches():
    assert build_discriminator(256).output_shape == (None, 30, 30, 1)


@pytest.mark.parametrize("options", [{}, {"normalization": "batch"}, {"size": (32, 64)}, {"size": (48, 80), "levels": 4},
                                     {"channels": 1, "source_channels": 4}])
def test_generators_keep_the_contract(options):
    options = {"size": 32, "channels": 3, "source_channels": 3, "width": 4, **options}
    height, breadth = np.broadcast_to(options["size"], 2).tolist()
    check_network(lambda: build_generator(**options), inputs={"source": (height, breadth, options["source_channels"])},
                  output=(height, breadth, options["channels"]), value_range=(-1, 1), batches=(1, 3))


def test_the_books_generator_keeps_the_contract():
    check_network(lambda: build_generator(64, width=2, variant="book"), inputs={"source": (64, 64, 3)},
                  output=(64, 64, 3), value_range=(-1, 1), batches=(1, 3))


@pytest.mark.parametrize(("halvings", "size"), [(0, (5, 7)), (1, (16, 20)), (3, (32, 64)), (3, (37, 51))])
@pytest.mark.parametrize("conditional", [True, False])
def test_discriminators_keep_the_contract_at_any_size(halvings, size, conditional):
    inputs = {"sample": (*size, 3), "source": (*size, 1)} if conditional else {"sample": (*size, 3)}
    check_network(lambda: build_discriminator(None, 3, source_channels=1, width=4, halvings=halvings, conditional=conditional),
                  inputs=inputs, output=(None, None, 1), batches=(1, 3))


def test_the_discriminator_sees_the_source():
    built, picture = build_discriminator(16, width=4, halvings=1), tf.random.stateless_normal((1, 16, 16, 3), (0, 1))
    assert not np.allclose(built([picture, picture]), built([picture, -picture]))


def test_dropout_is_the_noise():
    built, source = build_generator(32, width=4), tf.random.stateless_normal((1, 32, 32, 3), (0, 1))
    again = [[built(source, training=training).numpy() for _ in range(2)] for training in (False, True)]
    assert np.array_equal(*again[0])
    assert not np.allclose(*again[1])


def test_three_blocks_drop_half_and_the_books_all():
    def dropped(built):
        return [layer.rate for layer in built.layers if isinstance(layer, layers.Dropout)]

    assert dropped(build_generator(64, width=2)) == [0.5] * 3
    assert dropped(build_generator(128, width=2, variant="book")) == [0.5] * 5


@pytest.mark.parametrize("normalization", ["instance", "batch"])
def test_biases_are_where_no_normalisation_follows(normalization):
    generator, discriminator = (build(64, width=2, normalization=normalization)
                                for build in (build_generator, build_discriminator))
    for built, with_bias in ((generator, 3), (discriminator, 2)):  # the first, the innermost, the last
        convolutions = [layer for layer in built.layers if isinstance(layer, layers.Conv2D | layers.Conv2DTranspose)]
        assert sum(layer.use_bias for layer in convolutions) == with_bias


def test_weights_are_drawn_as_published():
    built = build_generator(64, width=32)
    kernels = np.concatenate([layer.kernel.numpy().ravel() for layer in built.layers if hasattr(layer, "kernel")])
    scales = np.concatenate([layer.gamma.numpy() for layer in built.layers if isinstance(layer, layers.GroupNormalization)])
    assert abs(kernels.std() - 0.02) < 1e-4
    assert abs(scales.mean() - 1) < 0.005
    assert abs(scales.std() - 0.02) < 0.002


def test_a_batch_of_one_survives_the_map_of_one_pixel():
    """Normalised, its only value would be zero for every source, and no gradient would pass."""
    built, source = build_generator(32, width=4), tf.random.stateless_normal((1, 32, 32, 3), (0, 1))
    inner = [layer for layer in built.layers if isinstance(layer, layers.Conv2D)][4]
    assert inner.output.shape[1:3] == (1, 1)
    assert np.abs(keras.Model(built.inputs, inner.output)(source)).max() > 0


@pytest.mark.parametrize(("build", "message"), [
    (lambda: build_generator(100), "power of two of at least 32 on its shorter side, unless `levels`.*Received: size=100"),
    (lambda: build_generator(16), "at least 32 on its shorter side.*Received: size=16"),
    (lambda: build_generator(32, variant="book"), "at least 64 on its shorter side"),
    (lambda: build_generator((64, 100)), r"multiple of 64 = 2\^levels. Received: size=64x100, levels=6. Use 64 or 128 instead of 100"),
    (lambda: build_generator(100, levels=4), "multiple of 16.*Received: size=100, levels=4. Use 96 or 112 instead of 100"),
    (lambda: build_generator(8, levels=4), "Use 16 instead of 8"),
    (lambda: build_generator(64, levels=3), "`levels` must be a whole number of at least 4. Received: levels=3"),
    (lambda: build_generator((1, 2, 3)), r"`size` must be a whole number of pixels.*or a pair \(height, width\). Received: size=\(1, 2, 3\)"),
    (lambda: build_generator(64, normalization="layer"), "unknown `normalization`. Received: 'layer'"),
    (lambda: build_generator(64, variant="bok"), "unknown `variant`. Received: 'bok'. Did you mean 'book'"),
    (lambda: build_generator(64, dropout=1), r"`dropout` must lie in \[0, 1\). Received: dropout=1"),
    (lambda: build_discriminator(halvings=-1), "`halvings` must be a whole number of at least 0. Received: halvings=-1"),
    (lambda: build_discriminator((64, 23)), r"at least 24 pixels for 3 halvings. Received: size=64x23"),
])
def test_what_cannot_be_built_is_explained(build, message):
    with pytest.raises(ConfigError, match=message):
        build()


def test_the_smallest_picture_of_a_patch_gives_a_logit():
    assert build_discriminator(24, width=2).output_shape == (None, 1, 1, 1)
