"""A curriculum over lengths: the critic sees prefixes that grow from stage to stage (Press et al. 2017).

Both real and generated rows are cut, here by zeros behind the visible part, so that networks of a fixed length can be
used. Lengths are mixed within a stage: each row shows 1..l tokens. Unlike the paper's teacher helping, the generator
never receives a real prefix.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.augment.base import Augmentation
from gan_text.errors import TextConfigError


@keras.saving.register_keras_serializable(package="gan_text")
class VisiblePrefix(Augmentation):
    """Zeros behind the first n tokens of each row, n ~ U{1, ..., l}; everything is visible once l is the row's length.

    Args:
        length: int, tokens of a row.

    Example:
        >>> prefix = VisiblePrefix(4)
        >>> prefix.visible.assign(1)
        >>> prefix(tf.ones((1, 4, 2)), Stream(0, 0))[0, :, 0].numpy().tolist()
        [1.0, 0.0, 0.0, 0.0]
    """

    image_only = False

    def __init__(self, length: int, **options):
        super().__init__(**options)
        self.length = length
        self.visible = self.add_weight(shape=(), dtype="int32", trainable=False, name="visible",
                                       initializer=keras.initializers.Constant(length))

    def call(self, samples, stream):  # noqa: D102
        visible = tf.convert_to_tensor(self.visible)
        draws = stream.uniform(tf.shape(samples)[:1], "prefix")
        lengths = 1 + tf.cast(draws * tf.cast(visible, tf.float32), tf.int32)
        lengths = tf.where(visible >= self.length, self.length, lengths)
        return samples * tf.sequence_mask(lengths, self.length, tf.float32)[..., None]

    def report(self):
        """The longest prefix of the stage."""
        return {"visible_length": tf.cast(self.visible, tf.float32)}

    def get_config(self):  # noqa: D102
        return {**super().get_config(), "length": self.length}


def stages(steps: int, count: int, each: int, length: int) -> list[tuple[int, int]]:
    """(longest prefix, steps) of each stage: `count` growing stages, then whole rows for what is left of the run.

    The stages do not depend on the run's length beyond them, so that a run resumed with more steps keeps its own.

    Args:
        steps: int, discriminator updates in total.
        count: int >= 1, growing stages.
        each: int >= 1, discriminator updates of a growing stage.
        length: int, tokens of a row.

    Raises:
        TextConfigError: more stages than shorter lengths, or no step left for whole rows.

    Example:
        >>> stages(100, 2, 25, 8)
        [(3, 25), (6, 25), (8, 50)]
    """
    if not 1 <= count < length:
        raise TextConfigError("`curriculum` must lie between 1 and the length - 1. "
                              f"Received: curriculum={count}, length={length}.")
    if steps <= count * each:
        raise TextConfigError("`steps` must exceed the growing stages, curriculum * stage_steps. "
                              f"Received: steps={steps}, curriculum={count}, stage_steps={each}.")
    grown = [(-(-length * (number + 1) // (count + 1)), each) for number in range(count)]
    return [*grown, (length, steps - each * count)]
