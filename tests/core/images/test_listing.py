"""gan_core.images.listing: every image file below a folder, in an order that every machine agrees on."""

import os
import random
import unicodedata

import pytest
from PIL import Image

from gan_core.errors import DataError
from gan_core.images import list_images


def save(path, colour=(10, 20, 30), size=(12, 10), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, colour)
    (image.quantize() if mode == "P" else image.convert(mode)).save(path)
    return path


def names(root):
    return [path.relative_to(root).as_posix() for path in list_images(root)]


def test_images_are_found_at_any_depth_in_code_point_order(tmp_path):
    for name in ("b.png", "a/z.jpg", "a/b/c/d.webp", "A.bmp", "Ä.gif", "10.jpeg", "9.png"):
        save(tmp_path / name)
    assert names(tmp_path) == ["10.jpeg", "9.png", "A.bmp", "a/b/c/d.webp", "a/z.jpg", "b.png", "Ä.gif"]


def test_extensions_count_in_any_case_and_other_files_are_left_alone(tmp_path):
    for name in ("a.JPG", "b.Png"):
        save(tmp_path / name)
    for name in ("notes.txt", "c.png.part", "d.tar", "png"):
        (tmp_path / name).write_text("x")
    assert names(tmp_path) == ["a.JPG", "b.Png"]


def test_hidden_files_and_folders_are_skipped(tmp_path):
    for name in ("a.png", "._a.png", ".git/b.png", "sub/.cache/c.png"):
        save(tmp_path / name)
    assert names(tmp_path) == ["a.png"]


def test_the_listing_does_not_depend_on_the_order_of_creation(tmp_path):
    wanted = [f"{folder}/{number}.png" for folder in ("x", "y", "ä") for number in range(8)]
    shuffled = wanted[:]
    random.Random(3).shuffle(shuffled)
    for root, order in ((tmp_path / "one", wanted), (tmp_path / "two", shuffled)):
        for name in order:
            save(root / name)
    assert names(tmp_path / "one") == names(tmp_path / "two") == sorted(wanted)


def test_composed_and_decomposed_accents_sort_alike(tmp_path):
    for form in ("NFC", "NFD"):
        for name in ("e.png", "é.png", "f.png", "ez.png"):
            save(tmp_path / form / unicodedata.normalize(form, name))
    listed = [[unicodedata.normalize("NFC", name) for name in names(tmp_path / form)] for form in ("NFC", "NFD")]
    assert listed[0] == listed[1] == ["e.png", "ez.png", "f.png", "é.png"]


def test_a_directory_named_like_an_image_is_entered_not_read(tmp_path):
    save(tmp_path / "x.png" / "y.png")
    assert names(tmp_path) == ["x.png/y.png"]


def test_link_loops_end_and_linked_folders_count_once(tmp_path):
    save(tmp_path / "data" / "a.png")
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data", target_is_directory=True)
    save(tmp_path / "elsewhere" / "b.png")
    for name in ("first", "second"):
        (tmp_path / "data" / name).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert names(tmp_path / "data") == ["a.png", "first/b.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_are_not_images(tmp_path):
    save(tmp_path / "a.png")
    os.mkfifo(tmp_path / "b.png")
    assert names(tmp_path) == ["a.png"]


def test_an_empty_folder_lists_the_patterns_tried(tmp_path):
    (tmp_path / "readme.txt").write_text("x")
    with pytest.raises(DataError, match=r"has no images. Tried: \*\*/\*\.jpg .*\*\*/\*\.webp.* Found: 1 other files"):
        list_images(tmp_path)


@pytest.mark.parametrize(("make", "found"), [(lambda path: None, "no such folder"), (lambda path: path.touch(), "it is a file")])
def test_a_missing_folder_is_named(tmp_path, make, found):
    make(tmp_path / "photos")
    with pytest.raises(DataError, match=f"photos: {found}"):
        list_images(tmp_path / "photos")
