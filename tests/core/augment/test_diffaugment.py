import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import DiffAugment
from gan_core.augment.diffaugment import color, cutout, translation
from gan_core.errors import ConfigError
from gan_core.random import Stream

COUNT, STREAM = 5000, Stream(0, 0)


def uniform(sample, low, high):
    """Mean and standard deviation of U(low, high), and its bounds."""
    width = high - low
    assert low <= sample.min() < low + 0.02 * width
    assert high - 0.02 * width < sample.max() <= high
    assert sample.mean() == pytest.approx((low + high) / 2, abs=4 * width / 12**0.5 / COUNT**0.5)
    assert sample.std() == pytest.approx(width / 12**0.5, rel=0.05)


def test_brightness_adds_up_to_one_half():
    # Of a constant image saturation and contrast change nothing.
    result = color(tf.fill((COUNT, 2, 2, 3), 0.25), {}, STREAM)[0].numpy() - 0.25
    assert np.ptp(result, axis=(1, 2, 3)).max() < 1e-6
    uniform(result[:, 0, 0, 0], -0.5, 0.5)


def test_contrast_scales_grey_differences_by_half_to_three_halves():
    grey = np.array([-0.5, 0.5], "float32").reshape(1, 1, 2, 1)
    result = color(tf.constant(np.tile(grey, (COUNT, 1, 1, 3))), {}, STREAM)[0].numpy()
    uniform(result[:, 0, 1, 0] - result[:, 0, 0, 0], 0.5 - 1e-6, 1.5 + 1e-6)


def test_saturation_scales_colour_differences_by_up_to_two():
    # Both pixels carry the same grey difference as colour difference: their ratio is the saturation.
    pixels = np.array([[-0.5, -0.5, -0.5], [0.5, 0.5, 0.5], [0.5, -0.5, 0.0]], "float32").reshape(1, 1, 3, 3)
    result = color(tf.constant(np.tile(pixels, (COUNT, 1, 1, 1))), {}, STREAM)[0].numpy()
    contrast = result[:, 0, 1, 0] - result[:, 0, 0, 0]
    uniform((result[:, 0, 2, 0] - result[:, 0, 2, 1]) / contrast, 0 - 1e-5, 2 + 1e-5)


def test_one_channel_has_no_saturation():
    grey = np.array([-0.5, 0.5], "float32").reshape(1, 1, 2, 1)
    result = color(tf.constant(np.tile(grey, (COUNT, 1, 1, 1))), {}, STREAM)[0].numpy()
    uniform(result[:, 0, 1, 0] - result[:, 0, 0, 0], 0.5 - 1e-6, 1.5 + 1e-6)


def test_translation_is_uniform_on_whole_pixels_and_fills_with_zeros():
    image = np.arange(1, 8 * 12 + 1, dtype="float32").reshape(1, 8, 12, 1)
    result = translation(tf.constant(np.tile(image, (COUNT, 1, 1, 1))), {}, STREAM)[0].numpy()
    # ⌊8/8 + 1/2⌋ = 1 and ⌊12/8 + 1/2⌋ = 2.
    padded = np.pad(image, ((0, 0), (1, 1), (2, 2), (0, 0)))
    found = np.zeros((3, 5))
    for y in range(3):
        for x in range(5):
            found[y, x] = (result == padded[:, y : y + 8, x : x + 12]).all((1, 2, 3)).mean()
    np.testing.assert_allclose(found, 1 / 15, atol=4 * (14 / 225 / COUNT) ** 0.5)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize(("size", "hole"), [(8, 4), (9, 5)])
def test_cutout_zeroes_a_square_of_half_the_side(size, hole):
    holes = cutout(tf.ones((COUNT, size, size, 3)), {}, STREAM)[0].numpy()[..., 0] == 0
    rows = holes.any(2)
    np.testing.assert_array_equal(holes, rows[:, :, None] & holes.any(1)[:, None, :])
    assert rows.sum(1).max() == hole
    # Every centre has the same chance: the hole begins at -half, ..., size - half.
    assert rows[:, 0].mean() == pytest.approx((hole // 2 + 1) / (size + 1) if size % 2 == 0 else 3 / 9, abs=0.03)


def test_parts_follow_in_the_order_of_the_policy():
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 3)), tf.float32)
    expected, _ = color(*cutout(images, {}, STREAM.scoped("cutout")), STREAM.scoped("color"))
    np.testing.assert_array_equal(DiffAugment("cutout, color")(images, STREAM), expected)


def test_the_value_range_only_rescales():
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 3)), tf.float32)
    unsigned = DiffAugment(value_range=(0, 1))((images + 1) / 2, STREAM)
    np.testing.assert_allclose(unsigned * 2 - 1, DiffAugment()(images, STREAM), atol=1e-5)


def test_changing_one_image_leaves_the_others_as_they_are():
    images = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 3)).astype("float32")
    changed = images.copy()
    changed[1] = 0.9
    before, after = (DiffAugment()(tf.constant(batch), STREAM).numpy() for batch in (images, changed))
    np.testing.assert_array_equal(np.delete(before, 1, 0), np.delete(after, 1, 0))


@pytest.mark.parametrize("policy", ["color", "translation", "cutout", "color,translation,cutout"])
def test_the_gradient_equals_finite_differences(policy):
    images, weight, direction = (tf.random.stateless_normal((4, 8, 8, 3), (0, key)) for key in range(3))

    def value(samples):
        return tf.reduce_sum(weight * DiffAugment(policy)(samples, STREAM))

    with tf.GradientTape() as tape:
        tape.watch(images)
        result = value(images)
    slope = (value(images + direction) - value(images - direction)) / 2
    assert float(tf.reduce_sum(tape.gradient(result, images) * direction)) == pytest.approx(float(slope), rel=1e-3, abs=1e-3)


def test_it_runs_in_a_graph_with_unknown_batch_size():
    run = tf.function(lambda images: DiffAugment()(images, STREAM), autograph=False,
                      input_signature=[tf.TensorSpec((None, 8, 8, 3))])
    images = tf.ones((3, 8, 8, 3))
    np.testing.assert_allclose(run(images), DiffAugment()(images, STREAM), atol=1e-5)


def test_it_comes_back_from_its_configuration():
    augment = DiffAugment("cutout", value_range=(0, 1))
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(augment))
    images = tf.ones((3, 8, 8, 3))
    np.testing.assert_array_equal(copy(images, STREAM), augment(images, STREAM))


@pytest.mark.parametrize(("arguments", "message"), [
    ({"policy": ""}, r"`policy` must name at least one part. Received: policy=''"),
    ({"policy": "color,cutuot"}, r"part of `policy`. Received: 'cutuot'. Did you mean 'cutout'"),
    ({"value_range": (1, 0)}, r"`value_range`"),
    ({"value_range": None}, r"`value_range`"),
])
def test_wrong_options_are_refused(arguments, message):
    with pytest.raises(ConfigError, match=message):
        DiffAugment(**arguments)


@pytest.mark.parametrize("value_range", [(-1, 1), (0, 1)])
def test_colour_leaves_opacity_bit_for_bit_and_does_to_rgb_what_it_does_without(value_range):
    images = tf.random.stateless_uniform((5, 6, 6, 4), (0, 1))
    augment = DiffAugment("color", value_range=value_range)
    found = augment(images, STREAM).numpy()
    np.testing.assert_array_equal(found[..., 3], images[..., 3])
    np.testing.assert_array_equal(found[..., :3], augment(images[..., :3], STREAM))


def test_shifts_and_holes_take_opacity_with_them():
    images = tf.ones((50, 8, 8, 4))
    found = DiffAugment("translation,cutout")(images, STREAM).numpy()
    assert (found == 0).any()
    np.testing.assert_array_equal(found[..., 3], found[..., 0])
