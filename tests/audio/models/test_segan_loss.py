import pytest
import tensorflow as tf

from gan_audio.models.segan_loss import SeganLoss

REAL, FAKE = tf.constant([[2.0], [0.0]]), tf.constant([[1.0], [3.0]])


def test_the_terms_have_no_half():
    assert float(SeganLoss().discriminator(REAL, FAKE)) == pytest.approx(1.0 + 5.0)
    assert float(SeganLoss().generator(FAKE)) == pytest.approx(2.0)


def test_the_half_of_the_papers_can_be_asked_for():
    assert float(SeganLoss(half=True).discriminator(REAL, FAKE)) == pytest.approx(3.0)
    assert float(SeganLoss(half=True).generator(FAKE)) == pytest.approx(1.0)


def test_without_an_adversary_the_generator_gets_no_gradient():
    logits = tf.Variable(FAKE)
    with tf.GradientTape() as tape:
        loss = SeganLoss(adversary=False).generator(logits)
    assert float(loss) == 0
    assert not tape.gradient(loss, logits).numpy().any()


def test_the_boundary_lies_between_the_targets():
    assert SeganLoss().boundary == 0.5
