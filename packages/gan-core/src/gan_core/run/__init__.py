"""Running an experiment in a folder: checkpoints, records, samples, progress, signals. Imports no TensorFlow."""

from __future__ import annotations

import importlib

_HOMES = {
    "config": ("RunConfig",),
    "experiment": ("Experiment", "Phase", "resume_experiment", "run_experiment"),
    "folder": ("RunFolder",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name not in _HOME_OF:
        raise AttributeError(f"module 'gan_core.run' has no attribute {name!r}")
    return getattr(importlib.import_module(f"gan_core.run.{_HOME_OF[name]}"), name)


def __dir__():
    return __all__
