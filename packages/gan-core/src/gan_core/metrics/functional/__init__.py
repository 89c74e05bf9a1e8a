"""Metrics as pure functions of NumPy arrays, in float64: no TensorFlow, no SciPy, no network.

Each refuses broken input with `DataError` or `ConfigError`, and warns with `MetricWarning` where its number means
less than it seems.
"""

# Imported eagerly, unlike elsewhere: some functions bear the name of their module, and a module imported later would
# otherwise take the function's place as the package's attribute.
from gan_core.metrics.functional.binomial import binomial_interval, binomial_p_value
from gan_core.metrics.functional.birthday import (
    BirthdayTest,
    birthday_test,
    calibrate_threshold,
)
from gan_core.metrics.functional.feature_checks import MetricWarning
from gan_core.metrics.functional.fid import (
    frechet_distance,
    frechet_distance_from_moments,
    frechet_distance_from_statistics,
)
from gan_core.metrics.functional.inception_score import (
    InceptionScore,
    inception_score,
)
from gan_core.metrics.functional.interpolation import lerp, slerp
from gan_core.metrics.functional.kid import KernelDistance, kernel_distance
from gan_core.metrics.functional.memorisation import Memorisation, memorisation
from gan_core.metrics.functional.modes import (
    ModeAnalysis,
    labels_from_probabilities,
    mode_analysis,
)
from gan_core.metrics.functional.moments import Moments
from gan_core.metrics.functional.ms_ssim import SimilarityOfPairs, ms_ssim, ms_ssim_diversity
from gan_core.metrics.functional.neighbours import Neighbours, nearest_neighbours
from gan_core.metrics.functional.perceptual_path_length import PathLength, perceptual_path_length
from gan_core.metrics.functional.prdc import ManifoldScores, precision_recall_density_coverage
from gan_core.metrics.functional.standard_errors import frechet_distance_error, kernel_distance_error
from gan_core.metrics.functional.two_sample import TwoSampleAccuracy, two_sample_accuracy

__all__ = [
    "BirthdayTest", "InceptionScore", "KernelDistance", "ManifoldScores", "Memorisation", "MetricWarning",
    "ModeAnalysis", "Moments", "Neighbours", "PathLength", "SimilarityOfPairs", "TwoSampleAccuracy",
    "binomial_interval", "binomial_p_value", "birthday_test", "calibrate_threshold", "frechet_distance",
    "frechet_distance_error", "frechet_distance_from_moments", "frechet_distance_from_statistics", "inception_score",
    "kernel_distance", "kernel_distance_error", "labels_from_probabilities", "lerp", "memorisation", "mode_analysis",
    "ms_ssim", "ms_ssim_diversity", "nearest_neighbours", "perceptual_path_length",
    "precision_recall_density_coverage", "slerp", "two_sample_accuracy",
]  # fmt: skip
