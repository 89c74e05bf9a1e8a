"""The two-player game of generative adversarial networks on Keras 3.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.lazy import public_names

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
    "classification": ("DiscriminatorClassLoss", "GeneratorClassLoss"),
    "augment": ("AdaptiveAugment", "Chain", "DiffAugment", "FixedAugment", "InstanceNoise"),
    "layers": ("LabelEncoding", "SNConv1D", "SNConv2D", "SNDense"),
    "run": ("Experiment", "Phase", "run_experiment", "resume_experiment"),
    "errors": ("GanError", "ConfigError", "DataError", "RunError", "CheckpointError", "DivergedError",
               "MissingDependencyError"),
}
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
