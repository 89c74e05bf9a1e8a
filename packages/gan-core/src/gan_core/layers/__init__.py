"""Layers that all modalities share."""

from gan_core.layers.label_encoding import LabelEncoding
from gan_core.layers.per_sample import OwnStatistics, SampleDropout
from gan_core.layers.spectral_norm import SNConv1D, SNConv2D, SNDense

__all__ = ["LabelEncoding", "OwnStatistics", "SNConv1D", "SNConv2D", "SNDense", "SampleDropout"]
