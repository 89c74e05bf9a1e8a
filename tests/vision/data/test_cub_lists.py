"""gan_vision.data.cub_lists: the lists of CUB-200-2011, put together by id."""

import pytest

from gan_core.errors import DataError
from gan_vision.data.cub_lists import cub_folder, read_birds


def test_the_folder_above_will_do(birds):
    assert cub_folder(birds.root.parent) == cub_folder(birds.root) == birds.root


def test_lines_are_matched_by_their_ids_and_pictures_are_in_their_order(birds):
    found, names = read_birds(birds.root, boxes=True)
    assert names == ("001.Albatross", "002.Bunting", "003.Crow")
    assert [bird.path for bird in found] == [birds.root / "images" / birds.name(number) for number in range(12)]
    assert [bird.label for bird in found] == [0, 1, 2] * 4
    assert [bird.trains for bird in found] == [True] * 8 + [False] * 4
    assert {bird.box for bird in found} == {(6.0, 8.0, 14.0, 18.0)}


def test_a_box_knows_its_line(birds):
    line = birds.change("bounding_boxes.txt", 5, "1 2 3 4")
    bird = read_birds(birds.root, boxes=True)[0][5]
    assert (bird.box, bird.line) == ((2, 1, 6, 4), line)


def test_boxes_need_not_be_there_where_they_are_not_asked_for(birds):
    (birds.root / "bounding_boxes.txt").unlink()
    assert {bird.box for bird in read_birds(birds.root, boxes=False)[0]} == {None}


def test_without_a_list_of_classes_they_are_called_like_their_folders(birds):
    (birds.root / "classes.txt").unlink()
    assert read_birds(birds.root, boxes=False)[1] == ("001.Albatross", "002.Bunting", "003.Crow")


def test_classes_are_numbered_by_their_ids_also_those_without_pictures(birds):
    (birds.root / "classes.txt").write_text("10 ten\n3 three\n2 two\n1 one\n")
    found, names = read_birds(birds.root, boxes=False)
    assert names == ("one", "two", "three", "ten")
    assert [bird.label for bird in found[:3]] == [0, 1, 2]


def test_empty_lines_and_line_ends_of_other_systems_are_read(birds):
    path = birds.root / "train_test_split.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    assert len(read_birds(birds.root, boxes=True)[0]) == 12


BAD_LISTS = {
    "no list of boxes": (lambda birds: (birds.root / "bounding_boxes.txt").unlink(),
                         r"bounding_boxes\.txt is missing. Expected: the folder with images/, images\.txt"),
    "no list of parts": (lambda birds: (birds.root / "train_test_split.txt").unlink(), r"train_test_split\.txt is missing"),
    "no list of labels": (lambda birds: (birds.root / "image_class_labels.txt").unlink(), r"image_class_labels\.txt is missing"),
    "empty list": (lambda birds: (birds.root / "images.txt").write_text("\n"), r"images\.txt is empty. Expected: lines of an id and a path"),
    "no text": (lambda birds: (birds.root / "images.txt").write_bytes(b"1 \xff\xfe.jpg"), r"cannot read .*images\.txt: .*Expected: a text in UTF-8"),
    "no id": (lambda birds: (birds.root / "images.txt").write_text("a b.jpg\n"),
              r"images\.txt, line 1: expected an id and a path below images/. Found: 'a b\.jpg'. Correct or remove"),
    "an id alone": (lambda birds: (birds.root / "images.txt").write_text("1\n"), r"images\.txt, line 1: expected an id and a path"),
    "a path that leads out": (lambda birds: birds.change("images.txt", 0, "../secret.png"), r"images\.txt, line \d+: expected an id and a path below images/"),
    "another part": (lambda birds: birds.change("train_test_split.txt", 2, "2"),
                     r"train_test_split\.txt, line \d+: expected an id and 1 \(train\) or 0 \(test\). Found: '7 2'"),
    "a class that is no number": (lambda birds: birds.change("image_class_labels.txt", 2, "crow"), r"expected the id of a picture and the number of its class. Found: '7 crow'"),
    "three numbers of a box": (lambda birds: birds.change("bounding_boxes.txt", 2, "1 2 3"), r"bounding_boxes\.txt, line \d+: expected an id and the numbers x y width height in pixels. Found: '7 1 2 3'"),
    "five numbers of a box": (lambda birds: birds.change("bounding_boxes.txt", 2, "1 2 3 4 5"), r"bounding_boxes\.txt, line \d+: expected"),
    "an id twice": (lambda birds: birds.change("images.txt", 2, "a.jpg\n7 b.jpg"), r"images\.txt, line \d+: every id must have one line. Found: 7, which line \d+ has too"),
    "no box": (lambda birds: birds.change("bounding_boxes.txt", 2, None),
               r"every id of .*images\.txt must have a line in .*bounding_boxes\.txt. Missing there: 7. Add the lines"),
    "no label": (lambda birds: birds.change("image_class_labels.txt", 2, None), r"must have a line in .*image_class_labels\.txt. Missing there: 7"),
    "no part": (lambda birds: [birds.change("train_test_split.txt", number, None) for number in range(7)],
                r"must have a line in .*train_test_split\.txt. Missing there: 1, 4, 7, 10, 13 and 2 more"),
    "no picture": (lambda birds: birds.change("images.txt", 2, None), r"every id of .*train_test_split\.txt must have a line in .*images\.txt. Missing there: 7"),
    "an unknown class": (lambda birds: birds.change("image_class_labels.txt", 2, "9"), r"every class of .*image_class_labels\.txt must have a line in .*classes\.txt. Missing there: 9"),
}


@pytest.mark.parametrize("case", BAD_LISTS)
def test_a_list_that_is_wrong_is_named_in_one_line(birds, case):
    harm, message = BAD_LISTS[case]
    harm(birds)
    with pytest.raises(DataError, match=message) as caught:
        read_birds(birds.root, boxes=True)
    assert "\n" not in str(caught.value)


def test_classes_without_names_must_lie_in_one_folder_each(birds):
    (birds.root / "classes.txt").unlink()
    birds.change("image_class_labels.txt", 0, "2")
    with pytest.raises(DataError, match=r"without classes\.txt the pictures of a class must lie in one folder. Found: .* for class 2"):
        read_birds(birds.root, boxes=False)


@pytest.mark.parametrize(("place", "message"), [
    ("nothing", "cannot read the folder .*nothing: no such folder. Expected: the folder with images/"),
    ("CUB_200_2011/images.txt", "it is a file"),
    ("CUB_200_2011/images", r"has no images\.txt, nor has CUB_200_2011 in it. .*For plain pictures use folder:PATH"),
])
def test_another_folder_is_refused_with_what_was_expected(birds, place, message):
    with pytest.raises(DataError, match=message):
        cub_folder(birds.root.parent / place)
