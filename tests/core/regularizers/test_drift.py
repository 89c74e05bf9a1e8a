import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.regularizers import Drift


def test_the_penalty_is_the_mean_square_of_real_logits(make_forward_pass):
    forward = make_forward_pass(lambda x, c: x, tf.constant([[2.0], [0.0]]), tf.constant([[7.0], [7.0]]))
    assert float(Drift(1e-3)(forward)) == pytest.approx(2e-3, rel=1e-6)


def test_several_discriminators_are_summed(make_forward_pass):
    forward = make_forward_pass([lambda x, c: x, lambda x, c: 2 * x], tf.constant([[2.0], [0.0]]))
    assert float(Drift(1e-3)(forward)) == pytest.approx(1e-2, rel=1e-6)


def test_a_weight_of_zero_is_refused():
    with pytest.raises(ConfigError, match=r"`epsilon` must be positive and finite, or a function of the step. Received: epsilon=0"):
        Drift(0)
