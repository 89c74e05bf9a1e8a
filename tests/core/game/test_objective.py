"""What both players minimise, from functions as discriminators."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.auxiliary import Reconstruction
from gan_core.constraints import WeightClipping
from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.objective import Objective
from gan_core.losses import LeastSquares, NonSaturating, RelativisticAverage, Wasserstein
from gan_core.random import Stream
from gan_core.regularizers import Drift, GradientPenalty


class Judge:
    """A discriminator that scores by `score(samples, condition)` and keeps what it was asked."""

    def __init__(self, score=lambda samples, condition: tf.reduce_sum(samples, 1)):
        self.score, self.asked = score, []

    def __call__(self, samples, condition):
        self.asked.append((samples, condition))
        return DiscriminatorOutput(self.score(samples, condition))


def shift(samples, condition, stream):
    return samples + stream.normal((), "shift"), condition


REAL, FAKE = tf.constant([[1.0, 2.0], [0.0, 1.0]]), tf.constant([[-1.0, 0.0], [2.0, 2.0]])


def forward_pass(*judges, condition=None, **options):
    return ForwardPass(judges, REAL, FAKE, condition or {}, Stream(0, 4), **options)


def test_the_losses_are_those_of_the_logits():
    forward = forward_pass(Judge())
    loss, report = Objective(Wasserstein()).discriminator_loss(forward)
    assert float(loss) == pytest.approx(1.5 - 2.0)  # mean fake (-1, 4), mean real (3, 1)
    assert float(report["d_adversarial"]) == float(loss)
    assert float(Objective(Wasserstein()).generator_loss(forward)[0]) == pytest.approx(-1.5)


def test_the_losses_of_several_discriminators_are_summed():
    double = Judge(lambda samples, condition: 2 * tf.reduce_sum(samples, 1))
    loss, _ = Objective(Wasserstein()).discriminator_loss(forward_pass(Judge(), double))
    assert float(loss) == pytest.approx(-0.5 - 1.0)


def test_the_adversarial_terms_of_either_player_may_be_weighted():
    objective = Objective(Wasserstein(), regularizers=(Drift(0.1),), auxiliary=(Reconstruction(2),),
                          discriminator_weight=0.5, generator_weight=lambda step: 3.0 * tf.cast(step, tf.float32))
    loss, report = objective.discriminator_loss(forward_pass(Judge()))
    assert float(report["d_adversarial"]) == pytest.approx(-0.25)
    assert float(loss) == pytest.approx(-0.25 + 0.5)
    loss, report = objective.generator_loss(forward_pass(Judge()))  # at step 4
    assert float(report["g_adversarial"]) == pytest.approx(12 * -1.5)
    assert float(loss) == pytest.approx(-18 + 2 * float(report["g_reconstruction"]))


def test_without_an_adversary_the_auxiliary_terms_are_all_there_is():
    logits = tf.Variable([[5.0]])
    with tf.GradientTape() as tape:
        loss, report = Objective(LeastSquares(), auxiliary=(Reconstruction(100),), generator_weight=0.0).generator_loss(
            forward_pass(Judge(lambda samples, condition: logits * tf.reduce_sum(samples, 1))))
    assert float(report["g_adversarial"]) == 0
    assert float(loss) == pytest.approx(100 * float(report["g_reconstruction"]))
    np.testing.assert_array_equal(tape.gradient(loss, logits), [[0.0]])


def test_a_regularizer_is_added_to_the_discriminators_loss_alone():
    objective = Objective(Wasserstein(), regularizers=(Drift(0.1),))
    loss, report = objective.discriminator_loss(forward_pass(Judge()))
    assert float(report["d_drift"]) == pytest.approx(0.1 * (9 + 1) / 2)
    assert float(loss) == pytest.approx(-0.5 + 0.5)
    assert float(objective.generator_loss(forward_pass(Judge()))[0]) == pytest.approx(-1.5)


def test_real_samples_are_asked_about_before_generated_ones():
    """Dropout's draws and the statistics of batch normalisation depend on the order."""
    judge = Judge()
    Objective(Wasserstein()).discriminator_loss(forward_pass(judge))
    np.testing.assert_array_equal(judge.asked[0][0], REAL)
    np.testing.assert_array_equal(judge.asked[1][0], FAKE)


def test_an_auxiliary_term_is_weighted_in_the_loss_and_plain_in_the_report():
    loss, report = Objective(Wasserstein(), auxiliary=(Reconstruction(10),)).generator_loss(forward_pass(Judge()))
    assert float(report["g_reconstruction"]) == pytest.approx((2 + 2 + 2 + 1) / 4)
    assert float(loss) == pytest.approx(-1.5 + 17.5)


def test_a_weight_may_follow_the_step():
    objective = Objective(Wasserstein(), auxiliary=(Reconstruction(lambda step: tf.cast(step, tf.float32)),))
    assert float(objective.generator_loss(forward_pass(Judge()))[0]) == pytest.approx(-1.5 + 4 * 1.75)


def test_gan_cls_gives_each_negative_half_the_weight():
    """L = softplus(-s_r) + ½(softplus(s_w) + softplus(s_f)), Reed et al. 2016."""
    judge = Judge(lambda samples, condition: samples[:, 0] + condition["text"])
    wrong = (REAL, {"text": tf.constant([5.0, -3.0])})
    loss, _ = Objective(NonSaturating(), mismatched=lambda *_: wrong).discriminator_loss(
        forward_pass(judge, condition={"text": tf.constant([0.5, 1.5])}, mismatched=wrong))
    softplus = lambda logits: np.mean(np.log1p(np.exp(logits)))  # noqa: E731
    expected = softplus(np.array([-1.5, -1.5])) + 0.5 * (softplus(np.array([6.0, -3.0])) + softplus(np.array([-0.5, 3.5])))
    assert float(loss) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("weight", [0.0, 0.25, 1.0])
def test_wrong_pairs_may_count_more_or_less(weight):
    """L = softplus(-s_r) + w softplus(s_w) + (1 - w) softplus(s_f): the real samples count once, whatever w is."""
    judge = Judge(lambda samples, condition: samples[:, 0] + condition["text"])
    wrong = (REAL, {"text": tf.constant([5.0, -3.0])})
    loss, _ = Objective(NonSaturating(), mismatched=lambda *_: wrong, mismatched_weight=weight).discriminator_loss(
        forward_pass(judge, condition={"text": tf.constant([0.5, 1.5])}, mismatched=wrong))
    softplus = lambda logits: np.mean(np.log1p(np.exp(logits)))  # noqa: E731
    expected = (softplus(np.array([-1.5, -1.5])) + weight * softplus(np.array([6.0, -3.0]))
                + (1 - weight) * softplus(np.array([-0.5, 3.5])))
    assert float(loss) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_the_weight_of_wrong_pairs_is_a_share(weight):
    with pytest.raises(ConfigError, match=r"`mismatched_weight` must be in \[0, 1\]"):
        Objective(NonSaturating(), mismatched_weight=weight)


def test_the_three_scores_are_mean_sigmoids():
    judge = Judge(lambda samples, condition: samples[:, 0] + condition["text"])
    wrong = (REAL, {"text": tf.constant([5.0, -3.0])})
    forward = forward_pass(judge, condition={"text": tf.constant([0.5, 1.5])}, mismatched=wrong)
    sigmoid = lambda logits: np.mean(1 / (1 + np.exp(-np.array(logits))))  # noqa: E731
    found = Objective(NonSaturating(), mismatched=lambda *_: wrong).matching_scores(forward)
    assert {name: float(value) for name, value in found.items()} == pytest.approx({
        "real_score": sigmoid([1.5, 1.5]), "wrong_score": sigmoid([6.0, -3.0]), "fake_score": sigmoid([-0.5, 3.5])})
    assert Objective(NonSaturating()).matching_scores(forward) == {}


def test_gan_cls_starts_at_two_ln_two():
    zero = Judge(lambda samples, condition: tf.zeros(2))
    loss, _ = Objective(NonSaturating(), mismatched=lambda *_: None).discriminator_loss(
        forward_pass(zero, mismatched=(REAL, {})))
    assert float(loss) == pytest.approx(2 * np.log(2), rel=1e-6)


def test_each_kind_of_sample_is_asked_once_however_many_terms_need_it():
    judge = Judge()
    forward = forward_pass(judge)
    objective = Objective(LeastSquares(), regularizers=(Drift(0.1),))
    objective.discriminator_loss(forward)
    objective.generator_loss(forward)
    assert len(judge.asked) == 2


def test_a_generators_loss_that_ignores_real_logits_never_asks_for_them():
    judge = Judge()
    Objective(NonSaturating()).generator_loss(forward_pass(judge))
    assert [samples is FAKE for samples, _ in judge.asked] == [True]


def test_a_relativistic_generator_asks_for_both():
    judge = Judge()
    Objective(RelativisticAverage()).generator_loss(forward_pass(judge))
    assert len(judge.asked) == 2


def test_everything_a_discriminator_sees_is_augmented():
    judge = Judge()
    forward = forward_pass(judge, augment=shift, mismatched=(REAL, {}))
    _ = forward.real_outputs, forward.fake_outputs, forward.mismatched_outputs, forward.ask(REAL, role="other")
    assert all(not np.any(np.isin(samples, [*REAL, *FAKE])) for samples, _ in judge.asked)


def test_real_and_generated_samples_get_different_draws():
    forward = forward_pass(Judge(), augment=shift)
    assert float((forward.seen_real.samples - REAL)[0, 0]) != float((forward.seen_fake.samples - FAKE)[0, 0])


def test_equal_roles_get_equal_draws_within_a_pass():
    forward = forward_pass(Judge(), augment=shift)
    np.testing.assert_array_equal(forward.shown(REAL, role="real").samples, forward.seen_real.samples)


def test_auxiliary_losses_see_samples_before_augmentation():
    plain = Objective(Wasserstein(), auxiliary=(Reconstruction(1),)).generator_loss(forward_pass(Judge()))[1]
    warped = Objective(Wasserstein(), auxiliary=(Reconstruction(1),)).generator_loss(forward_pass(Judge(), augment=shift))[1]
    assert float(plain["g_reconstruction"]) == float(warped["g_reconstruction"])


def test_the_discriminator_reads_the_condition():
    judge = Judge()
    _ = forward_pass(judge, condition={"label": 3}).fake_outputs
    assert judge.asked[0][1]["label"] == 3
    np.testing.assert_array_equal(judge.asked[0][1]["real"], REAL)  # an encoder may read the partner


def test_the_reports_keys_are_known_beforehand():
    objective = Objective(Wasserstein(), regularizers=(Drift(0.1),), auxiliary=(Reconstruction(1),),
                          constraints=(WeightClipping(0.01),))
    forward = forward_pass(Judge())
    reported = [*objective.discriminator_loss(forward)[1], *objective.generator_loss(forward)[1]]
    assert reported == ["d_adversarial", "d_drift", "g_adversarial", "g_reconstruction"]
    assert objective.report_names() == [*reported[:2], "d_clipped_share", *reported[2:]]  # after the update


def test_what_a_regularizer_measures_is_reported_and_no_part_of_the_loss():
    objective = Objective(Wasserstein(), regularizers=(GradientPenalty(10), Drift(0.1)))
    loss, reported = objective.discriminator_loss(forward_pass(Judge()))
    assert list(reported) == objective.report_names()[:-1] == [
        "d_adversarial", "d_gradient_penalty", "d_drift", "d_gradient_penalty_norm", "d_gradient_penalty_logit"]
    assert float(loss) == pytest.approx(sum(float(reported[name]) for name in list(reported)[:3]))


@pytest.mark.parametrize(("options", "message"), [
    ({"regularizers": Drift(0.1)}, r"`regularizers` must be a tuple. Received: .* Write `regularizers=\(term,\)`"),
    ({"auxiliary": Reconstruction(1)}, r"`auxiliary` must be a tuple"),
    ({"auxiliary": (Reconstruction(1), Reconstruction(2, target="label"))},
     "`auxiliary` must have different names. Received: reconstruction, reconstruction. Give one"),
    ({"auxiliary": (Reconstruction(1, name="adversarial"),)}, "may not be called 'adversarial'.* Give it another `name`"),
], ids=["regularizer", "auxiliary", "names", "reserved name"])
def test_misplaced_terms_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Objective(Wasserstein(), **options)
