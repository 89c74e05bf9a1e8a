"""Layers that all modalities share."""

from gan_core.layers.spectral_norm import SNConv1D, SNConv2D, SNDense

__all__ = ["SNConv1D", "SNConv2D", "SNDense"]
