"""public_names: what a package offers is loaded when it is asked for, and not before."""

import subprocess
import sys

import pytest

from gan_core.public_names import public_names


def test_a_name_comes_from_its_module_and_a_module_is_an_attribute():
    resolve, listed, names = public_names("gan_core", {"errors": ("GanError",), "public_names": ("public_names",)})
    assert resolve("public_names") is public_names
    assert resolve("errors").__name__ == "gan_core.errors"
    assert listed() == names == ["GanError", "public_names"]


def test_an_unknown_name_is_an_attribute_error_that_names_the_package():
    resolve, _, _ = public_names("gan_core", {"errors": ("GanError",)})
    with pytest.raises(AttributeError, match="module 'gan_core' has no attribute 'GAM'"):
        resolve("GAM")


def test_a_package_loads_a_module_only_when_one_of_its_names_is_used():
    code = ("import sys, gan_core\nassert 'gan_core.errors' not in sys.modules\ngan_core.GanError\n"
            "assert 'gan_core.errors' in sys.modules and 'tensorflow' not in sys.modules\nassert 'GAN' in dir(gan_core)")
    subprocess.run([sys.executable, "-c", code], check=True)
