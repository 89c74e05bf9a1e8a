"""Features of a fixed random convolutional network: no download, no training, good for watching one run.

Random features see edges and textures at a few scales. They rank the sheets of one run sensibly, but their scores
compare neither with published ones nor between machines bit for bit.
"""

from __future__ import annotations

import numpy as np

from gan_core.errors import ConfigError
from gan_core.metrics.extractors.base import Extractor, weights_hash


class RandomConvolution(Extractor):
    """Four 3x3 convolutions with ReLU and stride 2; the mean of each map after every layer.

    Args:
        seed: int ≥ 0, of the weights, drawn by NumPy and so equal everywhere.
        widths: channels of the layers; their sum is the dimension.
        size: int, pixels images are resized to.

    Raises:
        ConfigError: an argument out of range.

    Example:
        >>> RandomConvolution().features(np.zeros((2, 28, 28, 1), np.uint8)).shape
        (2, 480)
    """

    resize = "bilinear-antialias"
    caveat = ("features of a random network see edges and textures: enough to rank the samples of one run, not to "
              "judge a generator")

    def __init__(self, seed: int = 0, *, widths: tuple[int, ...] = (32, 64, 128, 256), size: int = 32):
        if seed < 0 or size < 1 or not widths or min(widths) < 1:
            raise ConfigError("`seed` must be at least 0, `size` and every one of `widths` at least 1. "
                              f"Received: seed={seed}, size={size}, widths={widths}.")
        draw = np.random.Generator(np.random.PCG64(seed))
        self.size, self.dimension, self.kernels = size, sum(widths), []
        for before, after in zip((3, *widths), widths, strict=False):
            kernel = draw.standard_normal((3, 3, before, after)) * np.sqrt(2 / (9 * before))
            self.kernels.append(kernel.astype(np.float32))
        self.name = f"random-convolution(seed={seed})"
        self.hash = weights_hash(self.kernels)

    def batch(self, images) -> np.ndarray:  # noqa: D102
        import tensorflow as tf

        x = self.resized(images) / 127.5 - 1
        means = []
        for kernel in self.kernels:
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 2, "SAME"))
            means.append(tf.reduce_mean(x, [1, 2]))
        return tf.concat(means, -1).numpy()
