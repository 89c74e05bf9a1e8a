"""The two-player game of generative adversarial networks on Keras 3.

Public names are resolved on first use (PEP 562): importing the package loads no TensorFlow.
"""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "game.gan": ("GAN",),
    "game.objective": ("Objective",),
    "game.forward_pass": ("ForwardPass",),
    "game.terms": ("AuxiliaryLoss", "Constraint", "MismatchedPairs", "Regularizer"),
    "game.batch": ("DiscriminatorOutput", "OneHot"),
    "game.mismatched_pairs": ("ShuffledCondition", "SuppliedSamples"),
    "game.per_sample": ("PerSample",),
    "game.spectator": ("build_spectator",),
    "game.latent": ("Normal", "Uniform", "Sphere", "NoLatent"),
    "random": ("Stream",),
    "data.loader": ("ArraySource", "Loader"),
    "game.averaging": ("ExponentialMovingAverage", "recalibrate_batch_norm"),
    "game.optimizers": ("ScheduledAdam",),
    "game.inversion": ("find_latents", "invert_latents"),
    "model_files": ("load_network",),
    "game.schedules": ("Cosine", "wgan_warmup", "linear_decay"),
    "losses": ("Minimax", "NonSaturating", "LeastSquares", "Wasserstein", "Hinge", "Relativistic",
               "RelativisticAverage", "RelativisticLeastSquares", "RelativisticHinge", "Targets", "LOSSES",
               "loss_by_name"),
    "regularizers": ("GradientPenalty", "Dragan", "R1", "R2", "Drift", "Lazy", "lazy_adam"),
    "constraints": ("WeightClipping",),
    "auxiliary": ("Reconstruction", "FeatureMatching", "PerceptualLoss"),
    "auxiliary.interpolated_conditions": ("InterpolatedConditions",),
    "auxiliary.classification": ("DiscriminatorClassLoss", "GeneratorClassLoss"),
    "augment": ("AdaptiveAugment", "Chain", "DiffAugment", "FixedAugment", "InstanceNoise"),
    "layers": ("LabelEncoding", "SNConv1D", "SNConv2D", "SNDense"),
    "run": ("Experiment", "Phase", "run_experiment", "resume_experiment"),
    "errors": ("GanError", "ConfigError", "DataError", "RunError", "CheckpointError", "DivergedError",
               "MissingDependencyError"),
}
__version__ = "0.1.0"
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
