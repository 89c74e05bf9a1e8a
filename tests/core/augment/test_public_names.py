import subprocess
import sys

import pytest

import gan_core.augment


def test_importing_the_package_loads_no_tensorflow():
    script = "import sys, gan_core.augment; sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("name", dir(gan_core.augment))
def test_every_public_name_resolves(name):
    assert getattr(gan_core.augment, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'warp_all'"):
        gan_core.augment.warp_all  # noqa: B018
