"""Agreement of a discriminator's intermediate features on real and generated samples."""

from __future__ import annotations

import tensorflow as tf

from gan_core.auxiliary.samples import mean_distance
from gan_core.errors import ConfigError
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, check_scheduled
from gan_core.game.terms import AuxiliaryLoss


class FeatureMatching(AuxiliaryLoss):
    """(1/K) Σ_k (4/(n+1)) Σ_l E|φ_kl(y) - φ_kl(G(x))|, K discriminators with n + 1 layers of features φ each.

    Paired form: Wang et al. 2018, arXiv:1711.11585 (pix2pixHD, λ = 10), whose factor 4/(n + 1) keeps the sum
    comparable between discriminators of other depths than n = 3. Unpaired form, for samples without partners:
    (1/K) Σ_k Σ_l ‖E φ_kl(y) - E φ_kl(G(z))‖² with E the mean over the batch, Salimans et al. 2016, arXiv:1606.03498.
    Gradients flow to the generated side only. The discriminators must return {"logits": ..., "features": [...]}.

    Args:
        weight: float >= 0, λ, or a function of the step (a schedule).
        paired: whether real sample i is the partner of generated sample i.
        n_layers: int >= 0, n in the factor above (ignored when unpaired); 3 makes the factor 1.
        name: under which the unweighted value is recorded.

    Raises:
        ConfigError: an argument out of range; when called, a discriminator without features.

    Example:
        >>> Objective(LeastSquares(), auxiliary=(FeatureMatching(10),))
    """

    def __init__(self, weight: Scheduled = 10.0, paired: bool = True, *, n_layers: int = 3,
                 name: str = "feature_matching"):
        if n_layers < 0:
            raise ConfigError(f"`n_layers` must be at least 0. Received: n_layers={n_layers}. The usual value is 3.")
        self.weight = check_scheduled("weight", weight, zero=True)
        self.paired, self.n_layers, self.name = paired, n_layers, name

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """The unweighted distance, scalar float32."""
        distances = []
        for real, fake in zip(forward.real_outputs, forward.fake_outputs, strict=True):
            if not fake.features or not real.features:
                raise ConfigError(
                    "feature matching needs a discriminator that returns its features. Received: logits only. Build it "
                    "with outputs={'logits': ..., 'features': [...]}."
                )
            pairs = list(zip(real.features, fake.features, strict=True))
            if self.paired:
                total = tf.add_n([mean_distance(*pair, 1, "features of real and generated samples") for pair in pairs])
                distances.append(total * (4 / (self.n_layers + 1)))
            else:
                distances.append(tf.add_n([_squared_mean_difference(*pair) for pair in pairs]))
        return tf.add_n(distances) / len(distances)

    def __repr__(self):
        return f"FeatureMatching(weight={self.weight}, paired={self.paired}, n_layers={self.n_layers})"


def _squared_mean_difference(real: tf.Tensor, fake: tf.Tensor) -> tf.Tensor:
    """‖E φ(y) - E φ(G(z))‖², E over the batch."""
    real, fake = tf.cast(real, tf.float32), tf.cast(fake, tf.float32)
    return tf.reduce_sum((tf.stop_gradient(tf.reduce_mean(real, axis=0)) - tf.reduce_mean(fake, axis=0)) ** 2)
