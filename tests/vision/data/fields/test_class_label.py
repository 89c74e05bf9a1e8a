"""gan_vision.data.fields.class_label"""

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.data.fields import Attributes, ClassLabel, Origin

ORIGIN = Origin("pets", lambda row: f"{row}.png of pets")


def test_a_class_is_an_int32_with_a_name():
    kind = ClassLabel(("cat", "dog"))
    assert kind.checked(np.array([1, 0]), "label", ORIGIN).dtype == np.int32
    assert kind.texts([1, 0]) == ["dog", "cat"]


def test_a_nameless_class_is_shown_as_its_number():
    assert ClassLabel().texts(np.array([7])) == ["7"]


def test_attributes_are_shown_by_the_names_of_the_first_three():
    kind = Attributes.named(("hat", "beard", "smile", "glasses"))
    assert kind.texts(np.array([[0, 1, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0]])) == ["beard, glasses", "hat, beard, smile", ""]
    assert Attributes(2).texts(np.array([[0, 1]])) == ["1"]


@pytest.mark.parametrize(("kind", "values", "message"), [
    (ClassLabel(("cat", "dog")), np.array([0, 2]), "`label` of 1.png of pets must be a class of 0..1. Found: 2"),
    (ClassLabel(), np.array([0.5]), r"`label` of pets must be classes, whole numbers \(n,\). Received: float64 \(1,\)"),
    (Attributes(2), np.array([[0, np.nan]]), "`label` of 0.png of pets must be finite. Found: nan at position 1"),
    (Attributes(2), np.zeros((1, 3)), r"must be 2 attributes of 0 to 1, \(n, 2\). Received: float64 \(1, 3\)")])
def test_what_is_no_class_or_attribute_is_refused(kind, values, message):
    with pytest.raises(DataError, match=message):
        kind.checked(values, "label", ORIGIN)
