import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_vision.data import Examples
from gan_vision.data.labels import Labels

ANIMALS = Labels(("ant", "cat", "dog"))
TRAITS = Labels(("Eyeglasses", "Smiling", "Young"), attributes=True)


def images(labels, names=()):
    return Examples.of_images(np.zeros((len(labels), 2, 2, 1), np.uint8), np.asarray(labels), names, name="pictures")


def test_classes_have_the_names_of_their_source():
    assert Labels.of(images([0, 2], ("ant", "cat", "dog"))) == ANIMALS


def test_nameless_classes_are_called_by_their_numbers():
    assert Labels.of(images([0, 2])).names == ("0", "1", "2")


def test_attributes_are_known_by_their_shape():
    assert Labels.of(images(np.eye(3), TRAITS.names)) == TRAITS


def test_images_without_labels_are_refused_with_a_remedy():
    with pytest.raises(DataError, match=r"pictures has none. Expected: a folder with one sub-folder per class"):
        Labels.of(Examples.of_images(np.zeros((1, 2, 2, 1), np.uint8), name="pictures"))


def test_ids_that_cannot_be_classes_are_refused():
    with pytest.raises(DataError, match=r"must be class ids of 0..9999. Found: 123456. Number the classes from 0"):
        Labels.of(images([0, 123456]))


def test_balanced_samples_come_class_by_class_and_the_first_classes_get_the_rest():
    np.testing.assert_array_equal(ANIMALS.balanced(8), [0, 0, 0, 1, 1, 1, 2, 2])
    np.testing.assert_array_equal(ANIMALS.balanced(2), [0, 1])
    np.testing.assert_array_equal(TRAITS.balanced(4), np.eye(3, dtype=np.float32)[[0, 0, 1, 2]])


def test_a_numbered_sample_has_the_same_class_however_many_there_are():
    np.testing.assert_array_equal(ANIMALS.by_number(np.array([0, 1, 2, 3, 64])), [0, 1, 2, 0, 1])
    assert ANIMALS.by_number(np.arange(3)).dtype == np.int32


def test_labels_have_names():
    assert ANIMALS.names_of(np.array([2, 0])) == ("dog", "ant")
    assert TRAITS.names_of(np.array([[1, 0, 0.5], [0, 0, 0]])) == ("Eyeglasses+Young", "")


def test_classes_and_attributes_with_one_picture_or_none_are_named():
    assert ANIMALS.rare(np.array([0, 0, 1, 1, 2, 2])) == []
    assert ANIMALS.rare(np.array([0, 0, 2])) == [
        "classes with no training picture: cat; nothing is learnt of them. Add pictures, or leave them out.",
        "classes with one training picture: dog; what is made of them will look like it. Add pictures, or leave them "
        "out."]
    assert Labels(tuple("abcdefgh")).rare(np.arange(8))[0].startswith(
        "classes with one training picture: a, b, c, d, e and 3 more; ")
    assert TRAITS.rare(np.array([[1, 0, 1], [1, 1, 1]], np.float32)) == [
        "attributes with one training picture: Smiling; what is made of them will look like it. Add pictures, or leave "
        "them out."]


def test_samples_come_class_by_class_as_often_as_fits():
    np.testing.assert_array_equal(ANIMALS.in_turn(7), [0, 0, 1, 1, 2, 2, 0])
    assert ANIMALS.columns(7) == 2


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_samples_than_classes_are_of_the_first_ones(count):
    np.testing.assert_array_equal(ANIMALS.in_turn(count), np.arange(count))


def test_attributes_come_each_alone():
    np.testing.assert_array_equal(TRAITS.in_turn(3), np.eye(3))
    assert TRAITS.in_turn(3).dtype == np.float32


@pytest.mark.parametrize("wanted", ["dog", "2"])
def test_a_class_is_asked_for_by_name_or_number(wanted):
    found = ANIMALS.named([wanted], 4)
    np.testing.assert_array_equal(found, [2, 2, 2, 2])
    assert found.dtype == np.int32


def test_a_name_goes_before_a_number():
    assert Labels(("7", "0")).named(["0"], 1) == [1]


def test_several_attributes_are_asked_for_together():
    np.testing.assert_array_equal(TRAITS.named(["Smiling", "0"], 2), [[1, 1, 0], [1, 1, 0]])


@pytest.mark.parametrize(("labels", "wanted", "message"), [
    (ANIMALS, ["dgo"], r"unknown class. Received: 'dgo'. Did you mean 'dog'\? Known: ant, cat, dog"),
    (ANIMALS, ["3"], r"unknown class. Received: '3'"),
    (ANIMALS, ["-1"], r"unknown class. Received: '-1'"),
    (ANIMALS, ["cat", "dog"], r"an image has one class. Received: cat, dog. Give `--label` once"),
    (TRAITS, ["smiling"], r"unknown attribute. Received: 'smiling'. Did you mean 'Smiling'\?"),
])
def test_what_is_no_class_is_refused_with_the_closest(labels, wanted, message):
    with pytest.raises(ConfigError, match=message):
        labels.named(wanted, 1)
