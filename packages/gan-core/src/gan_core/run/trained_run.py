"""A run folder, opened to use what was learned: the base of what each kind of system offers."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from gan_core.errors import CheckpointError, ConfigError
from gan_core.run.device import tensorflow_for
from gan_core.run.folder import RunFolder

if TYPE_CHECKING:
    import keras
    import numpy as np

    from gan_core.game.gan import GAN
    from gan_core.run.checkpoint import Saved
    from gan_core.run.config import RunConfig
    from gan_core.run.experiment import Experiment
    from gan_core.run.recipe import Recipe


class TrainedRun:
    """A run at its newest good checkpoint; it takes no lock and writes nothing.

    Networks are built when they are first asked for. Subclasses add what their system does: `generate`, `enhance`, ...

    Args:
        folder: of the run.
        recipe: that of its config.yaml.
        config: the settings of its config.yaml.
        data: whether to read the run's data set, as `self.data`; without, networks are built on blank examples, so
            that a run can be used where its data no longer are.
        experiment: trained and in memory already, as after `train`.

    Attributes:
        folder: RunFolder.
        recipe: Recipe.
        config: RunConfig.
        reads_data: bool, whether it was opened with its data.
        complaints: one message per damaged checkpoint that was passed over.

    Raises:
        CheckpointError: no checkpoint can be used.
    """

    NEXT_COMMAND: ClassVar[str | None] = None  # what a finished run suggests, if not what its program does

    def __init__(self, folder: RunFolder, recipe: Recipe, config: RunConfig, *, data: bool = False,
                 experiment: Experiment | None = None):
        self.folder, self.recipe, self.reads_data = folder, recipe, data
        self.config: Any = config  # of the recipe's own class
        with tensorflow_for(seed=config.seed, precision=config.precision):
            from gan_core.run.checkpoint import Checkpoints

            self.saved, self.complaints = Checkpoints(folder.checkpoints).newest()
        if experiment is not None:
            self.__dict__["experiment"] = experiment

    @property
    def step(self) -> int:
        """Discriminator updates done at the checkpoint."""
        return self.saved.step

    @property
    def gan(self) -> GAN:
        """The game with its networks."""
        return self.experiment.gan

    @functools.cached_property
    def data(self) -> tuple[Any, Any]:
        """(training data, validation data) of a run that was opened with them.

        Raises:
            ConfigError: it was opened without.
        """
        if not self.reads_data:
            raise ConfigError(f"{self.folder.path} was opened without its data. Open it with `data=True`.")
        return self.recipe.data_of(self.config, self.folder)

    @functools.cached_property
    def experiment(self) -> Experiment:
        """The recipe's experiment with the checkpoint's values.

        Raises:
            CheckpointError: the checkpoint does not fit the networks of the config.
            DataError: the run was opened with data, and these are not those it was trained on.
        """
        with tensorflow_for(seed=self.config.seed, precision=self.config.precision):
            from gan_core.run.compatibility import data_hashes, refuse_other_data
            from gan_core.run.experiment import restore_newest

            loaded = self.data if self.reads_data else self.placeholder()
            experiment = self.recipe.build(self.config, *loaded)
            self.saved, self.complaints = restore_newest(experiment, self.folder)
            if self.reads_data:  # else what was held out would no longer be what it was
                refuse_other_data(self.saved, self.folder, self.config, data_hashes(experiment), ("steps",))
        return experiment

    def placeholder(self) -> tuple[Any, Any]:
        """What the networks are built on without data."""
        return self.recipe.placeholder(self.config)

    def samples(self, count: int, *, seed: int = 0, raw: bool = False,
                condition: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
        """`count` samples as the generator puts them out, of its usual conditions or others.

        Args:
            count: int >= 1.
            seed: of the noise.
            raw: whether to use the trained generator instead of its average.
            condition: name -> array (count, ...); by default those of the recipe.

        Returns:
            float32 (count, ...).

        Raises:
            ConfigError: `count` is below 1.
        """
        if count < 1:
            raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")
        return self.experiment.sample(count, seed=seed, raw=raw, condition=condition)

    def read_network(self, name: str, network: keras.Model, *, step: int | None = None) -> Saved:
        """Give one network its values of a checkpoint, without building the rest of the experiment.

        Args:
            name: as the checkpoint lists it: "generator", "averaged_generator", "discriminator_0", ...
            network: built like the run's.
            step: of another checkpoint than the newest.

        Returns:
            The checkpoint.

        Raises:
            CheckpointError: there is no such network, its weights differ, or they cannot be read.
        """
        import tensorflow as tf

        from gan_core.run.checkpoint import Checkpoints, describe, readable, without_counters

        def key(entry):
            return without_counters(entry[0]), *map(str, entry[1:])

        saved = self.saved if step is None else Checkpoints(self.folder.checkpoints).newest(step)[0]
        places = saved.manifest["networks"].get(name, [])
        stored = [key(saved.manifest["variables"][place]) for place in places]
        if stored != [key(describe(weight)) for weight in network.weights]:
            raise CheckpointError(f"{saved.path} does not hold the {name.replace('_', ' ')} of its config.yaml. "
                                  "Restore the config the run was started with.")
        try:
            with readable(saved) as prefix:
                reader = tf.train.load_checkpoint(prefix)
                for place, weight in zip(places, network.weights, strict=True):
                    weight.assign(reader.get_tensor(f"state/{place}/.ATTRIBUTES/VARIABLE_VALUE"))
        except (tf.errors.OpError, ValueError, RuntimeError, LookupError) as error:
            raise CheckpointError(f"{saved.path} cannot be read: {str(error).splitlines()[0]}") from None
        return saved

    def save(self, path: Path | str, samples: np.ndarray) -> Path:
        """Write samples to a file, here the array of `samples` to a `.npy`; subclasses write what people look at.

        Raises:
            ConfigError: another ending.
        """
        import numpy as np

        path = Path(path)
        if path.suffix.lower() != ".npy":
            raise ConfigError(f"`path` must end in .npy. Received: path={str(path)!r}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, samples)
        return path

    def __repr__(self):
        return f"{type(self).__name__}({str(self.folder.path)!r}, recipe={self.recipe.name!r}, step={self.step})"
