"""The table says what the modules do, and does not load them."""

import inspect
import subprocess
import sys

import pytest

from gan_vision.models import NETWORKS


def test_the_published_networks_are_listed():
    assert {"dcgan", "cifar10", "bricks", "tutorial", "ada", "resnet"} <= set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_repeats_the_defaults_of_the_builders(name):
    network = NETWORKS[name]
    defaults = {key: parameter.default
                for key, parameter in inspect.signature(network.load().build_generator).parameters.items()}
    assert (defaults["size"], defaults["channels"], defaults["latent"]) == (
        network.size, network.channels, network.latent)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_table_repeats_the_value_range_of_the_module(name):
    assert NETWORKS[name].load().VALUE_RANGE == NETWORKS[name].value_range


def test_the_table_and_the_grid_load_no_tensorflow():
    program = ("import sys, gan_vision.models, gan_core.images.sheet; from gan_vision import NETWORKS; from gan_core.images import save_image_grid; "
               "NETWORKS['ada'].value_range; "
               "sys.exit(sorted({'tensorflow', 'keras', 'scipy', 'matplotlib'} & set(sys.modules)) or 0)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
