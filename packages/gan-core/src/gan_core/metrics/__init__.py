"""Scores of generated samples: pure functions in `gan_core.metrics.functional`, and what carries their protocol.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "result": ("Score", "collect_warnings", "difference", "library_versions"),
    "functional": ("MetricWarning", "Moments"),
    "evaluator": ("DEFAULT_METRICS", "evaluate"),
    "scoring": ("METRICS",),
    "score_table": ("print_scores",),
    "score_file": ("pair_scores", "print_comparison", "read_scores", "scores_from_json", "scores_to_json",
                   "write_scores"),
    "feature_set": ("FeatureSet", "extract_features"),
    "feature_cache": ("FeatureCache",),
    "extractors": ("EXTRACTORS", "CallableExtractor", "Encoder", "Extractor", "KerasInceptionV3", "RandomConvolution",
                   "extractor_by_name", "keras_extractor", "train_encoder"),
    "keras_metric": ("KeepBest", "KernelDistanceMetric"),
    "images": ("ImageSet", "open_images", "read_images", "iterate_images"),
    "triangles": ("Triangles", "TriangleScores", "triangle_precision"),
    "triangle_recall": ("evaluate_triangles", "invert_latents"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.metrics' has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
