"""A recipe: one published system as a declaration of its parts; and the table of a package's recipes.

Importing this loads no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_core.errors import ConfigError, choose
from gan_core.run.config import RunConfig, read_yaml, validate
from gan_core.run.folder import RunFolder
from gan_core.run.trained_run import TrainedRun

if TYPE_CHECKING:
    from gan_core.run.experiment import Experiment


@dataclass(frozen=True, kw_only=True, repr=False)
class Recipe:
    """Everything that is known of a system before it is built.

    Args:
        name: as it is typed, "dcgan".
        description: the docstring of the recipe's module; its first line is the recipe's title.
        config: the class of its settings; defaults are the numbers of the source.
        load: config -> (training data, validation data); the only part that reads data.
        placeholder: config -> the same without data: blank examples of the right shapes, enough to build the networks.
        build: (config, training data, validation data) -> `Experiment`.
        complete: (config, training data) -> the config with what only the data know, as the run folder keeps it: the
            number of channels, the names of the classes. None if there is nothing.
        presets: name -> settings; a name that stands for settings often wanted together.
        run_class: the class of a trained run: what it offers is what the system does.
        check_data: (folder, config, training data) -> None, asked before a run goes on: it refuses data that the
            networks in the folder do not fit, such as text with another vocabulary.
        quick_to_build: whether the networks are made in a second: `train` then builds them on the placeholder before
            it reads data, to refuse settings at once.

    Raises:
        ConfigError: a field that is not what is said above; the message names it.
    """

    name: str
    description: str
    config: type[RunConfig]
    load: Callable[[Any], tuple[Any, Any]]
    placeholder: Callable[[Any], tuple[Any, Any]]
    build: Callable[[Any, Any, Any], Experiment]
    complete: Callable[[Any, Any], RunConfig] | None = None
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    run_class: type[TrainedRun] = TrainedRun
    check_data: Callable[[RunFolder, Any, Any], None] | None = None
    quick_to_build: bool = True

    def __post_init__(self):
        for part, wanted, fits in (
                ("name", "a word", isinstance(self.name, str) and self.name.strip() != ""),
                ("description", "a text whose first line is the title",
                 isinstance(self.description, str) and self.description.strip() != ""),
                ("config", "a subclass of RunConfig", _is_class(self.config, RunConfig)),
                *((part, "a function", callable(getattr(self, part))) for part in ("load", "placeholder", "build")),
                *((part, "a function or None", getattr(self, part) is None or callable(getattr(self, part)))
                  for part in ("complete", "check_data")),
                ("presets", "a mapping of names to settings", isinstance(self.presets, Mapping)
                 and all(isinstance(values, Mapping) for values in self.presets.values())),
                ("run_class", "a subclass of TrainedRun", _is_class(self.run_class, TrainedRun)),
                ("quick_to_build", "True or False", isinstance(self.quick_to_build, bool))):
            if not fits:
                raise ConfigError(f"`{part}` of a recipe must be {wanted}. Received: {part}={getattr(self, part)!r} "
                                  f"for the recipe {self.name!r}.")
        for preset, values in self.presets.items():
            validate(self.config, dict(values), f"preset {preset!r} of {self.name}")

    def __repr__(self):
        return f"Recipe({self.name!r})"

    @property
    def title(self) -> str:
        """The first line of the description: what the system is, and its source."""
        return self.description.strip().splitlines()[0]

    def settings(self, *, preset: str | None = None, file: Path | str | None = None,
                 given: Mapping[str, Any] | None = None, origin: str = "options") -> Any:
        """The config of a run: defaults < preset < file < what is given.

        Args:
            preset: a name in `presets`.
            file: YAML, such as the config.yaml of a run.
            given: name -> value, of the command line or a call.
            origin: of `given`, for messages.

        Returns:
            An object of the recipe's `config` class.

        Raises:
            ConfigError: an unknown preset, a file for another recipe, unknown names or values out of range.
        """
        values = {} if preset is None else dict(self.preset(preset))
        if file is not None:
            read = read_yaml(Path(file))
            written_for = read.pop("recipe", self.name)
            if written_for != self.name:
                raise ConfigError(f"{file} is for the recipe {written_for!r}. Received: {self.name!r}. "
                                  f"Run `train {written_for}`, or remove the key `recipe`.")
            validate(self.config, read, str(file))  # alone: an option must not hide a mistake in it
            values = merge(values, read)
        return validate(self.config, merge(values, dict(given or {})), origin)

    def preset(self, name: str) -> Mapping[str, Any]:
        """The settings that `name` stands for.

        Raises:
            ConfigError: there is no such preset; the message names the closest.
        """
        if not self.presets:
            raise ConfigError(f"the recipe {self.name} has no presets. Received: preset={name!r}. Leave `preset` out.")
        return choose(f"preset of {self.name}", name, dict(self.presets))

    def completed(self, config: RunConfig, train) -> RunConfig:
        """The config with what only the training data know."""
        return config if self.complete is None else self.complete(config, train)

    def data_of(self, config: RunConfig, folder: RunFolder) -> tuple[Any, Any]:
        """The data of an existing run: what `load` gives; an error says where relative paths began when it started."""
        from gan_core.errors import DataError

        try:
            return self.load(config)
        except (ConfigError, DataError) as error:  # a bare path that is not there is an unknown kind of source
            began = folder.started_in()
            if began is None or began == Path.cwd():
                raise
            raise type(error)(f"{error}\nRelative paths begin in the current directory; the run was started in "
                              f"{began}.") from None


class RecipeTable(Mapping[str, Recipe]):
    """The recipes of a package by name, and what Python does with them: train one, open a run.

    Args:
        recipes: in the order in which lists show them.

    Raises:
        ConfigError: two of them have one name.
    """

    def __init__(self, *recipes: Recipe):
        self._recipes = {recipe.name: recipe for recipe in recipes}
        if len(self._recipes) < len(recipes):
            raise ConfigError("recipes of a table need names of their own. "
                              f"Received: {', '.join(recipe.name for recipe in recipes)}.")

    def __getitem__(self, name: str) -> Recipe:
        return choose("recipe", name, self._recipes)

    def __contains__(self, name: object) -> bool:
        return name in self._recipes

    def __iter__(self) -> Iterator[str]:
        return iter(self._recipes)

    def __len__(self) -> int:
        return len(self._recipes)

    def of_run(self, folder: RunFolder) -> tuple[Recipe, Any]:
        """The recipe and the settings in a run's config.yaml.

        Raises:
            ConfigError: the file names no recipe of this table, or holds settings that the recipe does not have.
        """
        values = read_yaml(folder.config)
        try:
            name = values.pop("recipe")
        except KeyError:
            raise ConfigError(f"{folder.config}: the key `recipe` is missing. "
                              f"Expected: one of {', '.join(self)}.") from None
        recipe = self[name]
        return recipe, validate(recipe.config, values, str(folder.config))

    def open_run(self, path: Path | str, *, data: bool = False) -> Any:
        """Open a finished or running run, to use what it has learned. The data of its training are not needed.

        Args:
            path: the folder that `train` printed.
            data: whether to read the run's data as well, as `run.data`.

        Returns:
            An object of the recipe's `run_class`, at the newest good checkpoint.

        Raises:
            RunError: there is no run.
            CheckpointError: no checkpoint can be used.

        Example:
            >>> run = gan_vision.open_run("runs/00000-dcgan-digits")
            >>> run.step, run.generate(16).shape
            (3000, (16, 16, 16, 1))
        """
        folder = RunFolder.open(path)
        recipe, config = self.of_run(folder)
        return recipe.run_class(folder, recipe, config, data=data)

    def train(self, recipe: str, *, data: str | None = None, steps: int | None = None, out: Path | str | None = None,
              preset: str | None = None, config: Path | str | None = None, quiet: bool = False, **settings) -> Any:
        """Train a recipe in a new run folder, exactly as the verb `train` does, and open the run.

        The interrupt key (or SIGINT) ends the training after the step, with a checkpoint that the verb `resume`
        continues from; it arrives here as `KeyboardInterrupt`. Keras' precision and the global random states of Python
        and NumPy are afterwards as they were.

        Args:
            recipe: a name of this table.
            data: where the data are, such as "folder:PATH"; the recipe's default otherwise.
            steps: discriminator updates in total; the recipe's default otherwise.
            out: a new folder; the next number under runs/ by default.
            preset: a name of the recipe's `presets`.
            config: YAML file with settings, which win over those of the preset.
            quiet: show nothing.
            **settings: any setting that `train RECIPE --help` lists, with underscores; they win over the file.

        Returns:
            An object of the recipe's `run_class`, at the last step.

        Raises:
            ConfigError: an unknown recipe, preset or setting, or a value out of range.
            DataError: data that cannot be used.
            RunError: `out` holds something already.
            DivergedError: a loss stopped being finite.

        Example:
            >>> run = gan_vision.train("dcgan", data="folder:MY_PICTURES", steps=3000, size=32)
            >>> run.save("samples.png", run.generate(64))
        """
        from gan_core.run.recipe_training import train_from_python

        chosen = self[recipe]
        given = {name: value for name, value in (("data", data), ("steps", steps)) if value is not None} | settings
        return train_from_python(chosen, chosen.settings(preset=preset, file=config, given=given, origin="train"),
                                 out=None if out is None else Path(out), quiet=quiet)


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `base`, section by section."""
    merged = dict(base)
    for key, value in over.items():
        nested = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = merge(base[key], value) if nested else value
    return merged


def _is_class(value: object, base: type) -> bool:
    return isinstance(value, type) and issubclass(value, base)
