"""Constraints on the weights of the discriminators, applied after each of their updates."""

from gan_core.constraints.weight_clipping import WeightClipping

__all__ = ["WeightClipping"]
