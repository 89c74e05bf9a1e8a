"""gan_vision.data.preview: the fields of each example in a strip, its texts beneath."""

import numpy as np

from gan_vision.data import Captions, ClassLabel, Columns, Examples, InstanceIds, LabelMap, Photo, Vector
from gan_vision.data.fields.label_map import PALETTE
from gan_vision.data.preview import strips, texts_of

FIELDS = {"real": Photo(1), "labels": LabelMap(9), "instances": InstanceIds(), "vector": Vector(2), "label": ClassLabel(("a", "b")),
          "caption": Captions()}
VALUES = {"real": np.full((3, 80, 70, 1), 77, np.uint8), "labels": np.full((3, 80, 70), 5, np.uint8),
          "instances": np.zeros((3, 80, 70), np.uint16), "vector": np.zeros((3, 2), np.float32), "label": np.array([0, 1, 0], np.int32),
          "caption": [("a small bird",), ("",), ("a bird with a very long tail that has more to say than fits into two lines of a small picture",)]}


def test_pictures_stand_side_by_side_and_other_fields_are_left_out():
    found = strips(FIELDS, VALUES)
    assert found.shape == (3, 80, 3 * 70 + 2 * 2, 3)
    assert (found[:, :, :70] == 77).all()
    assert (found[:, :, 70:72] == 255).all()
    assert (found[:, :, 72:142] == PALETTE[5]).all()
    assert (found[:, :, 144:] == 0).all()


def test_gray_pictures_alone_stay_gray():
    assert np.array_equal(strips({"real": Photo(1)}, {"real": VALUES["real"]}), VALUES["real"])


def test_further_pictures_stand_at_the_end():
    generated = np.full((3, 80, 70, 1), 9, np.uint8)
    assert (strips(FIELDS, VALUES, {"generated": generated})[:, :, -70:] == 9).all()


def test_classes_and_captions_are_texts():
    assert texts_of(FIELDS, VALUES)[:2] == ["a\na small bird", "b\n"]
    assert texts_of({"real": Photo(1)}, VALUES) is None


def test_a_sheet_shows_the_examples_asked_for():
    examples = Examples(Columns(VALUES), FIELDS)
    sheet = examples.sheet([0, 2], columns=1)
    assert sheet.shape == (2 * (80 + 3 * 15 + 2) + 2, 3 * 70 + 4 + 4, 3)  # three lines of text under each
    assert np.array_equal(sheet[2:82, 2:-2], strips(FIELDS, VALUES)[0])
    ink = [int((band < 128).sum()) for band in (sheet[82:97], sheet[97:112], sheet[112:127])]
    assert 0 == ink[2] < ink[0] < ink[1]  # "a", "a small bird", nothing
    assert examples.sheet().shape[1] == 2 * (3 * 70 + 4 + 2) + 2


def test_small_pictures_are_enlarged_for_their_texts():
    small = Examples.of_images(np.zeros((1, 8, 8, 1), np.uint8), np.array([0]), ("a",))
    assert small.sheet().shape == (2 + 64 + 15 + 2, 2 + 64 + 2)


def test_the_sheet_of_plain_pictures_is_their_grid():
    assert Examples.of_images(np.zeros((4, 8, 8, 1), np.uint8)).sheet().shape == (22, 22)


def test_beside_pictures_with_opacity_others_are_opaque_and_the_sheet_is_a_checkerboard():
    fields = {"real": Photo(4), "source": Photo(1)}
    values = {"real": np.zeros((1, 64, 64, 4), np.uint8), "source": np.full((1, 64, 64, 1), 9, np.uint8)}
    found = strips(fields, values)
    assert found.shape == (1, 64, 64 + 2 + 64, 4)
    assert (found[..., 64:66, :] == 255).all()
    assert (found[..., 66:, :] == (9, 9, 9, 255)).all()
    sheet = Examples(Columns(values), fields).sheet()
    assert sheet[2:18:8, 2:18:8, 0].tolist() == [[204, 153], [153, 204]]
