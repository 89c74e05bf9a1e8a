"""The auxiliary classifier of a conditional game: both players gain when classes are recognised.

Odena et al. 2017, arXiv:1610.09585 (AC-GAN): the discriminator has a second output, `class_logits`, and learns to
name the class of real and of generated samples; the generator learns to be named as it was asked to be.
"""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, check_scheduled, value_at
from gan_core.game.terms import AuxiliaryLoss, Regularizer

LABEL = "label"


class DiscriminatorClassLoss(Regularizer):
    """A term of the discriminator's loss: weight · (CE(classes of real) + CE(classes of generated)).

    CE is the softmax cross-entropy of int labels (batch,), or the sigmoid one of attributes (batch, k) in 0..1, mean
    over batch and attributes; several discriminators are summed. Of a generated sample, the class that was asked for.

    Args:
        weight: float >= 0, or a function of the step.
        name: under which the weighted value is recorded.

    Raises:
        ConfigError: a negative weight; when called, a batch without labels or a discriminator without `class_logits`.

    Example:
        >>> Objective(NonSaturating(), regularizers=(DiscriminatorClassLoss(),), auxiliary=(GeneratorClassLoss(),))
    """

    def __init__(self, weight: Scheduled = 1.0, *, name: str = "classes"):
        self.weight, self.name = check_scheduled("weight", weight, zero=True), name

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The weighted sum, scalar float32."""
        labels = _labels(forward)
        return value_at(self.weight, forward.stream.step) * tf.add_n([
            class_loss(output, labels) for output in (*forward.real_outputs, *forward.fake_outputs)])


class GeneratorClassLoss(AuxiliaryLoss):
    """A term of the generator's loss: CE(classes of generated), as in `DiscriminatorClassLoss`.

    Args:
        weight: float >= 0 (1; beside a gradient penalty 0.1 is usual), or a function of the step.
        name: under which the unweighted value is recorded.
    """

    def __init__(self, weight: Scheduled = 1.0, *, name: str = "classes"):
        self.weight, self.name = check_scheduled("weight", weight, zero=True), name

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The unweighted loss, scalar float32."""
        labels = _labels(forward)
        return tf.add_n([class_loss(output, labels) for output in forward.fake_outputs])


def class_loss(output: DiscriminatorOutput, labels: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of an answer's class logits, scalar float32.

    Args:
        output: with `class_logits` (batch, k).
        labels: int (batch,) in 0..k-1, or float (batch, k) in 0..1.

    Raises:
        ConfigError: the discriminator does not classify, or for another number of classes.
    """
    logits = output.class_logits
    if logits is None:
        raise ConfigError("a class loss needs a discriminator that returns its class logits. Received: logits only. "
                          "Build it with outputs={'logits': ..., 'class_logits': ...}.")
    if labels.shape.rank == 1:
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(labels, tf.int32), logits))
    if labels.shape[-1] != logits.shape[-1]:
        raise ConfigError(f"`class_logits` must be as many as the attributes. Received: {logits.shape[-1]} class "
                          f"logits, labels of {labels.shape[-1]} attributes.")
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(labels, tf.float32), logits))


def _labels(forward: ForwardPass) -> tf.Tensor:
    if LABEL not in forward.condition:
        raise ConfigError(f"a class loss needs the condition `{LABEL}`. Received: "
                          f"{', '.join(sorted(forward.condition)) or 'no condition'}. Add the key to the data.")
    return tf.convert_to_tensor(forward.condition[LABEL])
