import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.regularizers import R1, R2


def linear(x, condition):
    return tf.reduce_sum(x * [3.0, 4.0], axis=1, keepdims=True)


REAL, FAKE = tf.constant([[1.0, 2.0], [0.5, -1.0]]), tf.constant([[0.0, 1.0], [3.0, 3.0]])


@pytest.mark.parametrize("penalty", [R1, R2])
@pytest.mark.parametrize(("gamma", "expected"), [(10.0, 125.0), (1.0, 12.5)])
def test_the_penalty_of_a_linear_critic(make_forward_pass, penalty, gamma, expected):
    assert float(penalty(gamma)(make_forward_pass(linear, REAL, FAKE))) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("penalty", "samples"), [(R1, REAL), (R2, FAKE)])
def test_r1_looks_at_real_and_r2_at_generated_samples(make_forward_pass, penalty, samples):
    value = penalty(10)(make_forward_pass(lambda x, c: tf.reduce_sum(x**2, 1), REAL, FAKE))  # gradient 2x
    assert float(value) == pytest.approx(5 * np.mean(np.sum(4 * np.asarray(samples) ** 2, 1)), rel=1e-6)


def test_the_derivative_passes_through_the_augmentation(make_forward_pass):
    seen = []

    def critic(x, condition):
        seen.append(np.asarray(x))
        return linear(x, condition)

    value = R1(10)(make_forward_pass(critic, REAL, augment=lambda x, condition, stream: (x * [2.0, 0.0], condition)))
    assert float(value) == pytest.approx(5 * 36.0, rel=1e-6)  # (2·3)² + (0·4)²
    np.testing.assert_allclose(seen[0], REAL * [2.0, 0.0])


def test_penalties_of_several_discriminators_are_summed(make_forward_pass):
    assert float(R1(10)(make_forward_pass([linear, lambda x, c: x[:, 0]], REAL))) == pytest.approx(130.0, rel=1e-6)


def test_a_discriminator_without_gradient_counts_as_zero(make_forward_pass):
    assert float(R1(10)(make_forward_pass([linear, lambda x, c: tf.zeros((2, 1))], REAL))) == pytest.approx(125.0, rel=1e-6)


def test_a_gradient_of_zero_has_a_finite_derivative(make_forward_pass):
    weight = tf.Variable([0.0, 0.0])
    with tf.GradientTape() as tape:
        value = R1(10)(make_forward_pass(lambda x, c: tf.reduce_sum(x * weight, 1), REAL))
    np.testing.assert_array_equal(tape.gradient(value, weight), [0.0, 0.0])


def test_the_gradient_in_a_weight_is_that_of_the_closed_form(make_forward_pass):
    weight = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        value = R1(10, inner_scale=64)(make_forward_pass(lambda x, c: tf.reduce_sum(x * weight, 1), REAL))
    np.testing.assert_allclose(tape.gradient(value, weight), [30.0, 40.0], rtol=1e-6)  # γ w


@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 3, 3, 1)])
def test_it_works_for_samples_of_every_rank_with_maps_of_logits(make_forward_pass, shape):
    real = tf.ones(shape)
    size = np.prod(shape[1:])
    value = R1(2)(make_forward_pass(lambda x, c: x**2, real))  # logits are a map: the mean has the gradient 2x / size
    assert float(value) == pytest.approx(4 / size, rel=1e-6)


def test_the_generator_gets_no_gradient(make_forward_pass):
    fake = tf.Variable(FAKE)
    with tf.GradientTape() as tape:
        value = R2(10)(make_forward_pass(lambda x, c: tf.reduce_sum(x**3, 1), REAL, fake))
    assert tape.gradient(value, fake) is None


@pytest.mark.parametrize(("scale", "expected"), [(1, 0.0), (1024, 1.0)])
def test_a_gradient_too_small_for_float16_survives_if_the_score_is_scaled(make_forward_pass, scale, expected):
    def critic(x, condition):  # the gradient 2^-26 is below the smallest number of float16, 2^-24
        return tf.cast(x, tf.float16)[:, 0] * tf.constant(2.0**-10, tf.float16) * tf.constant(2.0**-16, tf.float16)

    assert float(R1(2.0**53, inner_scale=scale)(make_forward_pass(critic, REAL))) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("options", "message"), [
    ({"gamma": 0}, "`gamma` must be positive and finite, or a function of the step. Received: gamma=0"),
    ({"inner_scale": 10}, "`inner_scale` must be a positive power of two"),
])
def test_arguments_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        R1(**options)
