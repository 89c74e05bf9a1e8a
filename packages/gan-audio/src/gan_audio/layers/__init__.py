"""Layers of the SEGAN networks, registered under the package "gan_audio"."""

from __future__ import annotations

from gan_audio.layers.check_length import CheckLength
from gan_audio.layers.phase_shift import PhaseShift
from gan_audio.layers.skip_scale import SkipScale, apply_skip
from gan_audio.layers.virtual_batch_norm import LiveExamples, ReferenceBatch, VirtualBatchNorm

__all__ = ["CheckLength", "LiveExamples", "PhaseShift", "ReferenceBatch", "SkipScale", "VirtualBatchNorm",
           "apply_skip"]
