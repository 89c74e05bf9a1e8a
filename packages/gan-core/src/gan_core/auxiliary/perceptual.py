"""Distance in the feature space of a network that is not trained here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import tensorflow as tf

from gan_core.auxiliary.samples import check_order, mean_distance, target_of
from gan_core.errors import ConfigError
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, check_scheduled
from gan_core.game.terms import AuxiliaryLoss


class PerceptualLoss(AuxiliaryLoss):
    """Σ_l w_l E|φ_l(y) - φ_l(G(x))|^order, φ given by the caller (for instance layers of a classifier).

    Johnson et al. 2016, arXiv:1603.08155; with VGG19 and w = 1/32, 1/16, 1/8, 1/4, 1 also pix2pixHD,
    arXiv:1711.11585. No network and no weights come with this package; `features` brings its own preprocessing
    from the generator's range.

    Args:
        weight: float >= 0, λ, or a function of the step (a schedule).
        features: samples (batch, ...) -> one tensor or a sequence of them; differentiable.
        layer_weights: one float per tensor, w_l; all 1 if None.
        order: 1 or 2.
        target: "real", or the name of a condition to compare with.
        name: under which the unweighted value is recorded.

    Raises:
        ConfigError: an argument out of range; when called, another number of features than of `layer_weights`.

    Example:
        >>> Objective(NonSaturating(), auxiliary=(PerceptualLoss(10, vgg),))
    """

    def __init__(self, weight: Scheduled, features: Callable, *, layer_weights: Sequence[float] | None = None,
                 order: int = 1, target: str = "real", name: str = "perceptual"):
        if not callable(features):
            raise ConfigError(f"`features` must be a function of samples. Received: features={features!r}. Pass e.g. "
                              "a Keras model that returns intermediate activations.")
        self.weight = check_scheduled("weight", weight, zero=True)
        self.features, self.order = features, check_order(order)
        self.layer_weights = None if layer_weights is None else tuple(float(each) for each in layer_weights)
        self.target, self.name = target, name

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The unweighted distance, scalar float32."""
        # Without the stop, the tape would keep every activation of the target's pass.
        real = self._extract(tf.stop_gradient(target_of(forward, self.target)))
        fake = self._extract(forward.fake)
        weights = self.layer_weights or (1.0,) * len(fake)
        if not len(weights) == len(fake) == len(real):
            raise ConfigError(f"`layer_weights` must have one entry per feature. Received: {len(weights)} weights for "
                              f"{len(fake)} features.")
        return tf.add_n([weight * mean_distance(target, generated, self.order, "perceptual features")
                         for weight, target, generated in zip(weights, real, fake, strict=True)])

    def _extract(self, samples: tf.Tensor) -> list[tf.Tensor]:
        features = self.features(samples)
        return list(features) if isinstance(features, list | tuple) else [features]

    def __repr__(self):
        return f"PerceptualLoss(weight={self.weight}, order={self.order}, layer_weights={self.layer_weights})"
