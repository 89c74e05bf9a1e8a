"""gan_vision.data.cub: birds cut to their boxes, from the raw folder."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.images import decode_image, resize_image
from gan_vision.data import cub_on_demand, load_cub, load_images


def test_what_a_box_holds_is_all_that_is_seen(birds):
    images = load_cub(birds.root, size=8)
    for number, image in enumerate(images.images):
        assert np.array_equal(image, np.broadcast_to(birds.colour(number), (8, 8, 3)))


def test_the_parts_of_the_list_are_training_and_held_out_pictures(birds):
    train, held_out = load_images(f"cub:{birds.root}", size=8, crop="bbox").split()
    assert [int(image[0, 0, 0]) for image in train.images] == [20 * number + 15 for number in range(8)]
    assert [int(image[0, 0, 0]) for image in held_out.images] == [20 * number + 15 for number in range(8, 12)]


def test_labels_are_the_classes(birds):
    images = load_cub(birds.root, size=8)
    assert images.class_names == ("001.Albatross", "002.Bunting", "003.Crow")
    assert images.labels.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]


def test_the_folder_above_is_read_alike(birds):
    assert np.array_equal(load_cub(birds.root.parent, size=8).images, load_cub(birds.root, size=8).images)


def test_without_a_crop_pictures_are_whole(birds):
    images = load_images(f"cub:{birds.root}", size=8)
    expected = resize_image(decode_image(birds.root / "images" / birds.name(3)), 8)
    assert np.array_equal(images.images[3], expected)


def test_a_crop_at_a_border_is_stretched_to_its_square(birds):
    """The box of 10 columns and 20 rows at the left edge: all 20 rows, 10 columns, of which the first are red."""
    red_then_green(birds, 0)
    birds.change("bounding_boxes.txt", 0, "0 0 10 20")
    image = load_cub(birds.root, size=20).images[0]
    assert np.array_equal(image[:, :4], np.broadcast_to((255, 0, 0), (20, 4, 3)))  # 5 columns became 10
    assert np.array_equal(image[:, -4:], np.broadcast_to((0, 255, 0), (20, 4, 3)))


def test_a_crop_at_a_border_can_be_cut_to_a_square(birds):
    """Of the same box the middle 10 rows, at the size that they have."""
    red_then_green(birds, 0)
    birds.change("bounding_boxes.txt", 0, "0 0 10 20")
    image = load_cub(birds.root, size=10, square="shrink").images[0]
    assert np.array_equal(image, np.repeat([[(255, 0, 0)] * 5 + [(0, 255, 0)] * 5], 10, 0))


def red_then_green(birds, number):
    """Make a picture of 20 rows and 30 columns, of which the first 5 are red, the others green."""
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[:, :5, 0], pixels[:, 5:, 1] = 255, 255
    Image.fromarray(pixels).save(birds.root / "images" / birds.name(number))


def test_gray_pictures_can_be_had(birds):
    assert load_cub(birds.root, size=8, channels=1).images.shape == (8, 8, 8, 1)


def test_a_limit_is_one_of_each_part(birds):
    images = load_cub(birds.root, size=8, limit=2, seed=1)
    assert (len(images), len(images.held_out)) == (2, 2)


def test_no_validation_reads_the_training_pictures_alone(birds):
    for number in range(8, 12):
        (birds.root / "images" / birds.name(number)).unlink()
    assert load_cub(birds.root, size=8, validation=0).held_out is None


def test_without_a_test_part_pictures_are_held_out_by_the_seed(birds):
    for number in range(8, 12):
        birds.change("train_test_split.txt", number, "1")
    train, held_out = load_images(f"cub:{birds.root}", size=8, crop="bbox", validation=0.25).split()
    assert (len(train), len(held_out)) == (9, 3)


def test_without_a_training_part_the_list_is_named(birds):
    for number in range(8):
        birds.change("train_test_split.txt", number, "0")
    with pytest.raises(DataError, match=r"train_test_split\.txt must name training pictures. Found: 0 of 12"):
        load_cub(birds.root, size=8)


BAD_PICTURES = {
    "missing": (lambda birds: (birds.root / "images" / birds.name(1)).unlink(), r"Bird 0001\.png: found no such file"),
    "no width": (lambda birds: birds.change("bounding_boxes.txt", 1, "8 6 0 8"),
                 r"Bird 0001\.png: its box \(bounding_boxes\.txt, line \d+\) must have a height and a width above 0. Found: rows 6 to 14, columns 8 to 8. Correct the box"),
    "negative": (lambda birds: birds.change("bounding_boxes.txt", 1, "8 6 10 -8"), "must have a height and a width above 0"),
    "no number": (lambda birds: birds.change("bounding_boxes.txt", 1, "8 nan 10 8"), "must have a height and a width above 0"),
    "outside": (lambda birds: birds.change("bounding_boxes.txt", 1, "40 6 10 8"), "must lie inside of its picture of 25 rows and 32 columns. .*wholly outside"),
    "partly outside": (lambda birds: birds.change("bounding_boxes.txt", 1, "25 6 10 8"), "columns 25 to 35: partly outside"),
}


@pytest.mark.parametrize("case", BAD_PICTURES)
def test_a_picture_or_box_that_cannot_be_used_is_listed(birds, case):
    harm, message = BAD_PICTURES[case]
    harm(birds)
    with pytest.raises(DataError, match=rf"(?s)1 of 8 images of cub:.*, train cannot be used:.*{message}"):
        load_cub(birds.root, size=8)


@pytest.mark.parametrize("case", BAD_PICTURES)
def test_rejects_can_be_left_out_with_their_labels(birds, case, monkeypatch):
    monkeypatch.setattr("gan_vision.data.rejects.SKIP_CEILING", 0.2)
    BAD_PICTURES[case][0](birds)
    images = load_cub(birds.root, size=8, on_bad="skip")
    assert images.labels.tolist() == [0, 2, 0, 1, 2, 0, 1]
    assert len(images.rejects) == 1


def test_more_than_a_tenth_is_not_left_out(birds):
    BAD_PICTURES["missing"][0](birds)
    with pytest.raises(DataError, match="more than the 10% that on_bad='skip' leaves out"):
        load_cub(birds.root, size=8, on_bad="skip")


def test_a_bad_box_does_not_matter_to_whole_pictures(birds):
    birds.change("bounding_boxes.txt", 1, "8 6 0 8")
    assert len(load_cub(birds.root, size=8, crop=None)) == 8


def test_a_cache_follows_boxes_and_options(birds, tmp_path):
    def loaded(**options):
        return load_cub(birds.root, size=8, cache=tmp_path / "cache", **options).images

    first = np.array(loaded())
    assert np.array_equal(first, loaded())
    assert not np.array_equal(first, loaded(crop=None))
    birds.change("bounding_boxes.txt", 0, "0 0 4 4")
    assert not np.array_equal(first, loaded())


@pytest.mark.parametrize(("options", "message"), [
    ({"crop": 128}, "`crop` must be 'bbox' or None for cub:DIR. Received: crop=128"),
    ({"crop": None, "square": "shrink"}, "`square` says how a crop to a box becomes square"),
    ({"square": "cut"}, "unknown square. Received: 'cut'"),
    ({"limit": 0}, "`limit` must be at least 1"),
    ({"channels": 2}, "`channels` must be 1"),
])
def test_a_wrong_option_is_refused(birds, options, message):
    with pytest.raises(ConfigError, match=message):
        load_cub(birds.root, size=8, **options)


def test_on_demand_crops_have_their_own_sizes(birds):
    examples = cub_on_demand(birds.root)
    assert examples.gather([0])["real"].shape == (1, 12, 12, 3)
    assert (len(examples), len(examples.held_out)) == (8, 4)


def test_a_check_finds_every_bad_box_of_both_parts(birds):
    birds.change("bounding_boxes.txt", 1, "8 6 0 8")
    (birds.root / "images" / birds.name(9)).unlink()
    examples = cub_on_demand(birds.root)
    report = examples.check().joined(examples.held_out.check())
    assert [reject.path[-8:] for reject in report.rejects] == ["0001.png", "0009.png"]
    assert report.class_counts == {"001.Albatross": 3, "002.Bunting": 3, "003.Crow": 4}
