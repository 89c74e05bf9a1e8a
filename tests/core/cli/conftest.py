"""A program with two recipes that import no TensorFlow."""

import sys

import pytest

from gan_core.cli import Modality, make_app, run

RECIPE = '''
"""A toy recipe: {name}.

toy train {name}
"""
import pydantic
from gan_core.run.config import RunConfig

class Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")
    target: float = 0.5
    speed: float = 1.0

class Config(RunConfig):
    """Settings."""
    width: int = pydantic.Field(8, ge=1)
    """Channels."""
    section: Section = Section()
'''


@pytest.fixture
def modality(tmp_path, monkeypatch):
    """`toy` with the recipes linear and square."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("linear", "square"):
        (tmp_path / f"toy_{name}.py").write_text(RECIPE.format(name=name))
        monkeypatch.delitem(sys.modules, f"toy_{name}", raising=False)
    return Modality(program="toy", summary="Toys.", version="1.2.3",
                    recipes={"linear": "toy_linear", "square": "toy_square"})


@pytest.fixture
def app(modality):
    """The program of the toy modality."""
    return make_app(modality)


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
