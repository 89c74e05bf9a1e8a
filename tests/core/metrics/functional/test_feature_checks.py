import subprocess
import sys

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.metrics.functional.feature_checks import check_features, check_numeric


def test_an_array_that_fits_is_not_copied():
    array = np.ones((3, 2), np.float32)
    assert check_features("x", array) is array


def test_the_first_bad_row_of_a_large_array_is_named():
    array = np.zeros((5000, 1000), np.float32)
    array[4321, 7] = np.nan
    with pytest.raises(DataError, match="first in row 4321"):
        check_features("x", array)


def test_a_single_number_may_be_checked():
    assert check_numeric("x", 0.5) == 0.5
    with pytest.raises(DataError, match="finite"):
        check_numeric("x", np.inf)


def test_the_functional_metrics_import_no_heavy_package():
    code = (
        "import sys, gan_core.metrics.functional, gan_core.metrics.score, gan_core.metrics; gan_core.metrics.Score;"
        "print(*{'tensorflow', 'keras', 'scipy', 'matplotlib', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_functions_named_as_their_module_are_functions_whatever_was_imported_first():
    code = (
        "import gan_core.metrics.functional.modes, gan_core.metrics.functional.inception_score;"
        "from gan_core.metrics.functional import inception_score, memorisation, ms_ssim, perceptual_path_length as p;"
        "print(all(map(callable, (inception_score, memorisation, ms_ssim, p))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
