"""Layers that all modalities share."""

from gan_core.layers.label_encoding import LabelEncoding
from gan_core.layers.spectral_norm import SNConv1D, SNConv2D, SNDense

__all__ = ["LabelEncoding", "SNConv1D", "SNConv2D", "SNDense"]
