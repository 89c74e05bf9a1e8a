"""Scores of generated samples: pure functions in `gan_core.metrics.functional`, and what carries their protocol.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "score": ("Score", "collect_warnings", "read_scores", "scores_from_json", "scores_to_json", "write_scores"),
    "functional": ("MetricWarning", "Moments"),
    "evaluation": ("DEFAULT_METRICS", "evaluate"),
    "metrics": ("METRICS",),
    "score_table": ("print_scores",),
    "comparison": ("Verdict", "judge", "pair_scores", "print_comparison"),
    "features": ("FeatureSet", "extract_features"),
    "feature_cache": ("FeatureCache",),
    "extractors": ("EXTRACTORS", "CallableExtractor", "Encoder", "Extractor", "KerasInceptionV3", "RandomConvolution",
                   "extractor_by_name", "keras_extractor", "train_encoder"),
    "keras_metric": ("KeepBest", "KernelDistanceMetric"),
    "image_source": ("ImageSource", "open_images"),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
