"""Noise that spreads the 256 levels of pixels over their range."""

from __future__ import annotations

import tensorflow as tf

from gan_core.random import Stream


def dequantize(batch: dict, stream: Stream) -> dict:
    """Real images in [-1, 1] of level x = 0..255 become (x + u) / 128 - 1 with u ~ U[0, 1) per pixel.

    As in the code of Gulrajani et al. 2017, arXiv:1704.00028.

    Args:
        batch: with "real", float32 (batch, height, width, channels).
        stream: of the step; the noise is a function of the seed and the step alone.
    """
    level = (batch["real"] + 1) * 127.5
    return {**batch, "real": (level + stream.uniform(tf.shape(level), "level")) / 128 - 1}
