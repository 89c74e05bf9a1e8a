"""The class losses of an auxiliary classifier, with numbers by hand."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core import DiscriminatorClassLoss, GeneratorClassLoss, NonSaturating, Objective
from gan_core.auxiliary.classification import class_loss
from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.random import Stream

IDS = tf.constant([0, 1])
# Softmax of (ln 3, 0) is (3/4, 1/4): CE is ln(4/3) for class 0 and ln 4 for class 1.
LOGITS = tf.constant([[np.log(3.0), 0.0], [np.log(3.0), 0.0]], tf.float32)
BY_HAND = (np.log(4 / 3) + np.log(4)) / 2


def forward_pass(*judges, labels=IDS):
    return ForwardPass(judges, tf.ones((2, 1)), tf.zeros((2, 1)), {} if labels is None else {"label": labels}, Stream(0, 0))


def judge(scale=1.0):
    """Names real samples (ones) by `LOGITS`, and generated ones (zeros) evenly."""
    return lambda samples, condition: DiscriminatorOutput(samples, (), scale * samples * LOGITS)


def test_ids_are_scored_by_the_softmax():
    assert float(class_loss(DiscriminatorOutput(None, (), LOGITS), IDS)) == pytest.approx(BY_HAND, rel=1e-6)


def test_attributes_are_scored_one_by_one():
    # sigmoid(ln 3) = 3/4, sigmoid(0) = 1/2.
    found = class_loss(DiscriminatorOutput(None, (), LOGITS[:1]), tf.constant([[1.0, 0.0]]))
    assert float(found) == pytest.approx((np.log(4 / 3) + np.log(2)) / 2, rel=1e-6)


def test_the_discriminator_names_real_and_generated_samples():
    assert float(DiscriminatorClassLoss(0.5)(forward_pass(judge()))) == pytest.approx(0.5 * (BY_HAND + np.log(2)), rel=1e-6)


def test_the_generator_answers_for_generated_samples_alone():
    assert float(GeneratorClassLoss(0.5)(forward_pass(judge()))) == pytest.approx(np.log(2), rel=1e-6)


def test_several_discriminators_are_summed():
    assert float(GeneratorClassLoss()(forward_pass(judge(), judge(2.0)))) == pytest.approx(2 * np.log(2), rel=1e-6)


def test_the_loss_stays_finite_at_large_logits():
    found = class_loss(DiscriminatorOutput(None, (), tf.constant([[1e4, -1e4], [1e4, -1e4]])), IDS)
    assert float(found) == pytest.approx(1e4)


def test_both_terms_are_part_of_an_objective():
    objective = Objective(NonSaturating(), regularizers=(DiscriminatorClassLoss(),),
                          auxiliary=(GeneratorClassLoss(0.1),))
    meeting = forward_pass(judge())
    assert float(objective.discriminator_loss(meeting)[1]["d_classes"]) == pytest.approx(BY_HAND + np.log(2), rel=1e-6)
    loss, report = objective.generator_loss(meeting)
    assert float(loss) == pytest.approx(float(report["g_adversarial"]) + 0.1 * np.log(2), rel=1e-6)
    assert float(report["g_classes"]) == pytest.approx(np.log(2), rel=1e-6)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: GeneratorClassLoss()(forward_pass(lambda sample, condition: DiscriminatorOutput(sample))),
     r"returns its class logits. Received: logits only"),
    (lambda: GeneratorClassLoss()(forward_pass(judge(), labels=None)),
     r"needs the condition `label`. Received: no condition"),
    (lambda: class_loss(DiscriminatorOutput(None, (), LOGITS), tf.zeros((2, 3))),
     r"Received: 2 class logits, labels of 3 attributes"),
    (lambda: DiscriminatorClassLoss(-1.0), r"`weight` must be a finite number of at least 0, or a function of the step. Received: weight=-1.0"),
    (lambda: GeneratorClassLoss(-1.0), r"`weight` must be a finite number of at least 0"),
])
def test_what_cannot_be_scored_is_refused(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
