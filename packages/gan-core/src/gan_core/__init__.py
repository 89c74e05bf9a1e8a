"""The two-player game of generative adversarial networks on Keras 3.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

import importlib

_HOMES = {
    "gan": ("GAN",),
    "objective": ("Objective", "Round"),
    "batch": ("DiscriminatorOutput", "OneHot"),
    "mismatched": ("ShuffledCondition", "SuppliedSamples"),
    "latent": ("Normal", "Uniform", "Sphere", "NoLatent"),
    "random": ("Stream",),
    "loader": ("ArraySource", "Loader"),
    "averaging": ("ExponentialMovingAverage", "recalibrate_batch_norm"),
    "schedules": ("wgan_warmup", "linear_decay"),
    "losses": ("Minimax", "NonSaturating", "LeastSquares", "Wasserstein", "Hinge", "Relativistic",
               "RelativisticAverage", "RelativisticLeastSquares", "RelativisticHinge", "Targets", "LOSSES",
               "loss_by_name"),
    "regularizers": ("GradientPenalty", "Dragan", "R1", "R2", "Drift", "WeightClipping", "Lazy", "lazy_adam",
                     "penalty_reach"),
    "auxiliary": ("Reconstruction", "FeatureMatching", "PerceptualLoss"),
    "augment": ("AdaptiveAugment", "Chain", "DiffAugment", "FixedAugment", "InstanceNoise"),
    "layers": ("SNConv1D", "SNConv2D", "SNDense"),
    "run": ("Experiment", "Phase", "run_experiment", "resume_experiment"),
    "errors": ("GanError", "ConfigError", "DataError", "RunError", "CheckpointError", "DivergedError",
               "MissingDependencyError"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)
__version__ = "0.1.0"


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_core.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
