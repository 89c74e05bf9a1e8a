import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.constraints import WeightClipping
from gan_core.errors import ConfigError
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating
from gan_core.random import Stream
from gan_core.regularizers import R1, Drift, GradientPenalty, Lazy, lazy_adam


def linear(x, condition):
    return tf.reduce_sum(x * [3.0, 4.0], axis=1, keepdims=True)


@pytest.mark.parametrize("traced", [False, True], ids=["eager", "graph"])
def test_the_term_appears_at_every_kth_step_multiplied_by_k(make_forward_pass, traced):
    def penalty(step):
        forward = make_forward_pass(linear, tf.ones((2, 2)))
        forward.stream = Stream(0, step)
        return Lazy(R1(10), every=4)(forward)

    penalty = tf.function(penalty) if traced else penalty
    values = [float(penalty(tf.constant(step))) for step in range(9)]
    np.testing.assert_allclose(values, [500, 0, 0, 0, 500, 0, 0, 0, 500], rtol=1e-6)


@pytest.mark.parametrize("regularizer", [R1(10), GradientPenalty(10), Drift(1e-3)], ids=repr)
def test_in_a_graph_the_gradient_reaches_the_weights_at_due_steps_only(make_forward_pass, regularizer):
    weight = tf.Variable([3.0, 4.0])

    @tf.function
    def gradient(step):
        forward = make_forward_pass(lambda x, c: tf.reduce_sum(x * weight, 1), tf.ones((2, 2)))
        forward.stream = Stream(0, step)
        with tf.GradientTape() as tape:
            value = Lazy(regularizer, every=2)(forward)
        return tape.gradient(value, weight)

    with tf.GradientTape() as tape:
        eager = regularizer(make_forward_pass(lambda x, c: tf.reduce_sum(x * weight, 1), tf.ones((2, 2))))
    np.testing.assert_allclose(gradient(tf.constant(2)), 2 * tape.gradient(eager, weight), rtol=1e-5)
    np.testing.assert_array_equal(gradient(tf.constant(3)), [0.0, 0.0])


def test_answers_asked_inside_the_branch_stay_usable_outside(make_forward_pass):
    @tf.function
    def both(step):
        forward = make_forward_pass(linear, tf.ones((2, 2)))
        forward.stream = Stream(0, step)
        value = Lazy(Drift(1.0), every=2)(forward)
        return value + Objective(NonSaturating()).discriminator_loss(forward)[0]

    assert np.isfinite(both(tf.constant(0)))


def test_the_record_shows_it_under_the_regularizers_own_name():
    assert Lazy(R1(), every=16).name == "r1"


def test_every_step_is_the_regularizer_itself(make_forward_pass):
    assert float(Lazy(R1(10), every=1)(make_forward_pass(linear, tf.ones((2, 2)), step=3))) == pytest.approx(125.0, rel=1e-6)


@pytest.mark.parametrize("every", [0, -1, 2.0, True])
def test_an_interval_that_is_no_positive_integer_is_refused(every):
    with pytest.raises(ConfigError, match=r"`every` must be an int of at least 1. Received: every="):
        Lazy(R1(), every=every)


def test_a_constraint_is_refused():
    with pytest.raises(ConfigError, match=r"`regularizer` must be a term of the discriminators' loss. Received: WeightClipping"):
        Lazy(WeightClipping())


def test_adam_is_slowed_by_k_over_k_plus_one():
    adjusted = lazy_adam(2.5e-3, 0.5, beta_2=0.99, every=16)
    assert adjusted == {"learning_rate": pytest.approx(0.00235294, abs=1e-8),
                        "beta_1": pytest.approx(0.520808, abs=1e-6), "beta_2": pytest.approx(0.990585, abs=1e-6)}


def test_a_first_moment_that_is_off_stays_off():
    assert lazy_adam(1e-3, 0.0)["beta_1"] == 0.0


def test_the_adjusted_constants_are_adams_own_arguments():
    optimizer = keras.optimizers.Adam(**lazy_adam(1.7e-3, 0.0, beta_2=0.99))
    assert float(optimizer.learning_rate) == pytest.approx(1.6e-3, rel=1e-6)


def test_what_is_measured_in_a_branch_does_not_leave_it(make_forward_pass):
    forward = make_forward_pass(lambda x, c: 3 * x[:, :1], tf.ones((2, 2)))
    Lazy(GradientPenalty(10), every=2)(forward)
    assert forward.measured == {}
