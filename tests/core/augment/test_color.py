import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment.color import COLOR, apply_color, check_channels, color_matrix
from gan_core.errors import ConfigError
from gan_core.random import Stream

COUNT = 10_000
GREY = np.ones(3) / 3**0.5


def draw(*lines, probability=1.0, channels=3, count=COUNT):
    return color_matrix(lines, tf.constant(probability), Stream(0, 0), count, channels).numpy().astype("float64")


def test_brightness_adds_one_normal_number_to_all_channels():
    matrix = draw("brightness")
    np.testing.assert_array_equal(matrix[:, :, :3], np.broadcast_to(np.eye(4)[:, :3], (COUNT, 4, 3)))
    np.testing.assert_array_equal(matrix[:, 0, 3], matrix[:, 2, 3])
    assert np.mean(matrix[:, 0, 3]) == pytest.approx(0, abs=4 * 0.2 / 100)
    assert np.std(matrix[:, 0, 3]) == pytest.approx(0.2, rel=0.03)


def test_contrast_multiplies_by_a_log_normal_gain():
    matrix = draw("contrast")
    gain = matrix[:, 0, 0]
    np.testing.assert_array_equal(matrix, gain[:, None, None] * np.diag([1, 1, 1, 0]) + np.diag([0, 0, 0, 1]))
    assert np.std(np.log2(gain)) == pytest.approx(0.5, rel=0.03)


def test_luma_flip_mirrors_grey_and_keeps_the_rest():
    matrix = draw("luma_flip")[:, :3, :3]
    flipped = ~(matrix == np.eye(3)).all((1, 2))
    assert flipped.mean() == pytest.approx(0.5, abs=4 * 0.5 / 100)
    np.testing.assert_allclose(matrix[flipped][0], np.eye(3) - 2 * np.outer(GREY, GREY), atol=1e-6)


def test_hue_rotates_about_grey():
    matrix = draw("hue")[:, :3, :3]
    np.testing.assert_allclose(matrix @ GREY, np.broadcast_to(GREY, (COUNT, 3)), atol=1e-6)
    np.testing.assert_allclose(matrix @ matrix.transpose(0, 2, 1), np.broadcast_to(np.eye(3), (COUNT, 3, 3)), atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(matrix), 1, atol=1e-5)
    angle = np.arccos(np.clip((np.trace(matrix, axis1=1, axis2=2) - 1) / 2, -1, 1))
    assert angle.mean() == pytest.approx(np.pi / 2, abs=4 * np.pi / 12**0.5 / 100)


def test_saturation_scales_the_distance_from_grey():
    matrix = draw("saturation")[:, :3, :3]
    np.testing.assert_allclose(matrix @ GREY, np.broadcast_to(GREY, (COUNT, 3)), atol=1e-5)
    red_green = np.array([1, -1, 0]) / 2**0.5
    gain = (matrix @ red_green) @ red_green
    assert np.std(np.log2(gain)) == pytest.approx(1.0, rel=0.03)


def test_brightness_comes_before_contrast():
    matrix, gain, bias = draw("contrast", "brightness"), draw("contrast")[:, 0, 0], draw("brightness")[:, 0, 3]
    np.testing.assert_allclose(matrix[:, 0, 3], gain * bias, atol=1e-6)


def test_the_matrix_acts_on_every_pixel():
    images = np.random.default_rng(0).uniform(-1, 1, (4, 3, 5, 3)).astype("float32")
    matrix = draw(*COLOR, count=4)
    expected = np.einsum("bij,bhwj->bhwi", matrix[:, :3, :3], images) + matrix[:, None, None, :3, 3]
    np.testing.assert_allclose(apply_color(tf.constant(images), tf.constant(matrix, tf.float32)), expected, atol=1e-4)


def test_one_channel_is_the_mean_of_the_coloured_grey_image():
    grey = np.random.default_rng(0).uniform(-1, 1, (4, 3, 5, 1)).astype("float32")
    matrix = tf.constant(draw("brightness", "contrast", "luma_flip", count=4), tf.float32)
    colored = apply_color(tf.constant(np.repeat(grey, 3, axis=-1)), matrix)
    expected = tf.reduce_mean(colored, axis=-1, keepdims=True)
    np.testing.assert_allclose(apply_color(tf.constant(grey), matrix), expected, atol=1e-5)


def test_a_luma_flip_of_one_channel_is_the_negative():
    flip = np.eye(4, dtype="float32") - 2 * np.pad(np.full((3, 3), 1 / 3, "float32"), (0, 1))
    image = np.array([0.25, -0.5], "float32").reshape(1, 1, 2, 1)
    np.testing.assert_allclose(apply_color(tf.constant(image), tf.constant(flip[None])), -image, atol=1e-6)


@pytest.mark.parametrize("line", ["hue", "saturation"])
def test_hue_and_saturation_leave_one_channel_alone(line):
    np.testing.assert_array_equal(draw(line, channels=1), np.broadcast_to(np.eye(4), (COUNT, 4, 4)))


@pytest.mark.parametrize("channels", [2, 5, None])
def test_other_numbers_of_channels_are_refused(channels):
    with pytest.raises(ConfigError, match=rf"1, 3 or 4 \(RGB and opacity\) `channels`. Received: channels={channels}.*'bg'"):
        check_channels(channels)


def test_opacity_is_no_colour():
    images = tf.random.stateless_uniform((3, 4, 4, 4), (0, 0), -1.0, 1.0)
    matrix = draw("brightness", "hue", channels=4, count=3).astype("float32")
    found = apply_color(images, tf.constant(matrix)).numpy()
    np.testing.assert_array_equal(found[..., 3], images[..., 3])
    np.testing.assert_array_equal(found[..., :3], apply_color(images[..., :3], tf.constant(matrix)))


def test_with_opacity_the_same_colours_are_drawn_as_without():
    np.testing.assert_array_equal(draw(*COLOR, channels=4, count=9), draw(*COLOR, channels=3, count=9))
