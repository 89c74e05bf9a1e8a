"""Two-fold up- and down-sampling by the low-pass filter of the sym6 wavelet.

The filter h is orthonormal under shifts by two, Σ h[k] h[k+2m] = δ[m], so that sampling up and down again gives
the image back, though either alone is a low-pass.
"""

from __future__ import annotations

import tensorflow as tf

from gan_core.augment.folding import pad_reflect
from gan_core.augment.separable import apply_along, filter_matrix

# Daubechies' least asymmetric wavelet with six vanishing moments; Σ h = √2, Σ h² = 1.
SYM6 = (
    0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633,
    0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252,
    -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148,
)
_HALF = len(SYM6) // 2
_SQRT2 = 2.0**0.5
#: Position of pixel 0 on the fine grid, in fine pixels: the filter's centre of mass.
PHASE = sum(position * value for position, value in enumerate(SYM6)) / _SQRT2
#: Fine pixels beyond what `downsample` reads, at either end of what `upsample` returns.
MARGIN = 2


def _upsample_columns(columns):
    size = tf.shape(columns)[0]
    padded, count = pad_reflect(columns, _HALF, axis=0), size + 5 + MARGIN
    # f[2m + parity] = Σ_j h[2j + parity] x[m - j]: two filters of six taps instead of zeros in between.
    phases = [
        tf.add_n([_SQRT2 * value * padded[_HALF - 1 - tap : _HALF - 1 - tap + count]
                  for tap, value in enumerate(SYM6[parity::2])])
        for parity in (0, 1)
    ]
    return tf.reshape(tf.stack(phases, axis=1), (2 * count, -1))


def _downsample_columns(columns):
    size = (tf.shape(columns)[0] - len(SYM6)) // 2 + 1
    return tf.add_n([value / _SQRT2 * columns[tap : tap + 2 * size - 1 : 2] for tap, value in enumerate(SYM6)])


def upsample(images: tf.Tensor, axis: int) -> tf.Tensor:
    """Twice the resolution along `axis` (1 or 2), mirrored at the edges: size n becomes 2n + 10 + 2 · MARGIN.

    f[u] = √2 Σ_n h[u - 2n] x[n] for u = -MARGIN, ...; pixel n lies at u = 2n + PHASE.
    """
    return apply_along(filter_matrix(_upsample_columns, tf.shape(images)[axis]), images, axis)


def downsample(images: tf.Tensor, axis: int) -> tf.Tensor:
    """Half the resolution along `axis` (1 or 2): x[n] = Σ_k h[k] f[2n + k] / √2. Size 2n + 10 becomes n."""
    return apply_along(filter_matrix(_downsample_columns, tf.shape(images)[axis]), images, axis)
