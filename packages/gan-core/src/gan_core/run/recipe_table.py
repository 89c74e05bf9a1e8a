"""The recipes of a package by name, and what Python does with them. Importing this loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gan_core.errors import ConfigError, choose
from gan_core.run.config import read_yaml, validate
from gan_core.run.folder import RunFolder
from gan_core.run.recipe import Recipe
from gan_core.run.recipe_training import train_from_python


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
        chosen = self[recipe]
        given = {name: value for name, value in (("data", data), ("steps", steps)) if value is not None} | settings
        return train_from_python(chosen, chosen.settings(preset=preset, file=config, given=given, origin="train"),
                                 out=None if out is None else Path(out), quiet=quiet)
