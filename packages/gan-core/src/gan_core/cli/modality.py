"""What a modality package tells the command line about itself."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import yaml

from gan_core.errors import ConfigError, choose
from gan_core.run.config import RunConfig, read_yaml


@dataclass(frozen=True)
class Modality:
    """One program: its recipes, and the few verbs that depend on the kind of data.

    Args:
        program: the command, "gan-vision".
        summary: the first line of its help.
        version: of the package.
        recipes: name -> module path; a module holds `Config`, `load(config)`, `placeholder(config)` (the
            same as `load` without data) and `build(config, train, validation)`,
            and its docstring's first line is shown by `recipes`. It may hold `complete(config, train)`: the config
            with what only the data know (the names of their classes), as the run folder keeps it.
        check: the function behind `check`, with its own typed options; or None.
        demo: the recipe and the settings of `demo`, and what it says at the end.
        next_command: what a finished run suggests, with {run} for its folder.
        tries_settings: whether `train` builds a recipe on its placeholder before it reads data, to refuse settings
            at once: for networks that are made in a second.
    """

    program: str
    summary: str
    version: str
    recipes: Mapping[str, str]
    check: Callable | None = None
    demo: Callable | None = None
    next_command: str = "sample {run}"
    tries_settings: bool = False

    def recipe(self, name: str) -> ModuleType:
        """The module of a recipe (light: it loads no TensorFlow).

        Raises:
            ConfigError: there is no such recipe; the message names the closest.
        """
        return importlib.import_module(choose("recipe", name, dict(self.recipes)))

    def recipe_of(self, path: Path) -> tuple[str, ModuleType, dict]:
        """Name, module and settings in a run's config.yaml."""
        values = read_yaml(path)
        try:
            name = values.pop("recipe")
        except KeyError:
            raise ConfigError(
                f"{path}: the key `recipe` is missing. Expected: one of {', '.join(self.recipes)}.") from None
        return name, self.recipe(name), values


def complete(module: ModuleType, config: RunConfig, train) -> RunConfig:
    """The config with what only the training data know, for recipes that need it."""
    return module.complete(config, train) if hasattr(module, "complete") else config


def summary_of(module: ModuleType) -> str:
    """The first line of a recipe's docstring."""
    return (module.__doc__ or "").strip().splitlines()[0]


def as_yaml(values: dict) -> str:
    """Settings as `key: value` lines in their order."""
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
