"""What every adversarial loss offers to the loop, to accuracy and to adaptive augmentation."""

from __future__ import annotations

import tensorflow as tf

from gan_core.random import Stream


class AdversarialLoss:
    """A pair of losses on raw float32 logits (batch, ...); high means real. E is the mean over all elements.

    Attributes:
        name: str, the key under which configurations know the loss.
        boundary: float or None, the logit that separates real from fake; None for a critic without one.
        relativistic: bool, whether the generator's loss looks at real logits.
    """

    name: str = ""
    boundary: float | None = 0.0
    relativistic: bool = False

    def discriminator(self, real: tf.Tensor, fake: tf.Tensor, stream: Stream | None = None) -> tf.Tensor:
        """Scalar that the discriminator minimises. `stream` feeds random targets, where a loss has them."""
        raise NotImplementedError

    def generator(self, fake: tf.Tensor, real: tf.Tensor | None = None) -> tf.Tensor:
        """Scalar that the generator minimises."""
        raise NotImplementedError

    def margins(self, real: tf.Tensor, fake: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor] | None:
        """How far each logit lies on the "real" side of the boundary; None where there is no boundary."""
        if self.boundary is None:
            return None
        return real - self.boundary, fake - self.boundary

    def __repr__(self):
        return f"{type(self).__name__}()"
