"""A curriculum over lengths: rows of which only a beginning is shown, longer from stage to stage (Press et al. 2017).

Both the real row and the generated one that takes its place are cut, by zeros behind the shown part, so that networks
of a fixed length can be used. Lengths are mixed within a stage: each row shows 1..l tokens. With a teacher, the
generator gets the real tokens before the last one shown and writes that one.
"""

from __future__ import annotations

import numpy as np

from gan_text.errors import TextConfigError
from gan_text.layers.completion import HIDDEN, WRITE


class ShownPart:
    """Adds "given" to a batch of ids and hides the ends of its rows: a `transform` of a loader.

    Args:
        shown: int, 1..length; a row shows its first n tokens, n ~ U{1, ..., shown}, or all of them with shown = length.
        length: int, tokens of a row.
        teacher: bool; the n - 1 real tokens before the last one shown are given to the generator, except where whole
            rows are shown: there it writes alone, as it does later.

    Example:
        >>> batch = ShownPart(1, 4)({"real": tf.constant([[5, 6, 7, 8]])}, seeds)
        >>> batch["real"].numpy().tolist(), batch["given"].numpy().tolist()     # -2: hidden, -1: to be written
        ([[5, -2, -2, -2]], [[-1, -2, -2, -2]])
    """

    def __init__(self, shown: int, length: int, *, teacher: bool = False):
        self.shown, self.length, self.teacher = shown, length, teacher

    def __call__(self, batch: dict, seeds) -> dict:
        """The batch with its rows cut, inside a tf.data graph."""
        import tensorflow as tf

        from gan_core.random import row_uniform

        ids = tf.cast(batch["real"], tf.int32)
        if self.shown >= self.length:
            return {**batch, "real": ids, "given": tf.fill(tf.shape(ids), WRITE)}
        count = 1 + tf.cast(row_uniform(seeds, "shown") * self.shown, tf.int32)[:, None]
        position = tf.range(self.length)[None]
        given = tf.where(position < count, WRITE, HIDDEN)
        if self.teacher:
            given = tf.where(position < count - 1, ids, given)
        return {**batch, "real": tf.where(position < count, ids, HIDDEN), "given": given}

    def for_samples(self, count: int) -> dict[str, np.ndarray]:
        """Nothing is given: whole rows are to be written."""
        return {"given": np.full((count, self.length), WRITE, np.int32)}


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
