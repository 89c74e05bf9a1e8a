import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses import Hinge, NonSaturating, Relativistic, RelativisticAverage, Wasserstein
from gan_core.losses.logits import as_logit_pair


@pytest.mark.parametrize("loss", [NonSaturating(), Hinge(), Wasserstein(), RelativisticAverage(), Relativistic()], ids=repr)
@pytest.mark.parametrize(("real", "fake", "message"), [
    (tf.zeros((4, 1)), tf.zeros(4), r"`real` and `fake` logits must .*real.shape=\(4, 1\), fake.shape=\(4,\)"),
    (tf.zeros((4, 3, 3, 1)), tf.zeros((4, 5, 5, 1)), r"Received: real.shape=\(4, 3, 3, 1\), fake.shape=\(4, 5, 5, 1\)"),
    (tf.zeros(()), tf.zeros(4), r"`real` must have the shape \(batch, ...\).*Received: shape=\(\)"),
    (tf.zeros(4), tf.zeros(0), r"`fake` must have the shape \(batch, ...\).*Received: shape=\(0,\)"),
    (tf.zeros(4, tf.int32), tf.zeros(4), r"`real` must hold floating-point logits. Received: dtype=int32"),
])
def test_shapes_that_would_broadcast_or_average_nothing_are_refused(loss, real, fake, message):
    with pytest.raises(ConfigError, match=message):
        loss.discriminator(real, fake)


def test_unequal_batches_are_allowed_where_samples_are_not_paired():
    assert float(Wasserstein().discriminator(tf.ones(2), tf.zeros(6))) == -1.0


@pytest.mark.parametrize("call", [
    lambda: Relativistic().discriminator(tf.zeros(4), tf.zeros(1)),
    lambda: Relativistic().generator(tf.zeros(1), tf.zeros(4)),
], ids=["discriminator", "generator"])
def test_unequal_batches_are_refused_where_samples_are_paired(call):
    with pytest.raises(ConfigError, match=r"equal shapes .*Received: real.shape=\(4,\), fake.shape=\(1,\)"):
        call()


def test_batch_sizes_unknown_while_tracing_are_compared_when_running():
    @tf.function(input_signature=[tf.TensorSpec([None, 1])] * 2)
    def loss(real, fake):
        return Relativistic().discriminator(real, fake)

    assert float(loss(tf.zeros((4, 1)), tf.zeros((4, 1)))) == pytest.approx(0.693147, abs=1e-6)
    with pytest.raises(tf.errors.InvalidArgumentError, match="they are paired"):
        loss(tf.zeros((4, 1)), tf.zeros((1, 1)))


def test_logits_come_back_in_float32():
    real, fake = as_logit_pair(tf.zeros(2, tf.bfloat16), tf.zeros(2, tf.float64))
    assert real.dtype == fake.dtype == tf.float32
