"""Two-fold up- and down-sampling by the low-pass filter of the sym6 wavelet.

The filter h is orthonormal under shifts by two, Σ h[k] h[k+2m] = δ[m], so that `downsample(upsample(x)) = x`
exactly, though either alone is a low-pass.
"""

from __future__ import annotations

import tensorflow as tf

from gan_core.augment.folding import pad_reflect

# Daubechies' least asymmetric wavelet with six vanishing moments; Σ h = √2, Σ h² = 1.
SYM6 = (
    0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633,
    0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252,
    -0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148,
)
_HALF = len(SYM6) // 2
_SQRT2 = 2.0**0.5
#: Position of pixel 0 on the fine grid, in fine pixels: the filter's centre of mass.
phase = sum(position * value for position, value in enumerate(SYM6)) / _SQRT2


def _span(images, start, count, axis, stride=1):
    """`count` slices along `axis` from `start`."""
    begin = [0] * 4
    begin[axis] = start
    end, strides = tf.shape(images), [1] * 4
    end = tf.tensor_scatter_nd_update(end, [[axis]], [start + (count - 1) * stride + 1])
    strides[axis] = stride
    return tf.strided_slice(images, begin, end, strides)


def upsample(images: tf.Tensor, axis: int) -> tf.Tensor:
    """Twice the resolution along `axis`, with the margin that `downsample` needs: size n becomes 2n + 10.

    f[u] = √2 Σ_n h[u - 2n] x[n], mirrored at the edges. Pixel n lies at u = 2n + `phase`.
    """
    size = tf.shape(images)[axis]
    padded, count = pad_reflect(images, _HALF - 1, axis), size + _HALF - 1
    # f[2m + parity] = Σ_j h[2j + parity] x[m - j]: two filters of six taps instead of zeros in between.
    phases = [
        tf.add_n([_SQRT2 * value * _span(padded, _HALF - 1 - tap, count, axis)
                  for tap, value in enumerate(SYM6[parity::2])])
        for parity in (0, 1)
    ]
    shape = tf.tensor_scatter_nd_update(tf.shape(images), [[axis]], [2 * count])
    return tf.reshape(tf.stack(phases, axis=axis + 1), shape)


def downsample(images: tf.Tensor, axis: int) -> tf.Tensor:
    """Half the resolution: x[n] = Σ_k h[k] f[2n + k] / √2. Size 2n + 10 becomes n."""
    size = (tf.shape(images)[axis] - len(SYM6)) // 2 + 1
    return tf.add_n([value / _SQRT2 * _span(images, tap, size, axis, stride=2) for tap, value in enumerate(SYM6)])
