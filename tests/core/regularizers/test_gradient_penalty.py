import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import call_discriminator
from gan_core.game.forward_pass import ForwardPass
from gan_core.random import Stream
from gan_core.regularizers import Dragan, GradientPenalty

NORMAL = np.random.default_rng(0).normal


def linear(x, condition):
    """D(x) = 3 x1 + 4 x2 of rank-2 samples: a gradient of norm 5 everywhere."""
    return tf.reduce_sum(x * [3.0, 4.0], axis=1, keepdims=True)


def samples(*shape):
    return tf.constant(NORMAL(size=shape), tf.float32)


@pytest.mark.parametrize(("options", "expected"), [
    ({}, 160.0), ({"target": 750.0}, 9.8671), ({"weight": 1.0, "target": 5.0}, 0.0), ({"target": 10.0}, 2.5),
    ({"target": 10.0, "one_sided": True}, 0.0), ({"one_sided": True}, 160.0), ({"inner_scale": 256.0}, 160.0)])
@pytest.mark.parametrize("penalty", [GradientPenalty, Dragan])
def test_the_penalty_of_a_linear_critic(make_forward_pass, penalty, options, expected):
    value = penalty(**options)(make_forward_pass(linear, samples(4, 2), samples(4, 2)))
    assert value.dtype == tf.float32
    assert float(value) == pytest.approx(expected, abs=1e-4)


def test_penalties_of_several_discriminators_are_summed(make_forward_pass):
    critics = [linear, lambda x, c: 2 * x[:, 0], lambda x, c: x[:, :1] * 0.0]
    assert float(GradientPenalty(10)(make_forward_pass(critics, samples(4, 2)))) == pytest.approx(160 + 10 + 10, abs=1e-3)


@pytest.mark.parametrize("critic", [
    lambda x, c: tf.zeros((4, 1)),
    lambda x, c: tf.stop_gradient(x[:, :1]),
    lambda x, c: x[:, :1] * 0.0,
], ids=["constant", "no gradient", "zero gradient"])
def test_a_critic_that_ignores_its_input_costs_the_whole_weight_and_gives_finite_gradients(make_forward_pass, critic):
    weight = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        value = GradientPenalty(10)(make_forward_pass(lambda x, c: critic(x, c) + weight * tf.reduce_sum(x, 1), samples(4, 2)))
    assert float(value) == pytest.approx(10.0, abs=1e-3)
    assert np.isfinite(tape.gradient(value, weight))


@pytest.mark.parametrize("shape", [(3, 5), (3, 7, 2), (3, 4, 4, 2)])
def test_the_norm_runs_over_all_axes_but_the_batchs(make_forward_pass, shape):
    weights = samples(*shape[1:])
    norm = float(tf.norm(weights))
    value = GradientPenalty(10)(make_forward_pass(lambda x, c: tf.reduce_sum(x * weights, list(range(1, len(shape)))),
                                           samples(*shape)))
    assert float(value) == pytest.approx(10 * (norm - 1) ** 2, rel=1e-5)


def test_every_sample_has_a_norm_of_its_own(make_forward_pass):
    factors = tf.constant([[0.0], [1.0], [3.0]])
    value = GradientPenalty(10)(make_forward_pass(lambda x, c: factors * x[:, :1], samples(3, 2)))
    assert float(value) == pytest.approx(10 * (1 + 0 + 4) / 3, abs=1e-3)


def test_a_map_of_logits_has_the_scale_of_a_single_one(make_forward_pass):
    value = GradientPenalty(10)(make_forward_pass(lambda x, c: tf.repeat(linear(x, c), 36, 1), samples(4, 2)))
    assert float(value) == pytest.approx(160.0, abs=1e-3)


def test_points_lie_between_partners_at_one_fraction_per_sample(make_forward_pass):
    real, fake = samples(64, 3, 3, 2), samples(64, 3, 3, 2)
    points = GradientPenalty().points(make_forward_pass(linear, real, fake))
    fractions = np.asarray((points - real) / (fake - real)).reshape(64, -1)
    np.testing.assert_allclose(fractions, np.repeat(fractions[:, :1], 18, 1), atol=1e-3)
    assert fractions.min() > -1e-3
    assert fractions.max() < 1.001
    assert fractions[:, 0].std() == pytest.approx(12**-0.5, abs=0.06)


def test_draws_depend_on_the_step_alone(make_forward_pass):
    real, fake = samples(4, 2), samples(4, 2)
    first, again, later = (GradientPenalty().points(make_forward_pass(linear, real, fake, step=step)) for step in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, later)


def test_interpolated_samples_have_passed_the_augmentation_once(make_forward_pass):
    seen = []

    def critic(x, condition):
        seen.append(np.asarray(x))
        return linear(x, condition)

    forward = make_forward_pass(critic, tf.ones((4, 2)), tf.ones((4, 2)), augment=lambda x, condition, stream: (2 * x, condition))
    assert float(GradientPenalty(10)(forward)) == pytest.approx(160.0, abs=1e-3)  # 810 if differentiated through it
    np.testing.assert_allclose(seen[-1], 2.0)


def test_interpolated_samples_go_with_the_condition_of_the_real_batch(make_forward_pass):
    label = tf.constant([[1.0], [3.0]])
    value = GradientPenalty(10)(make_forward_pass(lambda x, c: c["label"] * x[:, :1], samples(2, 2), condition={"label": label}))
    assert float(value) == pytest.approx(10 * (0 + 4) / 2, abs=1e-3)


def test_the_gradient_in_a_weight_is_that_of_the_closed_form(make_forward_pass):
    weight = tf.Variable([3.0, 4.0])
    with tf.GradientTape() as tape:
        value = GradientPenalty(10)(make_forward_pass(lambda x, c: tf.reduce_sum(x * weight, 1), samples(4, 2), samples(4, 2)))
    # 10 (|w| - 1)^2  ->  20 (|w| - 1) w / |w|
    np.testing.assert_allclose(tape.gradient(value, weight), [20 * 4 * 0.6, 20 * 4 * 0.8], rtol=1e-5)


def test_the_generator_gets_no_gradient_from_where_the_points_lie(make_forward_pass):
    fake = tf.Variable(samples(4, 2))
    with tf.GradientTape() as tape:
        value = GradientPenalty(10)(make_forward_pass(lambda x, c: tf.reduce_sum(x**3, 1), samples(4, 2), fake))
    assert tape.gradient(value, fake) is None


def test_it_works_in_a_graph_with_an_unknown_batch_size(make_forward_pass):
    @tf.function(input_signature=[tf.TensorSpec([None, 2])] * 2)
    def penalty(real, fake):
        return GradientPenalty(10)(make_forward_pass(linear, real, fake)) + Dragan(10)(make_forward_pass(linear, real, fake))

    assert float(penalty(samples(3, 2), samples(3, 2))) == pytest.approx(320.0, abs=1e-3)


def test_a_keras_critic_with_two_inputs_is_asked_with_its_condition():
    sample, label = keras.Input((6, 3), name="sample"), keras.Input((2,), name="label")
    hidden = keras.layers.Flatten()(sample)
    score = keras.layers.Dense(1)(keras.layers.Concatenate()([hidden, label]))
    critic = keras.Model({"sample": sample, "label": label}, score)
    forward = ForwardPass([lambda x, c: call_discriminator(critic, x, c)], samples(4, 6, 3), samples(4, 6, 3),
                      {"label": samples(4, 2)}, Stream(0, 0))
    norm = np.linalg.norm(np.asarray(critic.layers[-1].kernel)[:18])
    assert float(GradientPenalty(10)(forward)) == pytest.approx(10 * (norm - 1) ** 2, rel=1e-4)


def test_dragan_stays_within_half_a_standard_deviation_above_the_data(make_forward_pass):
    real = samples(256, 8)
    distance = np.asarray(Dragan().points(make_forward_pass(linear, real)) - real) / np.std(real)
    assert distance.min() >= 0
    assert 0.4 < distance.max() < 0.5
    assert distance.mean() == pytest.approx(0.125, abs=0.01)  # ½ · E α · E u


def test_dragan_needs_no_generated_samples(make_forward_pass):
    forward = make_forward_pass(linear, samples(4, 2))
    forward.fake = None
    assert float(Dragan(10)(forward)) == pytest.approx(160.0, abs=1e-3)


@pytest.mark.parametrize(("options", "message"), [
    ({"weight": 0}, "`weight` must be positive and finite, or a function of the step. Received: weight=0"),
    ({"weight": float("inf")}, "`weight` must be positive and finite, or a function of the step. Received: weight=inf"),
    ({"target": -1}, "`target` must be positive and finite, or a function of the step. Received: target=-1"),
    ({"inner_scale": 3}, "`inner_scale` must be a positive power of two.*Received: inner_scale=3"),
    ({"inner_scale": 0}, "`inner_scale` must be a positive power of two.*Received: inner_scale=0"),
])
def test_arguments_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        GradientPenalty(**options)


@pytest.mark.parametrize(("real", "fake", "message"), [
    (tf.zeros((4, 2)), tf.zeros((4, 1)), r"must have equal shapes. Received: real.shape=\(4, 2\), fake.shape=\(4, 1\)"),
    (tf.zeros((4, 2)), tf.zeros((1, 2)), r"must have equal shapes. Received: real.shape=\(4, 2\), fake.shape=\(1, 2\)"),
    (tf.zeros((4, 2), tf.int32), tf.zeros((4, 2), tf.int32), r"must be floating. Received: dtype=int32.*OneHot"),
])
def test_samples_that_cannot_be_interpolated_are_refused(make_forward_pass, real, fake, message):
    with pytest.raises(ConfigError, match=message):
        GradientPenalty()(make_forward_pass(linear, real, fake))


@pytest.mark.parametrize(("penalty", "name"), [(GradientPenalty(10), "gradient_penalty"), (Dragan(10), "dragan")])
def test_the_mean_norm_and_the_mean_score_are_measured(make_forward_pass, penalty, name):
    """3 x1 + 4 x2 has a gradient of norm 5 everywhere; a second critic of norm 1 halves the sum of both to 3."""
    real = samples(4, 2)
    forward = make_forward_pass([linear, lambda x, c: x[:, :1]], real, real)
    value, measured = penalty(forward), forward.measured
    assert float(value) == pytest.approx(160, abs=1e-3)
    assert set(measured) == set(penalty.also_reports) == {f"{name}_norm", f"{name}_logit"}
    assert float(measured[f"{name}_norm"]) == pytest.approx(3, abs=1e-4)


def test_the_score_is_measured_between_real_and_generated(make_forward_pass):
    forward = make_forward_pass(linear, tf.ones((4, 2)), tf.ones((4, 2)))
    GradientPenalty(10)(forward)
    assert float(forward.measured["gradient_penalty_logit"]) == pytest.approx(7)
