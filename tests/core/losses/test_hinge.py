import numpy as np
import tensorflow as tf

from gan_core.losses import Hinge


def test_logits_beyond_the_margin_get_no_gradient():
    real = tf.Variable([1.5, 0.5])
    with tf.GradientTape() as tape:
        value = Hinge().discriminator(real, tf.constant([-3.0, -3.0]))
    np.testing.assert_allclose(tape.gradient(value, real), [0.0, -0.5])


def test_margins_are_the_logits_themselves():
    real, fake = Hinge().margins(tf.constant([0.3]), tf.constant([-0.2]))
    np.testing.assert_allclose([real[0], fake[0]], [0.3, -0.2], atol=1e-7)
