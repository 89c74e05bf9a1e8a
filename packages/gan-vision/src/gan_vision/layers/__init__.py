"""Keras layers of the image networks, registered for serialisation under "gan_vision"."""

import gan_core.layers  # noqa: F401  (saved networks hold layers of both packages: importing this one registers all)
from gan_vision.layers.conditional_batch_normalization import ConditionalBatchNormalization
from gan_vision.layers.equalized import EqualizedConv2D, EqualizedDense
from gan_vision.layers.grouped_convolution import GroupedConv2D
from gan_vision.layers.instance_mean import InstanceMean
from gan_vision.layers.learned_basis import LearnedBasis
from gan_vision.layers.minibatch_standard_deviation import MinibatchStandardDeviation
from gan_vision.layers.pixel_normalization import PixelNormalization
from gan_vision.layers.reflection_padding import ReflectionPadding2D

__all__ = ["ConditionalBatchNormalization", "EqualizedConv2D", "EqualizedDense", "GroupedConv2D", "InstanceMean",
           "LearnedBasis", "MinibatchStandardDeviation", "PixelNormalization", "ReflectionPadding2D"]
