"""Running an experiment in a folder: checkpoints, records, samples, progress, signals. Imports no TensorFlow."""

from __future__ import annotations

from gan_core.public_names import public_names

_HOMES = {
    "config": ("RunConfig",),
    "recipe": ("Recipe",),
    "recipe_table": ("RecipeTable",),
    "trained_run": ("TrainedRun",),
    "experiment": ("Experiment", "Phase", "resume_experiment", "run_experiment"),
    "folder": ("RunFolder",),
}
__getattr__, __dir__, __all__ = public_names(__name__, _HOMES)
