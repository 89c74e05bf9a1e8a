"""gan_vision.data.folder: labels from sub-folders, and loading with a policy for bad files."""

import os

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.images import list_images
from gan_vision.data import class_labels, load_folder


def save(path, colour=(10, 20, 30), size=(12, 10), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", size, colour)
    (image.quantize() if mode == "P" else image.convert(mode)).save(path)
    return path


def test_unusual_names_are_listed_and_read(tmp_path):
    for name in ("with space.png", "line\nbreak.png", "🐦.png", "-rf.png", "%s{}.png", "y" * 200 + ".png"):
        save(tmp_path / name)
    assert len(load_folder(tmp_path, size=8)) == 6


def test_a_dangling_link_is_reported_not_ignored(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(DataError, match=r"(?s)1 of 2 images of folder .*b\.png: found a link to a file that does not exist"):
        load_folder(tmp_path, size=8)


# ----------------------------------------------------------------------------------------------- labels


def test_class_folders_become_labels_by_sorted_name(tmp_path):
    for name in ("dog/1.png", "cat/2.png", "cat/deep/3.png", "ant/4.png"):
        save(tmp_path / name)
    images = load_folder(tmp_path, size=8)
    assert images.class_names == ("ant", "cat", "dog")
    assert images.labels.tolist() == [0, 1, 1, 2]
    assert images.labels.dtype == np.int32


@pytest.mark.parametrize("layout", [("a.png", "b.png"), ("a.png", "cat/b.png", "dog/c.png"), ("images/a.png", "images/b.png")],
                         ids=["flat", "mixed", "one folder"])  # fmt: skip
def test_other_layouts_have_no_labels(tmp_path, layout):
    for name in layout:
        save(tmp_path / name)
    assert class_labels(tmp_path, list_images(tmp_path)) == (None, ())


def test_class_names_are_composed(tmp_path):
    for name in ("e\u0301/1.png", "z/2.png"):
        save(tmp_path / name)
    assert load_folder(tmp_path, size=8).class_names == ("z", "é")


def test_an_empty_class_folder_is_warned_about(tmp_path, caplog):
    for name in ("ant/1.png", "cat/2.png"):
        save(tmp_path / name)
    (tmp_path / "dog").mkdir()
    assert load_folder(tmp_path, size=8).class_names == ("ant", "cat")
    assert "the class folders dog of" in caplog.text


def test_labels_follow_their_images_when_files_are_skipped(tmp_path):
    for number in range(10):
        save(tmp_path / "cat" / f"{number}.png", (200, 0, 0))
        save(tmp_path / "dog" / f"{number}.png", (0, 0, 200))
    (tmp_path / "cat" / "3.png").write_bytes(b"")
    images = load_folder(tmp_path, size=8, on_bad="skip")
    assert np.array_equal(images.labels, images.images[:, 0, 0, 2] > 100)
    assert np.bincount(images.labels).tolist() == [9, 10]


# ---------------------------------------------------------------------------------------------- loading


def test_mixed_sizes_and_modes_become_one_array(tmp_path):
    for number, mode in enumerate(("RGB", "L", "RGBA", "P", "CMYK")):
        save(tmp_path / f"{number}.{'jpg' if mode == 'CMYK' else 'png'}", (90, 90, 90), (20 + number, 30), mode)
    images = load_folder(tmp_path, size=16)
    assert images.images.shape == (5, 16, 16, 3)
    assert np.abs(images.images.astype(int) - 90).max() <= 2


def test_colour_files_can_be_read_as_gray(tmp_path):
    save(tmp_path / "a.png", (255, 0, 0))
    images = load_folder(tmp_path, size=8, channels=1).images
    assert images.shape == (1, 8, 8, 1)
    assert (images == 76).all()


def test_the_fit_is_passed_on(tmp_path):
    save(tmp_path / "a.png", (0, 0, 0), (40, 10))
    assert load_folder(tmp_path, size=8, fit="pad").images[0, 0, 0].tolist() == [255, 255, 255]
    assert load_folder(tmp_path, size=8, fit="stretch").images.max() == 0


def damaged_folder(root, good, bad):
    for number in range(good):
        save(root / f"good{number:02}.png")
    for number in range(bad):
        (root / f"bad{number:02}.png").write_bytes(b"<html>")
    return root


def test_on_bad_error_lists_every_reject_and_the_remedy(tmp_path):
    with pytest.raises(DataError) as caught:
        load_folder(damaged_folder(tmp_path, 3, 2), size=8)
    message = str(caught.value)
    assert message.startswith(f"2 of 5 images of folder {tmp_path} cannot be used")
    assert "bad00.png: found an HTML page" in message
    assert "bad01.png" in message
    assert "--on-bad skip" in message


def test_a_long_list_of_rejects_is_cut(tmp_path):
    with pytest.raises(DataError, match=r"\.\.\. and 3 more"):
        load_folder(damaged_folder(tmp_path, 1, 13), size=8)


def test_on_bad_skip_counts_and_logs_up_to_a_tenth(tmp_path, caplog):
    images = load_folder(damaged_folder(tmp_path, 18, 2), size=8, on_bad="skip")
    assert len(images) == 18
    assert [os.path.basename(reject.path) for reject in images.rejects] == ["bad00.png", "bad01.png"]
    assert "2 of 20 images" in caplog.text


def test_on_bad_skip_refuses_more_than_a_tenth(tmp_path):
    with pytest.raises(DataError, match=r"3 of 20 images .* more than the 10%"):
        load_folder(damaged_folder(tmp_path, 17, 3), size=8, on_bad="skip")


def test_a_folder_of_rejects_only_is_refused(tmp_path):
    with pytest.raises(DataError, match="1 of 1 images"):
        load_folder(damaged_folder(tmp_path, 0, 1), size=8, on_bad="skip")


def test_an_unknown_policy_lists_the_choices(tmp_path):
    save(tmp_path / "a.png")
    with pytest.raises(ConfigError, match=r"unknown on_bad. Received: 'ignore'. .*error, list, skip"):
        load_folder(tmp_path, size=8, on_bad="ignore")


def test_one_image_is_a_data_set(tmp_path):
    save(tmp_path / "a.png")
    assert len(load_folder(tmp_path, size=8)) == 1


def test_a_limit_draws_from_all_classes(tmp_path):
    for kind in ("cat", "dog"):
        for number in range(20):
            save(tmp_path / kind / f"{number}.png")
    images = load_folder(tmp_path, size=8, limit=16, seed=1)
    assert len(images) == 16
    assert set(images.labels) == {0, 1}


def test_a_huge_image_is_refused_by_the_stated_limit(tmp_path):
    save(tmp_path / "a.png", size=(100, 100))
    with pytest.raises(DataError, match=r"100 x 100"):
        load_folder(tmp_path, size=8, max_pixels=5_000)


# ------------------------------------------------------------------------------------------------ cache


def test_a_large_folder_is_memory_mapped_from_the_cache(tmp_path):
    for number in range(6):
        save(tmp_path / "data" / f"{number}.png", (number, 0, 0))
    options = {"size": 8, "cache": tmp_path / "cache", "memory_limit": 100}
    first, second = load_folder(tmp_path / "data", **options), load_folder(tmp_path / "data", **options)
    assert isinstance(first.images, np.memmap)
    assert np.array_equal(second.images, load_folder(tmp_path / "data", size=8).images)


def test_a_changed_file_rebuilds_the_cache(tmp_path):
    for number in range(3):
        save(tmp_path / "data" / f"{number}.png", (1, 1, 1))
    options = {"size": 8, "cache": tmp_path / "cache"}
    load_folder(tmp_path / "data", **options)
    path = save(tmp_path / "data" / "1.png", (99, 99, 99))
    os.utime(path, ns=(1, 1))
    assert load_folder(tmp_path / "data", **options).images[:, 0, 0, 0].tolist() == [1, 99, 1]
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_skipped_files_are_remembered_by_the_cache_and_refused_under_error(tmp_path):
    damaged_folder(tmp_path / "data", 10, 1)
    options = {"size": 8, "cache": tmp_path / "cache"}
    assert len(load_folder(tmp_path / "data", on_bad="skip", **options).rejects) == 1
    assert len(load_folder(tmp_path / "data", on_bad="skip", **options).rejects) == 1
    with pytest.raises(DataError, match="1 of 11 images"):
        load_folder(tmp_path / "data", on_bad="error", **options)


def test_rejects_under_error_leave_nothing_in_the_cache(tmp_path):
    with pytest.raises(DataError):
        load_folder(damaged_folder(tmp_path / "data", 10, 1), size=8, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


# --------------------------------------------------------------------------------------------- opacity


def save_clear(path, opacity=51):
    """A black picture that is visible to a fifth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGBA", (16, 16), (0, 0, 0, opacity)).save(path)


@pytest.mark.parametrize(("background", "expected"), [("white", 204), ("black", 0), ("#0a0a0a", 8), ((10, 10, 10), 8)])
def test_transparent_parts_are_laid_over_the_background(tmp_path, background, expected):
    save_clear(tmp_path / "a.png")
    for channels in (1, 3):
        assert (load_folder(tmp_path, size=8, channels=channels, background=background).images == expected).all()


def test_a_checkerboard_has_eight_squares_over_each_picture(tmp_path):
    save_clear(tmp_path / "a.png", 1)
    found = load_folder(tmp_path, size=16, background="checker").images[0, ..., 0]
    assert found[::2, 0].tolist() == [203, 152] * 4


def test_padding_is_the_background(tmp_path):
    save(tmp_path / "a.png", (9, 9, 9), (8, 4))
    assert load_folder(tmp_path, size=8, fit="pad", background="#010203").images[0, 0, 0].tolist() == [1, 2, 3]


def test_four_channels_keep_opacity(tmp_path):
    save_clear(tmp_path / "a.png")
    save(tmp_path / "b.jpg", (0, 0, 0))
    images = load_folder(tmp_path, size=8, channels=4).images
    assert images[0].tolist() == [[[0, 0, 0, 51]] * 8] * 8
    assert images[1].tolist() == [[[0, 0, 0, 255]] * 8] * 8


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_picture_of_which_nothing_is_visible_is_a_reject(tmp_path, channels):
    for number in range(10):
        save_clear(tmp_path / f"{number}.png", 0 if number == 3 else 9)
    with pytest.raises(DataError, match=r"(?s)1 of 10 images .*3.png: found a picture of which nothing is visible"):
        load_folder(tmp_path, size=8, channels=channels)
    assert len(load_folder(tmp_path, size=8, channels=channels, on_bad="skip")) == 9


def test_each_background_has_a_place_of_its_own_in_the_cache(tmp_path):
    save_clear(tmp_path / "pictures" / "a.png")
    for _ in range(2):
        for background, expected in (("white", 204), ("black", 0)):
            images = load_folder(tmp_path / "pictures", size=8, background=background, cache=tmp_path / "cache").images
            assert (np.asarray(images) == expected).all()
