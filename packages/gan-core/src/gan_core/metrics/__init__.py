"""Scores of generated samples: pure functions in `gan_core.metrics.functional`, and what carries their protocol.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

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
    "image_source": ("ImageSet", "open_images", "read_images", "iterate_images"),
    "triangles": ("Triangles", "TriangleScores", "triangle_precision"),
    "triangle_recall": ("evaluate_triangles", "invert_latents"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
