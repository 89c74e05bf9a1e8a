import numpy as np
import pytest
import tensorflow as tf

from gan_core.losses import Relativistic, RelativisticAverage, RelativisticHinge, RelativisticLeastSquares

REAL, FAKE = tf.constant([2.0, 0.0]), tf.constant([-2.0, 1.0])


@pytest.mark.parametrize("loss", [Relativistic(), RelativisticAverage(), RelativisticHinge(), RelativisticLeastSquares()],
                         ids=repr)
def test_margins_are_relative_to_the_mean_of_the_other_side(loss):
    real, fake = loss.margins(REAL, FAKE)
    np.testing.assert_allclose(real, [2.5, 0.5])
    np.testing.assert_allclose(fake, [-3.0, 0.0])


@pytest.mark.parametrize("loss", [Relativistic(), RelativisticAverage(), RelativisticHinge(), RelativisticLeastSquares()],
                         ids=repr)
def test_a_common_shift_of_both_sides_changes_nothing(loss):
    assert float(loss.discriminator(REAL + 8, FAKE + 8)) == pytest.approx(float(loss.discriminator(REAL, FAKE)), abs=1e-6)


@pytest.mark.parametrize("loss", [Relativistic(), RelativisticAverage(), RelativisticHinge(), RelativisticLeastSquares()],
                         ids=repr)
def test_the_generators_gradient_flows_through_the_mean_of_the_fakes(loss):
    # The sum of all gradients vanishes, as a common shift changes nothing: false if a mean were held constant.
    real, fake = tf.Variable(REAL), tf.Variable(FAKE)
    with tf.GradientTape() as tape:
        value = loss.generator(fake, real)
    gradients = tape.gradient(value, [real, fake])
    assert float(tf.add_n([tf.reduce_sum(gradient) for gradient in gradients])) == pytest.approx(0.0, abs=1e-6)
    assert float(tf.reduce_sum(tf.abs(gradients[0]))) > 0.1


def test_the_paired_value_is_not_the_mean_over_all_pairs():
    # All four pairs of r = [2, 0], f = [-1, 1] would give 0.4971.
    value = Relativistic().discriminator(REAL, tf.constant([-1.0, 1.0]))
    assert float(value) == pytest.approx(0.6809, abs=5e-5)
