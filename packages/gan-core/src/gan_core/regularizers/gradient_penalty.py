"""Penalties that hold the norm of a critic's input gradient near a target: WGAN-GP and DRAGAN."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.objective import ForwardPass
from gan_core.regularizers.input_gradient import check_inner_scale, check_positive, input_gradients, norms
from gan_core.regularizers.normalization import warn_of_batch_normalization


class GradientPenalty:
    """λ E_i(‖∇D(x̂_i)‖₂/γ - 1)² at x̂ = x + α(G(z) - x), α ~ U(0, 1), one per sample.

    Gulrajani et al. 2017, arXiv:1704.00028; the target γ: Karras et al. 2018, arXiv:1710.10196; one-sided:
    Petzka et al. 2018, arXiv:1709.08894. x and G(z) are the samples as the discriminator sees them (after
    augmentation), x̂ goes with the real sample's condition and is not augmented again. The norm runs over all axes
    but the batch's; a sample's score is the mean of its logits; several discriminators are summed.

    Args:
        weight: float > 0, λ.
        target: float > 0, γ, in units of the logit per unit of the sample (750 in ProGAN on CIFAR-10).
        one_sided: penalise only norms above the target.
        inner_scale: power of two that keeps float16 gradients from vanishing; see `input_gradients`.

    Raises:
        ConfigError: an argument out of range; when called, real and generated samples of different shapes.

    Example:
        >>> Objective(Wasserstein(), regularizers=(GradientPenalty(10),))
    """

    name = "gradient_penalty"

    def __init__(self, weight: float = 10.0, target: float = 1.0, *, one_sided: bool = False,
                 inner_scale: float = 1.0):
        self.weight, self.target = check_positive("weight", weight), check_positive("target", target)
        self.one_sided, self.inner_scale = bool(one_sided), check_inner_scale(inner_scale)

    def inspect(self, discriminators) -> None:
        """Called once by the GAN: warn of batch normalisation, which this penalty does not go with."""
        warn_of_batch_normalization(discriminators)

    def points(self, forward: ForwardPass) -> tf.Tensor:
        """x̂, (batch, ...): where the gradient is taken."""
        real, fake = forward.seen_real, tf.cast(forward.seen_fake, forward.seen_real.dtype)
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
        gradients = input_gradients(
            lambda samples: [discriminate(samples, forward.condition) for discriminate in forward.discriminators],
            points, self.inner_scale)
        return self.weight * tf.add_n([tf.reduce_mean(self._excess(gradient) ** 2) for gradient in gradients])

    def _excess(self, gradient: tf.Tensor) -> tf.Tensor:
        excess = norms(gradient) / self.target - 1
        return tf.nn.relu(excess) if self.one_sided else excess

    def __repr__(self):
        return (f"{type(self).__name__}(weight={self.weight:g}, target={self.target:g}, one_sided={self.one_sided}, "
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
        real = forward.seen_real
        direction = tf.cast(forward.stream.uniform(tf.shape(real), "dragan-direction"), real.dtype)
        return real + one_per_sample(forward, real, "dragan-length") * 0.5 * tf.math.reduce_std(real) * direction


def one_per_sample(forward: ForwardPass, samples: tf.Tensor, purpose: str) -> tf.Tensor:
    """U(0, 1) draws of shape (batch, 1, ..., 1) in the dtype of `samples`."""
    shape = tf.concat([tf.shape(samples)[:1], tf.ones([tf.rank(samples) - 1], tf.int32)], 0)
    return tf.cast(forward.stream.uniform(shape, purpose), samples.dtype)
