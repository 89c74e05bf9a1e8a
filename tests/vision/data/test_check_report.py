"""gan_vision.data.check_report: every example is read once, and what cannot be used is listed."""

import io

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from gan_core.errors import ConfigError, DataError
from gan_core.images.decode import ImageError
from gan_vision.data import ClassLabel, Columns, Examples, LabelMap, Photo, Reject, folder_on_demand


def checked(folder):
    return folder_on_demand(folder).check()


@pytest.fixture
def corpus(tmp_path):
    for kind, count in (("cat", 12), ("dog", 7)):
        (tmp_path / kind).mkdir()
        for number in range(count):
            Image.fromarray(np.full((10 + number, 20, 3), 9, np.uint8)).save(tmp_path / kind / f"{number:02}.png")
    (tmp_path / "dog" / "broken.jpg").write_bytes(b"")
    return tmp_path


def test_the_report_names_each_reject_with_its_reason(corpus):
    report = checked(corpus)
    assert (report.total, report.usable) == (20, 19)
    (reject,) = report.rejects
    assert reject.path == str(corpus / "dog" / "broken.jpg")
    assert reject.reason.startswith("found an empty file (0 bytes)")


def test_the_report_counts_usable_images_of_each_class(corpus):
    assert checked(corpus).class_counts == {"cat": 12, "dog": 7}


def test_the_report_tells_the_range_of_sizes(corpus):
    report = checked(corpus)
    assert (report.smallest, report.largest) == ((10, 20), (21, 20))


def test_the_table_has_a_row_for_each_reject(corpus):
    output = io.StringIO()
    Console(width=400, file=output).print(checked(corpus).table())
    assert "dog/broken.jpg" in output.getvalue()
    assert "found an empty file" in output.getvalue()


def test_a_policy_may_refuse(corpus):
    report = checked(corpus)
    with pytest.raises(DataError, match="1 of 20 images"):
        report.raise_for("error")
    report.raise_for("skip")
    with pytest.raises(ConfigError, match="unknown on_bad"):
        report.raise_for("never")


def test_a_folder_without_a_usable_image_is_reported(tmp_path):
    (tmp_path / "a.png").write_bytes(b"text")
    report = checked(tmp_path)
    assert (report.usable, report.smallest, report.largest) == (0, None, None)


def test_the_hazards_of_a_download_are_all_listed(tmp_path):
    good = Image.fromarray(np.full((8, 8, 3), 50, np.uint8))
    good.save(tmp_path / "good.png")
    data = (tmp_path / "good.png").read_bytes()
    (tmp_path / "really_png.jpg").write_bytes(data)
    (tmp_path / "dir.png").mkdir()
    bad = {"zero.png": b"", "half.png": data[: len(data) // 2], "page.jpg": b"<html>", "text.png": b"hello",
           "crc.png": data[:-30] + bytes([data[-30] ^ 255]) + data[-29:]}  # fmt: skip
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    report = checked(tmp_path)
    assert report.total == 7
    assert sorted(reject.path.rsplit("/", 1)[1] for reject in report.rejects) == sorted(bad)


def test_every_kind_of_field_is_checked_and_the_file_named():
    """Of four pairs one label map has an id that is no class, and one picture cannot be decoded."""

    def picture(row):
        if row == 3:
            raise ImageError("3.png", "found an empty file")
        return np.zeros((6, 8 + row, 3), np.uint8)

    columns = {"real": picture, "labels": lambda row: np.full((6, 8 + row), 40 if row == 1 else 2, np.uint8), "label": np.arange(4) % 2}
    fields = {"real": Photo(3), "labels": LabelMap(35), "label": ClassLabel(("cat", "dog"))}
    report = Examples(Columns(columns, files=[f"{n}.png" for n in range(4)]), fields, "pairs").check()
    assert [reject.path for reject in report.rejects] == ["1.png", "3.png"]
    assert report.rejects[0].reason == ("`labels` of 1.png of pairs: found the id 40 at the pixel in row 0, column 0; expected 0..34. Raise `classes`, or "
                                        "name it in `ignore`.")
    assert (report.usable, report.class_counts, report.smallest, report.largest) == (2, {"cat": 2, "dog": 0}, (6, 8), (6, 10))
    assert report.kinds == {"real": "Photo(channels=3)", "labels": "LabelMap(classes=35, ignore=())", "label": "ClassLabel"}


def test_files_left_out_when_a_set_was_decoded_are_still_reported():
    images = Examples.of_images(np.zeros((3, 4, 4, 3), np.uint8), rejects=(Reject("a.png", "empty"),))
    assert (images.check().total, images.check().usable) == (4, 3)


def test_values_of_a_memory_map_are_checked(tmp_path):
    np.save(tmp_path / "labels.npy", np.repeat(np.arange(9, dtype=np.uint8), 16).reshape(9, 4, 4))
    columns = {"real": np.zeros((9, 4, 4, 3), np.uint8), "labels": np.load(tmp_path / "labels.npy", mmap_mode="r")}
    report = Examples(Columns(columns), {"real": Photo(3), "labels": LabelMap(8)}, "pairs").check()
    assert "`labels` of row 8 of pairs: found the id 8 at the pixel in row 0, column 0; expected 0..7" in report.rejects[0].reason


# --------------------------------------------------------------------------------------------- opacity


@pytest.fixture
def clear(tmp_path):
    """Ten opaque pictures, three with a transparent pixel, one of which nothing is visible."""
    for number in range(14):
        picture = np.full((8, 8, 4), 255, np.uint8)
        picture[:1 if number in (2, 5, 7) else 8 if number == 9 else 0, ..., 3] = 0
        Image.fromarray(picture).save(tmp_path / f"{number:02}.png")
    return tmp_path


def test_pictures_with_transparent_parts_are_counted(clear):
    report = folder_on_demand(clear, channels=4).check()
    assert (report.total, report.usable, report.transparent) == (14, 13, 3)


def test_where_pictures_are_read_without_opacity_nobody_knows(clear):
    assert checked(clear).transparent is None


@pytest.mark.parametrize("channels", [3, 4])
def test_a_picture_of_which_nothing_is_visible_is_listed(clear, channels):
    (reject,) = folder_on_demand(clear, channels=channels).check().rejects
    assert reject.path == str(clear / "09.png")
    assert reject.reason.startswith("found a picture of which nothing is visible (opacity 0 everywhere)")


def test_an_opacity_of_254_is_transparent():
    images = np.full((3, 4, 4, 4), 255, np.uint8)
    images[1, 2, 3, 3] = 254
    assert Examples.of_images(images).check().transparent == 1


def test_rows_of_an_array_of_which_nothing_is_visible_are_listed_and_not_counted():
    images = np.full((4, 4, 4, 4), 255, np.uint8)
    images[2, ..., 3] = 0
    report = Examples.of_images(images, np.array([0, 0, 1, 1]), ("a", "b")).check()
    assert [reject.path for reject in report.rejects] == ["row 2"]
    assert (report.usable, report.transparent, report.class_counts) == (3, 0, {"a": 2, "b": 1})


def test_two_parts_add_up_what_is_transparent():
    images = np.full((3, 4, 4, 4), 9, np.uint8)
    report = Examples.of_images(images).check()
    assert report.joined(report).transparent == 6
    assert report.joined(Examples.of_images(images[..., :3]).check()).transparent is None
