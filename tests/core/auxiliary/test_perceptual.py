import numpy as np
import pytest
import tensorflow as tf

from gan_core.auxiliary import PerceptualLoss
from gan_core.errors import ConfigError

REAL, FAKE = tf.constant([[1.0, 2.0], [0.0, 4.0]]), tf.constant([[0.0, 4.0], [3.0, 4.0]])


def two(x):
    return [x, 2 * x]


@pytest.mark.parametrize(("features", "options", "expected"), [
    (lambda x: 2 * x, {}, 3.0),
    (two, {}, 4.5),
    (two, {"layer_weights": (1 / 32, 0.5)}, 1.5 / 32 + 1.5),
    (two, {"order": 2}, 3.5 + 14.0),
    (two, {"target": "clean"}, 0.0),
])
def test_distances_of_the_given_features_are_weighted_and_summed(make_forward_pass, features, options, expected):
    value = PerceptualLoss(10, features, **options)(make_forward_pass(REAL, FAKE, condition={"clean": FAKE}))
    assert float(value) == pytest.approx(expected, rel=1e-6)


def test_the_gradient_passes_through_the_features_to_the_generated_side_only(make_forward_pass):
    real, fake = tf.Variable(REAL), tf.Variable(FAKE)
    with tf.GradientTape() as tape:
        value = PerceptualLoss(1, lambda x: x**2)(make_forward_pass(real, fake))
    gradients = tape.gradient(value, [real, fake])
    assert gradients[0] is None
    np.testing.assert_allclose(gradients[1], [[0.0, 2.0], [1.5, 0.0]])


def test_features_that_are_no_function_are_refused():
    with pytest.raises(ConfigError, match=r"`features` must be a function of samples. Received: features='vgg19'"):
        PerceptualLoss(10, "vgg19")


def test_another_number_of_weights_than_of_features_is_refused(make_forward_pass):
    with pytest.raises(ConfigError, match=r"one entry per feature. Received: 3 weights for 2 features"):
        PerceptualLoss(10, two, layer_weights=(1, 1, 1))(make_forward_pass(REAL, FAKE))
