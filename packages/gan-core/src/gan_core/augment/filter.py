"""The filter line of ADA: four frequency bands amplified or damped at random (2006.06676, appendix B).

The bank comes from the sym2 wavelet. With A(ω) = |H(ω)|²/2, the power response of its low-pass, the bands are
    A(ω)A(2ω)A(4ω)   A(ω)A(2ω)(1-A(4ω))   A(ω)(1-A(2ω))   1-A(ω)
for [0, π/8], [π/8, π/4], [π/4, π/2], [π/2, π]. They have zero phase and add up to 1, so that gains of 1 change nothing.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from gan_core.augment.folding import pad_reflect
from gan_core.augment.separable import apply_along, filter_matrix
from gan_core.random import Stream

#: sym2 low-pass h. Its autocorrelation/2 is A: taps 1/2 at 0, 9/32 at ±1, 0 at ±2, -1/32 at ±3.
SYM2 = (-0.12940952255092145, 0.22414386804185735, 0.836516303737469, 0.48296291314469025)
_TAPS = {offset: sum(SYM2[k] * SYM2[k + offset] for k in range(4 - offset)) / 2 for offset in (0, 1, 3)}

BANDS = ("band1", "band2", "band3", "band4")
#: Expected power of natural images in the four bands (a 1/f spectrum).
POWER = np.array([10, 1, 1, 1], "float32") / 13


def band_gains(lines: tuple[str, ...], probability: tf.Tensor, stream: Stream, count: tf.Tensor) -> tf.Tensor:
    """Gains (count, 4) of the bands: the product over all drawn bands i of a vector t.

    t is 1 but t_i = 2^N(0, 1), divided by sqrt(Σ_j e_j t_j²) with the expected powers e: the image keeps its power.
    """
    gains = tf.ones((count, 4))
    for index, line in enumerate(BANDS):
        if line not in lines:
            continue
        draws = stream.scoped(line)
        gain = 2.0 ** draws.normal((count, 1), "gain")
        vector = tf.where(np.arange(4) == index, gain, 1.0)
        vector /= tf.sqrt(tf.reduce_sum(POWER * vector**2, axis=1, keepdims=True))
        gains *= tf.where(draws.chance((count, 1), "apply", probability), vector, 1.0)
    return gains


def _low_pass(columns, spacing):
    """A at the given tap spacing; shortens axis 0 by 6 · spacing."""
    size = tf.shape(columns)[0] - 6 * spacing

    def shifted(offset):
        start = (3 + offset) * spacing
        return columns[start : start + size]

    return _TAPS[0] * shifted(0) + _TAPS[1] * (shifted(-1) + shifted(1)) + _TAPS[3] * (shifted(-3) + shifted(3))


def _bands(columns):
    """Columns (n, k), mirrored at the ends, split into the bands: (4, n, k), low to high."""
    margin = 3 + 6 + 12
    current, bands = pad_reflect(columns, margin, axis=0), []
    for spacing in (1, 2, 4):
        low = _low_pass(current, spacing)
        high = current[3 * spacing : -3 * spacing] - low
        margin -= 3 * spacing
        bands.insert(0, high[margin : tf.shape(high)[0] - margin])
        current = low
    return tf.stack([current, *bands])


def apply_filter(images: tf.Tensor, gains: tf.Tensor) -> tf.Tensor:
    """Images (batch, height, width, channels) whose bands are multiplied by `gains` (batch, 4), along both axes."""
    for axis in (1, 2):
        bands = filter_matrix(_bands, tf.shape(images)[axis])
        images = apply_along(tf.einsum("bi,inm->bnm", gains, bands), images, axis)
    return images
