"""Keras layers of the image networks, registered for serialisation under "gan_vision"."""

import gan_core.layers  # noqa: F401  (saved networks hold layers of both packages: importing this one registers all)
from gan_vision.layers.conditional_batch_normalization import ConditionalBatchNormalization
from gan_vision.layers.instance_mean import InstanceMean
from gan_vision.layers.reflection_padding import ReflectionPadding2D

__all__ = ["ConditionalBatchNormalization", "InstanceMean", "ReflectionPadding2D"]
