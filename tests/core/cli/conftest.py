"""A program with two recipes that import no TensorFlow."""

from pathlib import Path

import pydantic
import pytest

from gan_core.cli import Modality, make_app, run
from gan_core.run.config import RunConfig
from gan_core.run.recipe import Recipe
from gan_core.run.recipe_table import RecipeTable


class Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")
    target: float = 0.5
    speed: float = 1.0


class Config(RunConfig):
    """Settings."""

    width: int = pydantic.Field(8, ge=1)
    """Channels."""
    section: Section = Section()


def unbuilt(*arguments):
    raise AssertionError("nothing of a toy recipe is built or read here")


@pytest.fixture
def toy_recipe():
    """(name, parts) -> a recipe with settings `width` and `section`; its parts fail unless they are given."""

    def make(name="linear", **parts):
        return Recipe(**{"name": name, "description": f"A toy recipe: {name}.\n\ntoy train {name}", "config": Config,
                         "load": unbuilt, "placeholder": unbuilt, "build": unbuilt, **parts})

    return make


@pytest.fixture
def make_modality(toy_recipe):
    """(parts of `linear`) -> `toy` with the recipes linear and square; square has a preset."""

    def make(**parts):
        square = toy_recipe("square", presets={"wide": {"width": 64, "steps": 70}})
        return Modality(program="toy", summary="Toys.", version="1.2.3",
                        recipes=RecipeTable(toy_recipe("linear", **parts), square))

    return make


@pytest.fixture
def modality(make_modality):
    """`toy` with the recipes linear and square."""
    return make_modality()


@pytest.fixture
def app(modality):
    """The program of the toy modality."""
    return make_app(modality)


@pytest.fixture
def config(tmp_path) -> Path:
    """A file of settings for `linear`."""
    path = tmp_path / "wanted.yaml"
    path.write_text("recipe: linear\nwidth: 3\nsteps: 7\nsection: {target: 0.1, speed: 2}\n")
    return path


@pytest.fixture
def leave(capfd):
    """(app, *arguments) -> (exit code, stdout, stderr)."""

    def leave(app, *arguments):
        code = 0
        try:
            run(app, list(arguments))
        except SystemExit as leaving:
            code = leaving.code or 0
        return code, *capfd.readouterr()

    return leave
