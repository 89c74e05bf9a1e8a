"""Penalties that hold the norm of a critic's input gradient near a target: WGAN-GP and DRAGAN."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, schedule_text, value_at
from gan_core.game.terms import Regularizer
from gan_core.layers.normalization import warn_of_batch_normalization
from gan_core.regularizers.input_gradient import check_inner_scale, check_strength, input_gradients, norms


class GradientPenalty(Regularizer):
    """λ E_i(‖∇D(x̂_i)‖₂/γ - 1)² at x̂ = x + α(G(z) - x), α ~ U(0, 1), one per sample.

    Gulrajani et al. 2017, arXiv:1704.00028; the target γ: Karras et al. 2018, arXiv:1710.10196; one-sided:
    Petzka et al. 2018, arXiv:1709.08894. x and G(z) are the samples as the discriminator sees them (after
    augmentation), x̂ goes with the real sample's condition and is not augmented again. The norm runs over all axes
    but the batch's; a sample's score is the mean of its logits; several discriminators are summed.

    Args:
        weight: float > 0, λ, or a function of the step.
        target: float > 0, γ, in units of the logit per unit of the sample (750 in ProGAN on CIFAR-10), or a function of
            the step.
        one_sided: penalise only norms above the target.
        inner_scale: power of two that keeps float16 gradients from vanishing; see `input_gradients`.

    Raises:
        ConfigError: an argument out of range; when called, real and generated samples of different shapes.

    Example:
        >>> Objective(Wasserstein(), regularizers=(GradientPenalty(10),))
    """

    name = "gradient_penalty"

    @property
    def also_reports(self) -> tuple[str, str]:
        """The mean gradient norm and the mean score at x̂, over batch and discriminators."""
        return f"{self.name}_norm", f"{self.name}_logit"

    def __init__(self, weight: Scheduled = 10.0, target: Scheduled = 1.0, *, one_sided: bool = False,
                 inner_scale: float = 1.0):
        self.weight, self.target = check_strength("weight", weight), check_strength("target", target)
        self.one_sided, self.inner_scale = bool(one_sided), check_inner_scale(inner_scale)

    def check(self, discriminators) -> None:
        """Warn of batch normalisation, which this penalty does not go with."""
        warn_of_batch_normalization(discriminators)

    def points(self, forward: ForwardPass) -> tf.Tensor:
        """x̂, (batch, ...): where the gradient is taken."""
        real = forward.seen_real.samples
        fake = tf.cast(forward.seen_fake.samples, real.dtype)
        if not real.shape.is_compatible_with(fake.shape):
            raise ConfigError(
                f"the gradient penalty interpolates `real` and `fake`, which must have equal shapes. Received: "
                f"real.shape={real.shape}, fake.shape={fake.shape}. Make the generator's output shape that of the data."
            )
        return real + one_per_sample(forward, real, "gradient-penalty") * (fake - real)

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The weighted penalty, scalar float32."""
        # Where the point lies is not something to learn: no gradient may reach the generator from here.
        points = tf.stop_gradient(self.points(forward))
        answers: list[DiscriminatorOutput] = []

        def ask(samples):
            answers.extend(discriminate(samples, forward.seen_real.condition)
                           for discriminate in forward.discriminators)
            return answers

        lengths = [norms(gradient) for gradient in input_gradients(ask, points, self.inner_scale)]
        step = forward.stream.step
        logits = tf.stack([tf.reduce_mean(answer.logits) for answer in answers])
        forward.measured |= {f"{self.name}_norm": tf.reduce_mean(tf.stack(lengths)),
                             f"{self.name}_logit": tf.reduce_mean(logits)}
        return value_at(self.weight, step) * tf.add_n([
            tf.reduce_mean(self._excess(length, step) ** 2) for length in lengths])

    def _excess(self, length: tf.Tensor, step: tf.Tensor) -> tf.Tensor:
        excess = length / value_at(self.target, step) - 1
        return tf.nn.relu(excess) if self.one_sided else excess

    def __repr__(self):
        return (f"{type(self).__name__}(weight={schedule_text(self.weight)}, target={schedule_text(self.target)}, "
                f"one_sided={self.one_sided}, "
                f"inner_scale={self.inner_scale:g})")


class Dragan(GradientPenalty):
    """λ E_i(‖∇D(x̂_i)‖₂/γ - 1)² at x̂ = x + α·½·std(x)·u: around the data, without generated samples.

    Kodali et al. 2017, arXiv:1705.07215. u ~ U(0, 1) per element, α ~ U(0, 1) per sample, std over the whole batch.

    Args:
        weight, target, one_sided, inner_scale: as in `GradientPenalty`.

    Example:
        >>> Objective(NonSaturating(), regularizers=(Dragan(10),))
    """

    name = "dragan"

    def points(self, forward: ForwardPass) -> tf.Tensor:
        """x̂, (batch, ...): where the gradient is taken."""
        real = forward.seen_real.samples
        direction = tf.cast(forward.stream.uniform(tf.shape(real), "dragan-direction"), real.dtype)
        return real + one_per_sample(forward, real, "dragan-length") * 0.5 * tf.math.reduce_std(real) * direction


def one_per_sample(forward: ForwardPass, samples: tf.Tensor, purpose: str) -> tf.Tensor:
    """U(0, 1) draws of shape (batch, 1, ..., 1) in the dtype of `samples`."""
    shape = tf.concat([tf.shape(samples)[:1], tf.ones([tf.rank(samples) - 1], tf.int32)], 0)
    return tf.cast(forward.stream.uniform(shape, purpose), samples.dtype)
