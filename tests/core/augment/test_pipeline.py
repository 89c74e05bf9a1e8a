import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import LINES, PRESETS, Pipeline
from gan_core.augment.geometry import KERAS_EXAMPLE
from gan_core.augment.warp import warp
from gan_core.errors import ConfigError
from gan_core.random import Stream

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.uniform(-1, 1, (6, 8, 8, 3)).astype("float32")
ALL = (*((line,) for line in LINES), "keras_example")
#: How often a drawn line is visible, where it may draw the neutral element: 8 pixels, so that shifts are -1, 0, 0, 1.
VISIBLE = {"x_flip": 1 / 2, "rotate90": 3 / 4, "integer_translation": 3 / 4, "luma_flip": 1 / 2}


def name_of(lines):
    return lines if isinstance(lines, str) else lines[0]


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1)])
@pytest.mark.parametrize("resample", ["bilinear", "antialiased"])
@pytest.mark.parametrize("lines", ALL, ids=name_of)
def test_probability_zero_is_the_identity_bit_for_bit(lines, resample, value_range):
    images = np.where(IMAGES > 0.8, -0.0, IMAGES)
    result = Pipeline(lines, resample=resample, value_range=value_range)(tf.constant(images), 0.0, Stream(0, 0))
    assert result.numpy().tobytes() == images.tobytes()


@pytest.mark.parametrize("lines", ALL, ids=name_of)
def test_a_line_is_applied_with_its_probability(lines):
    count, probability = 10_000, 0.3
    images = tf.tile(tf.constant(IMAGES[:1]), (count, 1, 1, 1))
    changed = tf.reduce_any(Pipeline(lines)(images, probability, Stream(1, 0)) != images, axis=(1, 2, 3)).numpy()
    expected = probability * VISIBLE.get(name_of(lines), 1.0)
    if name_of(lines).endswith("_rotation"):
        expected = 1 - (1 - probability) ** 0.5
    assert changed.mean() == pytest.approx(expected, abs=4 * (expected * (1 - expected) / count) ** 0.5)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("lines", ALL, ids=name_of)
def test_the_gradient_equals_finite_differences(lines, channels):
    images, weight, direction = (tf.random.stateless_normal((6, 8, 8, channels), (0, key)) for key in range(3))

    def value(samples):
        return tf.reduce_sum(weight * Pipeline(lines)(samples, 1.0, Stream(2, 0)))

    with tf.GradientTape() as tape:
        tape.watch(images)
        result = value(images)
    # Every line is affine in the image, so that a wide difference is exact but for rounding.
    slope = (value(images + direction) - value(images - direction)) / 2
    assert float(tf.reduce_sum(tape.gradient(result, images) * direction)) == pytest.approx(float(slope), rel=1e-3, abs=5e-3)


@pytest.mark.parametrize("preset", ["bgcfnc", "keras_example"])
def test_changing_one_image_leaves_the_others_as_they_are(preset):
    changed = IMAGES.copy()
    changed[2] = 0.9
    before, after = (Pipeline(preset)(tf.constant(images), 0.9, Stream(0, 0)).numpy() for images in (IMAGES, changed))
    np.testing.assert_array_equal(np.delete(before, 2, 0), np.delete(after, 2, 0))
    assert (before[2] != after[2]).any()


def test_all_lines_run_in_a_graph_with_unknown_batch_size():
    pipeline = Pipeline("bgcfnc", resample="antialiased")

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 3)), tf.TensorSpec((), tf.int64)], autograph=False)
    def run(images, step):
        return pipeline(images, 0.7, Stream(0, step))

    for count in (1, 6):
        np.testing.assert_allclose(run(IMAGES[:count], 3), pipeline(tf.constant(IMAGES[:count]), 0.7, Stream(0, 3)), atol=1e-4)


def test_an_empty_batch_stays_empty():
    assert Pipeline("bgcfnc")(tf.zeros((0, 8, 8, 3)), 0.5, Stream(0, 0)).shape == (0, 8, 8, 3)


def test_lines_of_a_set_are_applied_independently():
    images = tf.tile(tf.constant(IMAGES[:1]), (10_000, 1, 1, 1))
    same = tf.reduce_all(Pipeline(("brightness", "noise"))(images, 0.3, Stream(0, 0)) == images, axis=(1, 2, 3))
    assert same.numpy().mean() == pytest.approx(0.49, abs=4 * 0.5 / 100)


def test_the_steps_differ_and_repeat():
    first, again, other = (Pipeline("bgc")(tf.constant(IMAGES), 0.9, Stream(0, step)) for step in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert tf.reduce_any(first != other)


@pytest.mark.parametrize("preset", ["bgcfnc", "keras_example"])
def test_the_value_range_only_rescales(preset):
    signed = Pipeline(preset)(tf.constant(IMAGES), 0.9, Stream(0, 0))
    unsigned = Pipeline(preset, value_range=(0, 1))(tf.constant((IMAGES + 1) / 2), 0.9, Stream(0, 0))
    np.testing.assert_allclose(unsigned * 2 - 1, signed, atol=1e-4)


def test_nothing_is_clipped():
    result = Pipeline("color")(tf.tile(tf.constant(IMAGES), (20, 1, 1, 1)), 1.0, Stream(0, 0))
    assert float(tf.reduce_max(tf.abs(result))) > 1.2


def test_the_sets_have_the_lines_of_the_paper():
    assert len(PRESETS["bgc"]) == 13  # 12 independent ones: the two rotations share one probability
    assert PRESETS["bg"] == PRESETS["blit"] + PRESETS["geom"]
    assert PRESETS["bgcfnc"] == LINES


@pytest.mark.parametrize(("arguments", "message"), [
    ({"transforms": "bcg"}, r"`transforms`. Received: 'bcg'. Did you mean '"),
    ({"transforms": ("x_flip", "hues")}, r"line of `transforms`. Received: 'hues'. Did you mean 'hue'"),
    ({"resample": "nearest"}, r"`resample`. Received: 'nearest'"),
    ({"value_range": (1, -1)}, r"`value_range`"),
])
def test_wrong_options_are_refused_by_name(arguments, message):
    with pytest.raises(ConfigError, match=message):
        Pipeline(**arguments)


def test_colour_of_two_channels_is_refused():
    with pytest.raises(ConfigError, match="channels=2"):
        Pipeline("color")(tf.zeros((1, 4, 4, 2)), 0.5, Stream(0, 0))


def test_a_gradient_penalty_through_all_lines_reaches_the_discriminator():
    kernel = tf.Variable(tf.random.stateless_normal((3, 3, 3, 4), (5, 5)))
    images = tf.constant(IMAGES)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(images)
            seen = Pipeline("bgcfnc")(images, 0.8, Stream(0, 0))
            logits = tf.reduce_sum(tf.tanh(tf.nn.conv2d(seen, kernel, 1, "SAME")), axis=(1, 2, 3))
        penalty = tf.reduce_sum(inner.gradient(logits, images) ** 2)
    gradient = outer.gradient(penalty, kernel)
    assert gradient is not None
    assert np.isfinite(gradient).all()
    assert float(tf.norm(gradient)) > 0


KERAS_LAYERS = {
    "flip": lambda: keras.layers.RandomFlip("horizontal", seed=1),
    "translation": lambda: keras.layers.RandomTranslation(0.125, 0.125, fill_mode="reflect", interpolation="nearest", seed=2),
    "rotation": lambda: keras.layers.RandomRotation(0.125, fill_mode="reflect", seed=3),
    "zoom": lambda: keras.layers.RandomZoom((-0.25, 0.0), (-0.25, 0.0), fill_mode="reflect", seed=4),
}


def largest_difference(ours, theirs, power):
    """Over all pixels, of the mean of the power: absolute, and in standard errors."""
    a, b = np.asarray(ours) ** power, np.asarray(theirs) ** power
    difference = np.abs(a.mean(0) - b.mean(0))
    error = np.sqrt((a.var(0) + b.var(0)) / len(a))
    return difference.max(), (difference / np.maximum(error, 1e-7)).max()


@pytest.mark.parametrize("line", KERAS_EXAMPLE)
def test_each_line_of_the_keras_example_has_the_statistics_of_its_layer(line):
    images = tf.constant(np.repeat(RANDOM.uniform(-1, 1, (1, 10, 10, 1)).astype("float32"), 10_000, axis=0))
    theirs = KERAS_LAYERS[line]()(images, training=True)
    ours = warp(images, KERAS_EXAMPLE[line](Stream(0, 0), 10_000, 10.0, 10.0), mode="symmetric")
    for power in (1, 2):
        assert largest_difference(ours, theirs, power)[1] < 4.5


def test_the_keras_example_has_the_statistics_of_the_chain_of_layers():
    # One warp instead of three: less blur, and a corner seen across two edges differs. So: smooth, and a bound.
    y, x = np.meshgrid(np.linspace(0, 1, 12), np.linspace(0, 1, 12), indexing="ij")
    image = np.sin(3 * x + 1) * np.cos(2 * y) + 0.5 * x - 0.3 * y * x
    images = theirs = tf.constant(np.repeat(image.astype("float32")[np.newaxis, ..., np.newaxis], 20_000, axis=0))
    for layer in KERAS_LAYERS.values():
        theirs = layer()(theirs, training=True)
    ours = Pipeline("keras_example")(images, 1.0, Stream(0, 0))
    for power in (1, 2):
        assert largest_difference(ours, theirs, power)[0] < 0.012


# ---------------------------------------------------------------------------------------------- opacity

CLEAR = RANDOM.uniform(0, 1, (6, 8, 8, 4)).astype("float32")


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1), (0, 255)])
def test_colour_leaves_opacity_bit_for_bit_and_does_to_rgb_what_it_does_without(value_range):
    pipeline = Pipeline("color", value_range=value_range)
    images = value_range[0] + CLEAR * (value_range[1] - value_range[0])
    found = pipeline(tf.constant(images), 1.0, Stream(3, 0)).numpy()
    assert found[..., 3].tobytes() == images[..., 3].tobytes()
    np.testing.assert_array_equal(found[..., :3], pipeline(tf.constant(images[..., :3]), 1.0, Stream(3, 0)))
    assert not np.array_equal(found[..., :3], images[..., :3])


@pytest.mark.parametrize("lines", ["blit", "geom", "filter", "cutout", "keras_example"])
def test_all_but_colour_treats_opacity_as_it_treats_a_colour(lines):
    """Four equal channels stay equal."""
    images = np.repeat(CLEAR[..., :1], 4, axis=-1)
    found = Pipeline(lines)(tf.constant(images), 1.0, Stream(4, 0)).numpy()
    assert not np.array_equal(found, images)
    np.testing.assert_array_equal(found[..., 3], found[..., 0])


def test_noise_is_drawn_for_opacity_too():
    found = Pipeline("noise")(tf.constant(CLEAR), 1.0, Stream(5, 0)).numpy()
    assert (found[..., 3] != CLEAR[..., 3]).mean() > 0.99


def test_geometry_moves_opacity_where_colour_is_drawn_beside_it():
    found = Pipeline("bgc", value_range=(0, 1))(tf.constant(CLEAR), 1.0, Stream(6, 0)).numpy()
    alone = Pipeline("bg", value_range=(0, 1))(tf.constant(CLEAR), 1.0, Stream(6, 0)).numpy()
    np.testing.assert_array_equal(found[..., 3], alone[..., 3])
