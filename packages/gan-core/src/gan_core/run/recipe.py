"""A recipe: one published system as a declaration of its parts.

Importing this loads no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        check_config: (config) -> None, asked before a run begins or goes on, and before data are read: it refuses
            settings that name files that are not there. Not asked where a run is only used, which may not need them.
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
    check_config: Callable[[Any], None] | None = None
    quick_to_build: bool = True

    def __post_init__(self):
        for part, wanted, fits in (
                ("name", "a word", isinstance(self.name, str) and self.name.strip() != ""),
                ("description", "a text whose first line is the title",
                 isinstance(self.description, str) and self.description.strip() != ""),
                ("config", "a subclass of RunConfig", _is_class(self.config, RunConfig)),
                *((part, "a function", callable(getattr(self, part))) for part in ("load", "placeholder", "build")),
                *((part, "a function or None", getattr(self, part) is None or callable(getattr(self, part)))
                  for part in ("complete", "check_data", "check_config")),
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



def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `base`, section by section."""
    merged = dict(base)
    for key, value in over.items():
        nested = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = merge(base[key], value) if nested else value
    return merged


def _is_class(value: object, base: type) -> bool:
    return isinstance(value, type) and issubclass(value, base)
