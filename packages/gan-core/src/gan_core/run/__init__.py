"""Running an experiment in a folder: checkpoints, records, samples, progress, signals."""

from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder

__all__ = ["Experiment", "Phase", "RunConfig", "RunFolder", "resume_experiment", "run_experiment"]
