import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses import LeastSquares


def test_values_at_the_optimum_of_an_uninformative_discriminator():
    half, loss = tf.fill([4], 0.5), LeastSquares()
    assert (float(loss.discriminator(half, half)), float(loss.generator(half))) == (0.25, 0.125)


@pytest.mark.parametrize(("a", "b", "c", "boundary"), [(0, 1, 1, 0.5), (-1, 1, 0, 0.0), (1, 4, 2, 2.5)])
def test_the_boundary_lies_halfway_between_the_targets(a, b, c, boundary):
    assert LeastSquares(a, b, c=c).boundary == boundary


def test_margins_are_measured_from_the_boundary():
    real, fake = LeastSquares().margins(tf.constant([0.9, 0.4]), tf.constant([0.1]))
    np.testing.assert_allclose(real, [0.4, -0.1], atol=1e-6)
    np.testing.assert_allclose(fake, [-0.4], atol=1e-6)


@pytest.mark.parametrize(("options", "message"), [
    ({"a": 1, "b": 0}, "`b` must exceed `a`.*Received: a=1, b=0"),
    ({"a": 0, "b": 1, "c": 0}, "`c` must exceed `a`.*Received: a=0, c=0"),
])
def test_targets_in_the_wrong_order_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        LeastSquares(**options)
