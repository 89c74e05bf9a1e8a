"""gan_vision.training.previews: the sheets of a run."""

import numpy as np
from PIL import Image

from gan_vision.data import Captions, Columns, Examples, LabelMap, Photo
from gan_vision.data.fields.label_map import PALETTE
from gan_vision.training.previews import SampleSheets


class Folder:
    """The part of a run folder that sheets are written to."""

    def __init__(self, path):
        self.samples = path


class Record:
    """Keeps what is sent to TensorBoard."""

    def image(self, step, name, picture):
        self.shape = picture.shape


class Mean:
    """A generator that answers a label map with one gray level for each class."""

    def fixed_latent(self, count):
        return None

    def generate(self, condition, count, *, latent=None, raw=False):
        return condition["labels"] @ np.linspace(-1, 1, 5, dtype=np.float32)[:, None]


def test_a_sample_stands_behind_what_it_was_made_for_and_its_caption_below(tmp_path):
    columns = {"real": np.full((2, 64, 64, 1), 9, np.uint8), "labels": np.full((2, 64, 64), 4, np.uint8), "caption": ["one", "two"]}
    real = Examples(Columns(columns), {"real": Photo(1), "labels": LabelMap(5), "caption": Captions()})
    SampleSheets(real, (-1, 1))(Mean(), 0, Folder(tmp_path), Record())
    sheets = {path.name: np.asarray(Image.open(path)) for path in tmp_path.iterdir()}
    assert set(sheets) == {"real.png", "step-000000000.png"}
    strip = 64 + 2 + 64
    for sheet in sheets.values():
        assert sheet.shape == (64 + 15 + 16, 2 * (strip + 8) + 8, 3)  # strips stand further apart than their parts
        assert (sheet[72:-8, 8:138] < 128).any()
    assert (sheets["real.png"][8:72, 8:72] == 9).all()
    assert (sheets["step-000000000.png"][8:72, 8:72] == PALETTE[4]).all()
    assert (sheets["step-000000000.png"][8:72, 74:138] == 255).all()


def test_strips_of_large_pictures_are_few():
    columns = {"real": lambda row: np.zeros((1024, 2048, 3), np.uint8), "labels": lambda row: np.zeros((1024, 2048), np.uint8)}
    real = Examples(Columns(columns, count=500), {"real": Photo(3), "labels": LabelMap(35)})
    assert len(SampleSheets(real, (-1, 1)).rows) == 4


def test_labelled_pictures_make_a_plain_grid():
    real = Examples.of_images(np.zeros((4, 64, 64, 1), np.uint8), np.arange(4) % 2, ("a", "b"))
    assert not SampleSheets(real, (-1, 1)).in_strips
