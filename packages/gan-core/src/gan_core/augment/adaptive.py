"""Adaptive discriminator augmentation: as much augmentation as keeps the discriminator from overfitting.

Karras et al. 2020, "Training generative adversarial networks with limited data" (2006.06676), and the Keras
example of the same name.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import keras
import tensorflow as tf

from gan_core.augment.base import Augmentation
from gan_core.augment.pipeline import Pipeline
from gan_core.errors import ConfigError, choose

#: Above this probability the generator may learn the augmentation (2006.06676, section 2.2) ...
LEAK_PROBABILITY = 0.8
#: ... if it stays there for so many updates of the probability.
LEAK_UPDATES = 1000

# preset -> (transforms, target, discriminator steps per update)
_PRESETS = {"keras_example": ("keras_example", 0.85, 1), "paper": ("bgc", 0.6, 4)}


@keras.saving.register_keras_serializable(package="gan_core")
class AdaptiveAugment(Augmentation):
    """Augmentation whose probability p follows the discriminator's confidence on augmented real images.

    With r = E sign(logit - boundary) on real images, acc = (r + 1)/2 and B images per step:

    - "keras_example": p ← clip(p + (acc - target)/steps, 0, p_max) at each discriminator step;
    - "paper": p ← clip(p + sign(r - target) · 4B/(1000 · ada_kimg), 0, p_max) at every fourth step, r averaged
      over the four.

    p and the running statistic are weights, saved with the model that holds this layer.

    Args:
        preset: "keras_example" (flip, shift, rotation and zoom, all or none; target is an accuracy, 0.85) or "paper"
            (independent lines "bgc"; target is r, 0.6).
        transforms: a name of `PRESETS` or names of `LINES` instead of the preset's own.
        value_range: (low, high) of the samples.
        target: float, the accuracy in (0, 1) or r in (-1, 1) to hold; None: the preset's.
        steps: int, "keras_example": discriminator steps that integrate an error of 1 to a change of p by 1.
        ada_kimg: float, "paper": thousands of real images in which p can rise from 0 to 1 (100 for fine-tuning).
        p_max: float in [0, 1], the largest p. 0.8 keeps the augmentation from leaking into generated images.
        initial: float in [0, p_max], p at the start.
        resample: "bilinear" or "antialiased" (see `warp`).

    Raises:
        ConfigError: an unknown name or a number outside its range.

    Example:
        >>> augment = AdaptiveAugment("paper", ada_kimg=500)
        >>> for _ in range(4):
        ...     augment.update(tf.ones((64, 1)))  # the discriminator is right about every real image
        >>> round(float(augment.p), 6)
        0.000512
    """

    needs_boundary = True

    def __init__(self, preset: str = "keras_example", *, transforms: str | Sequence[str] | None = None,
                 value_range=(-1.0, 1.0), target: float | None = None, steps: int = 1000, ada_kimg: float = 500,
                 p_max: float = 1.0, initial: float = 0.0, resample: str = "bilinear", **kwargs):
        super().__init__(**kwargs)
        default_transforms, default_target, interval = choose("`preset`", preset, _PRESETS)
        self.preset, self.interval, self.resample = preset, interval, resample
        self.transforms = default_transforms if transforms is None else transforms
        self.target = default_target if target is None else float(target)
        self.steps, self.ada_kimg, self.p_max, self.initial = steps, ada_kimg, p_max, initial
        low = 0.0 if preset == "keras_example" else -1.0
        for name, value, valid, rule in (
            ("target", self.target, low < self.target < 1, f"lie between {low:g} and 1"),
            ("steps", steps, steps >= 1, "be at least 1"),
            ("ada_kimg", ada_kimg, ada_kimg > 0, "be positive"),
            ("p_max", p_max, 0 <= p_max <= 1, "lie in [0, 1]"),
            ("initial", initial, 0 <= initial <= p_max, "lie in [0, p_max]"),
        ):
            if not valid:
                raise ConfigError(f"`{name}` must {rule}. Received: {name}={value!r}, preset={preset!r}. "
                                  "Leave it out for the preset's value.")
        self.pipeline = Pipeline(self.transforms, value_range=value_range, resample=resample)
        self.value_range = tuple(self.pipeline.value_range)
        # "mean": replicas see different logits but must keep one p.
        self.p = self._state("aug_p", initial)
        self.signs = self._state("aug_signs")
        self.signs_steps = self._state("aug_signs_steps")
        self.updates_above = self._state("aug_updates_above")
        self._warned = False

    def _state(self, name, value=0.0):
        return self.add_weight(shape=(), initializer=keras.initializers.Constant(value), dtype="float32", name=name,
                               trainable=False, autocast=False, aggregation="mean")

    def call(self, samples, maps, stream):  # noqa: D102
        return self.pipeline.pair(samples, maps, tf.convert_to_tensor(self.p), stream)

    def update(self, margins: tf.Tensor) -> None:
        """Move p towards its target, once per discriminator step.

        Args:
            margins: float (batch, ...), logits of augmented real samples minus the loss's boundary; 0 counts as half.
        """
        margins = tf.cast(margins, tf.float32)
        # A NaN would stay in p for ever; the loop reports it, and the last good checkpoint must be usable.
        signs = tf.where(tf.math.is_nan(margins), 0.0, tf.sign(margins))
        context = tf.distribute.get_replica_context()
        replicas = context.num_replicas_in_sync if context is not None else 1
        images = tf.cast(tf.shape(margins)[0] * replicas, tf.float32)
        # Assigned first, read back after: under a distribution strategy that is the mean over the replicas.
        self.signs.assign_add(tf.math.divide_no_nan(tf.reduce_sum(signs), tf.cast(tf.size(signs), tf.float32)))
        self.signs_steps.assign_add(1.0)
        steps, r = tf.convert_to_tensor(self.signs_steps), tf.convert_to_tensor(self.signs)
        r = r / steps
        # Arithmetic instead of tf.cond: a mirrored variable cannot be assigned inside control flow.
        due = tf.cast(steps >= self.interval, tf.float32)
        if self.preset == "keras_example":
            change = ((r + 1.0) / 2.0 - self.target) / self.steps
        else:
            change = tf.sign(r - self.target) * steps * images / (1000.0 * self.ada_kimg)
        p = tf.clip_by_value(tf.convert_to_tensor(self.p) + due * change, 0.0, self.p_max)
        above = tf.cast(p > LEAK_PROBABILITY, tf.float32)
        updates = tf.convert_to_tensor(self.updates_above)
        self.p.assign(p)
        self.updates_above.assign(due * above * (updates + 1.0) + (1.0 - due) * updates)
        self.signs.assign((1.0 - due) * tf.convert_to_tensor(self.signs))
        self.signs_steps.assign((1.0 - due) * steps)

    def report(self) -> dict[str, tf.Tensor]:
        """{"aug_p": the probability}."""
        return {"aug_p": tf.convert_to_tensor(self.p)}

    def warning(self) -> str | None:
        """A sentence once p has stayed above 0.8 for 1000 updates, else None. The first time it is also warned."""
        updates = int(self.updates_above)
        if updates < LEAK_UPDATES:
            return None
        message = (
            f"augmentation leak: aug_p has been above {LEAK_PROBABILITY} for {updates} updates (now "
            f"{float(self.p):.3f}), so that generated images may show the augmentation. Set `p_max=0.8`, or use more "
            "data or a smaller discriminator."
        )
        if not self._warned:
            self._warned = True
            warnings.warn(message, stacklevel=2)
        return message

    def get_config(self):  # noqa: D102
        names = ("preset", "transforms", "value_range", "target", "steps", "ada_kimg", "p_max", "initial", "resample")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
