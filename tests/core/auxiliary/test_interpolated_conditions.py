"""Samples for mixes of two conditions (GAN-INT), with numbers by hand."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core import InterpolatedConditions, NonSaturating, Relativistic
from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.random import Stream

TEXT = tf.constant([[0.0], [4.0], [2.0], [8.0]])


def forward_pass(condition, count=4, judge=None, made=None):
    """Makes samples that are the text, and judges them by it: the logit is the mix itself."""
    def generate(given, stream):
        if made is not None:
            made.append({name: np.asarray(value) for name, value in given.items()})
        return given["text"]

    judge = judge or (lambda samples, given: DiscriminatorOutput(samples))
    return ForwardPass([judge], tf.ones((count, 1)), tf.zeros((count, 1)), condition, Stream(0, 3), generate=generate)


def softplus(x):
    return np.log1p(np.exp(x))


def test_the_halves_of_the_batch_are_mixed_and_judged_beside_their_mix():
    made, seen = [], []

    def judge(samples, given):
        seen.append(np.asarray(given["text"]))
        return DiscriminatorOutput(samples)

    loss = InterpolatedConditions(NonSaturating(), ["text"], share=0.25)(forward_pass({"text": TEXT}, judge=judge, made=made))
    mixes = np.array([0.25 * 0 + 0.75 * 2, 0.25 * 4 + 0.75 * 8])
    assert np.allclose(made[0]["text"][:, 0], mixes)
    assert np.allclose(seen[0][:, 0], mixes)
    assert float(loss) == pytest.approx(np.mean(softplus(-mixes)), rel=1e-5)  # -log sigmoid(mix)


def test_conditions_that_are_not_mixed_are_those_of_the_first_half():
    made = []
    condition = {"text": TEXT, "label": tf.constant([1, 2, 3, 4])}
    InterpolatedConditions(NonSaturating(), ["text"])(forward_pass(condition, made=made))
    assert made[0]["label"].tolist() == [1, 2]


def test_the_middle_of_an_odd_batch_is_left_out():
    made = []
    InterpolatedConditions(NonSaturating(), ["text"])(forward_pass({"text": TEXT[:3]}, count=3, made=made))
    assert made[0]["text"][:, 0].tolist() == [1.0]  # (0 + 2) / 2


def test_a_batch_of_one_is_mixed_with_itself():
    made = []
    InterpolatedConditions(NonSaturating(), ["text"])(forward_pass({"text": TEXT[1:2]}, count=1, made=made))
    assert made[0]["text"].tolist() == [[4.0]]


def test_the_share_can_be_drawn_for_each_sample():
    made = []
    InterpolatedConditions(NonSaturating(), ["text"], share=None)(forward_pass({"text": TEXT}, made=made))
    shares = (made[0]["text"][:, 0] - [2, 8]) / [-2, -4]
    assert np.all((shares >= 0) & (shares < 1))
    assert shares[0] != pytest.approx(shares[1])


def test_a_relativistic_game_compares_with_the_real_samples_of_the_first_half():
    def judge(samples, given):
        return DiscriminatorOutput(tf.concat([samples[:2], samples[2:] + 5], 0) if len(samples) == 4 else samples)

    found = InterpolatedConditions(Relativistic(), ["text"])(forward_pass({"text": TEXT}, judge=judge))
    assert float(found) == pytest.approx(np.mean(softplus(1 - np.array([1.0, 6.0]))), rel=1e-5)  # real logits are 1


def test_the_generator_learns_through_the_mixes():
    scale = tf.Variable(1.0)
    forward = ForwardPass([lambda samples, given: DiscriminatorOutput(samples)], tf.ones((4, 1)), tf.zeros((4, 1)),
                          {"text": TEXT}, Stream(0, 0), generate=lambda given, stream: scale * given["text"])
    with tf.GradientTape() as tape:
        loss = InterpolatedConditions(NonSaturating(), ["text"])(forward)
    mixes = np.array([1.0, 6.0])  # d/ds softplus(-s m) = -m sigmoid(-m)
    assert float(tape.gradient(loss, scale)) == pytest.approx(np.mean(-mixes / (1 + np.exp(mixes))), rel=1e-5)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: InterpolatedConditions(NonSaturating(), ["text"], share=1.5), r"`share` must be in \[0, 1\].*1\.5"),
    (lambda: InterpolatedConditions(NonSaturating(), ["text"], -1.0), "`weight`"),
    (lambda: InterpolatedConditions(NonSaturating(), ["words"])(forward_pass({"text": TEXT})), "no condition 'words'.*text"),
    (lambda: InterpolatedConditions(NonSaturating(), ["text"])(forward_pass({"text": tf.constant([[1], [2]])}, count=2)),
     "only numbers.*int32")])
def test_what_cannot_be_mixed_is_refused(make, message):
    with pytest.raises(ConfigError, match=message):
        make()
