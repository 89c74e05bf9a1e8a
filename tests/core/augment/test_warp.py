import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from gan_core.augment import geometry
from gan_core.augment.warp import warp
from gan_core.errors import ConfigError

IMAGES = np.random.default_rng(0).uniform(-1, 1, (3, 8, 10, 2)).astype("float32")



def matrices(*rows):
    return tf.constant([[[a, b, c], [d, e, f], [0, 0, 1]] for a, b, c, d, e, f in rows], tf.float32)


SOME = matrices((0.9, 0.3, 1.4, -0.2, 1.1, -2.3), (0.5, 0.1, 20.2, 0, 0.7, -31.1), (-1.3, 0, 0.2, 0.4, 1.6, 0.5))


def scipy_warp(images, inverse, mode):
    """The same map by SciPy in float64: row and column order, and the centre moved into the offset."""
    center = (np.array(images.shape[1:3]) - 1) / 2
    result = np.empty(images.shape)
    for index, image in enumerate(images.astype("float64")):
        (xx, xy, x1), (yx, yy, y1) = np.float64(inverse[index, :2])
        matrix = np.array([[yy, yx], [xy, xx]])
        offset = np.array([y1, x1]) + center - matrix @ center
        for channel in range(image.shape[-1]):
            result[index, ..., channel] = ndimage.affine_transform(image[..., channel], matrix, offset, order=1, mode=mode)
    return result


@pytest.mark.parametrize(("mode", "scipy_mode"), [("reflect101", "mirror"), ("symmetric", "reflect")])
def test_the_bilinear_warp_equals_scipy(mode, scipy_mode):
    expected = scipy_warp(IMAGES, SOME.numpy(), scipy_mode)
    np.testing.assert_allclose(warp(IMAGES, SOME, mode=mode), expected, atol=5e-5)


@pytest.mark.parametrize("mode", ["reflect101", "symmetric"])
def test_the_identity_is_exact(mode):
    np.testing.assert_array_equal(warp(IMAGES, tf.eye(3, batch_shape=[3]), mode=mode), IMAGES)


def test_a_flip_is_exact():
    np.testing.assert_array_equal(warp(IMAGES, matrices((-1, 0, 0, 0, 1, 0)) + tf.zeros((3, 1, 1))), IMAGES[:, :, ::-1])


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_exact(quarters):
    square = IMAGES[:1, :, :8]
    cosine, sine = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarters]
    turned = warp(square, geometry.rotation(tf.constant([float(cosine)]), tf.constant([float(sine)])))
    # x to the right and y down: positive angles turn clockwise on the screen.
    np.testing.assert_allclose(turned, np.rot90(square, -quarters, axes=(1, 2)), atol=1e-5)


def test_an_integer_shift_is_exact_and_mirrors_without_the_edge():
    shifted = warp(IMAGES[:1], geometry.translation(tf.constant([2.0]), tf.constant([-3.0])))
    expected = np.pad(IMAGES[:1], ((0, 0), (0, 3), (2, 0), (0, 0)), mode="reflect")[:, 3:, :10]
    np.testing.assert_allclose(shifted, expected, atol=1e-5)


def test_enlargement_by_two_samples_the_middle():
    ramp = np.arange(8, dtype="float32").reshape(1, 1, 8, 1)
    enlarged = warp(ramp, geometry.scaling(tf.constant([2.0]), tf.constant([1.0])))
    np.testing.assert_allclose(np.squeeze(enlarged), 3.5 + (np.arange(8) - 3.5) / 2, atol=1e-6)


def test_one_pixel_is_its_own_surroundings():
    np.testing.assert_allclose(warp(np.full((3, 1, 1, 1), 0.7, "float32"), SOME), 0.7, atol=1e-6)


@pytest.mark.parametrize("resample", ["bilinear", "antialiased"])
def test_the_gradient_is_the_adjoint_of_the_warp(resample):
    # Linear map T: <T x, w> = <x, ∇_x <T x, w>> for every w. Keras' own layers fail this (cosine 0.76 to 1).
    weight = tf.random.stateless_normal(IMAGES.shape, (1, 2))
    images = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch(images)
        product = tf.reduce_sum(warp(images, SOME, resample=resample) * weight)
    np.testing.assert_allclose(tf.reduce_sum(tape.gradient(product, images) * images), product, rtol=1e-4)


@pytest.mark.parametrize("resample", ["bilinear", "antialiased"])
def test_second_derivatives_are_finite_and_right(resample):
    # f(x) = Σ (T x)³/6 has the gradient Tᵀ (T x)²/2, whose derivative along v is Tᵀ ((T x) (T v)).
    images, direction = tf.constant(IMAGES), tf.random.stateless_normal(IMAGES.shape, (3, 4))

    def move(samples):
        return warp(samples, SOME, resample=resample)

    with tf.GradientTape() as outer:
        outer.watch(images)
        with tf.GradientTape() as inner:
            inner.watch(images)
            value = tf.reduce_sum(move(images) ** 3) / 6
        slope = tf.reduce_sum(inner.gradient(value, images) * direction)
    second = outer.gradient(slope, images)
    np.testing.assert_allclose(tf.reduce_sum(second * direction),
                               tf.reduce_sum(move(images) * move(direction) ** 2), rtol=1e-3)


def test_the_antialiased_identity_and_integer_shift_return_the_image():
    matrix = matrices((1, 0, 0, 0, 1, 0), (1, 0, 1, 0, 1, -2))
    result = warp(IMAGES[:2], matrix, resample="antialiased").numpy()
    np.testing.assert_allclose(result[0], IMAGES[0], atol=1e-5)
    # At the edge the fine grid is mirrored about a point between pixels: exact only away from it.
    np.testing.assert_allclose(result[1, 5:-3, 3:-4], IMAGES[1, 3:-5, 4:-3], atol=1e-5)


def test_antialiasing_rotates_a_fine_pattern_more_truly():
    position = np.arange(32) - 15.5
    y, x = np.meshgrid(position, position, indexing="ij")

    def wave(angle):
        turned = math.cos(angle) * x + math.sin(angle) * y
        return np.cos(2 * np.pi * 0.3 * turned)[np.newaxis, ..., np.newaxis].astype("float32")

    matrix = geometry.turn(tf.constant([0.6]))
    error = {}
    for resample in ("bilinear", "antialiased"):
        difference = (warp(wave(0.0), matrix, resample=resample) - wave(0.6))[:, 10:22, 10:22]
        error[resample] = float(tf.reduce_mean(difference**2))
    assert error["antialiased"] < 0.35 * error["bilinear"]


def test_antialiasing_keeps_a_constant():
    np.testing.assert_allclose(warp(np.full((3, 9, 6, 1), 0.5, "float32"), SOME, resample="antialiased"), 0.5, atol=2e-3)


def test_the_warp_compiles_under_xla():
    compiled = tf.function(lambda: warp(tf.constant(IMAGES), SOME), jit_compile=True)
    np.testing.assert_allclose(compiled(), warp(IMAGES, SOME), atol=5e-5)


@pytest.mark.parametrize(("option", "message"), [
    ({"mode": "wrap"}, r"`mode`.*'wrap'.*reflect101, symmetric"),
    ({"resample": "cubic"}, r"`resample`.*'cubic'.*antialiased, bilinear"),
])
def test_unknown_options_are_refused_by_name(option, message):
    with pytest.raises(ConfigError, match=message):
        warp(IMAGES, SOME, **option)
