import subprocess
import sys

import pytest

import gan_text
from gan_core import errors as core
from gan_text import errors

LIGHT = ["gan_text", "gan_text.errors", "gan_text.decode", "gan_text.grammar", "gan_text.cli.grammar", "gan_text.data",
         "gan_text.cli.prepare", "gan_text.metrics", "gan_text.models", "gan_text.recipes",
         "gan_text.text_run"]


def test_everything_but_the_networks_is_imported_without_tensorflow():
    code = f"import importlib, sys\nfor name in {LIGHT}: importlib.import_module(name)\n" \
           "heavy = {'tensorflow', 'keras', 'scipy', 'matplotlib', 'nltk', 'tensorflow_datasets'} & set(sys.modules)\n" \
           "print(sorted(heavy))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", gan_text.__all__)
def test_every_public_name_is_there(name):
    assert getattr(gan_text, name) is not None
    assert name in dir(gan_text)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Grammer'"):
        gan_text.Grammer  # noqa: B018


@pytest.mark.parametrize(("error", "parent", "code"), [
    (errors.TextDataError, core.DataError, 3), (errors.TextDecodeError, core.DataError, 3),
    (errors.VocabularyError, core.ConfigError, 2), (errors.GrammarError, core.ConfigError, 2),
    (errors.TextConfigError, core.ConfigError, 2)])
def test_every_error_is_of_both_families_and_a_value_error(error, parent, code):
    assert issubclass(error, errors.GanTextError)
    assert issubclass(error, parent)
    assert issubclass(error, ValueError)
    assert error.exit_code == code
