"""Settings of every suite: tests are never timed, and random numbers are the same in every run and order."""

import random
import sys

import pytest

try:
    from hypothesis import settings
except ImportError:  # the session `oracles` installs no hypothesis
    pass
else:
    settings.register_profile("house", deadline=None, derandomize=True)
    settings.load_profile("house")


@pytest.fixture(autouse=True)
def same_random_numbers():
    """Networks begin with the same weights, whichever tests ran before in the process."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)
    else:
        random.seed(0)
