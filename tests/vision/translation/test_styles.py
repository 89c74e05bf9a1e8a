"""Styles of objects: clusters by class, one for each object, chosen or drawn."""

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.data import Columns, Examples, LabelMap, Photo
from gan_vision.data.fields import InstanceIds
from gan_vision.translation.styles import Styles

LABELS = np.array([[1, 1, 2, 2]], np.uint8)
INSTANCES = np.array([[7, 8, 9, 9]], np.uint16)
CENTERS = {1: np.array([[0.1], [0.5]], np.float32), 2: np.array([[-1.0]], np.float32)}


def test_each_object_has_one_style_of_its_class_at_all_its_pixels():
    found = Styles(CENTERS).drawn({"labels": LABELS, "instances": INSTANCES}, seed=1)[0, :, 0]
    assert found[2] == found[3] == -1
    assert {float(found[0]), float(found[1])} <= {np.float32(0.1), np.float32(0.5)}


def test_a_choice_counts_for_all_objects_of_a_class_and_wraps_around():
    styles = Styles(CENTERS).with_choice({1: 3})
    np.testing.assert_allclose(styles.drawn({"labels": LABELS, "instances": INSTANCES})[0, :2, 0], 0.5)


def test_objects_of_classes_never_seen_have_none():
    assert not Styles({5: CENTERS[1]}).drawn({"labels": LABELS, "instances": INSTANCES}).any()


def test_clusters_are_those_of_what_the_encoder_sees():
    """An encoder that gives the red of a pixel: houses are dark or light red, the rest is black."""
    draw = np.random.default_rng(0)
    real, labels, instances = np.zeros((12, 2, 4, 3), np.uint8), np.zeros((12, 2, 4), np.uint8), np.zeros((12, 2, 4), np.uint16)
    labels[:, :, 2:] = 1
    instances[:, :, 2:] = 1001
    real[:, :, 2:, 0] = draw.choice([60, 220], 12)[:, None, None]
    examples = Examples(Columns({"real": real, "labels": labels, "instances": instances}),
                        {"real": Photo(3), "labels": LabelMap(2), "instances": InstanceIds("both")})
    styles = Styles.found(lambda inputs, training: inputs[0][..., :1], examples, (-1, 1), clusters=2)
    assert sorted(np.round((styles.centers[1][:, 0] + 1) * 127.5).tolist()) == [60, 220]
    assert styles.centers[0].tolist() == [[-1.0]]


def test_they_are_written_and_read(tmp_path):
    path = Styles(CENTERS).write(tmp_path / "styles.json")
    np.testing.assert_array_equal(Styles.read(path).centers[1], CENTERS[1])
    path.write_bytes(b"nothing")
    with pytest.raises(DataError, match="holds no styles"):
        Styles.read(path)
