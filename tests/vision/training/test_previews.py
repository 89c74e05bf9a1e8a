"""gan_vision.training.previews: what the verb `sample` writes."""

import numpy as np
import pytest

from gan_vision.data import Examples
from gan_vision.training.previews import SampleSheets

SHEETS = SampleSheets(Examples.of_images(np.zeros((4, 8, 8, 1), np.uint8)), (-1, 1))


@pytest.mark.parametrize("name", ["a.npy", "A.NPY"])
def test_bytes_are_written_into_a_new_folder_and_nothing_else_stays_there(tmp_path, name):
    path = SHEETS.write(np.zeros((4, 8, 8, 1)), tmp_path / "new" / name)
    assert np.load(path).shape == (4, 8, 8, 1)
    assert list(path.parent.iterdir()) == [path]
