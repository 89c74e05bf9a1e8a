"""gan_vision.data.label_maps: all layouts in the real formats, made small; partners by name; ids as they are stored."""

import logging

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_vision.data.label_maps import connected_regions, load_label_maps, read_colors

NAMES = ("aachen_000000_000019", "aachen_000001_000019", "bochum_000000_000313")
ON_DEMAND = pytest.mark.parametrize("memory_limit", [None, 0], ids=["in memory", "on demand"])
LAYOUTS = pytest.mark.parametrize("layout", ["official", "flat", "flat, one name"])


def paths(root, layout, part, name):
    """Of photo, labels and instances."""
    if layout == "official":
        city = name.partition("_")[0]
        return (root / "leftImg8bit" / part / city / f"{name}_leftImg8bit.png",
                *(root / "gtFine" / part / city / f"{name}_gtFine_{kind}.png" for kind in ("labelIds", "instanceIds")))
    endings = ("", "", "") if "one name" in layout else ("_leftImg8bit", "_gtFine_labelIds", "_gtFine_instanceIds")
    return tuple(root / f"{part}_{kind}" / f"{name}{ending}.png"
                 for kind, ending in zip(("img", "label", "inst"), endings, strict=True))


def save(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(values).save(path)


def example(number, size=(8, 16)):
    """A photo of one grey level, two classes side by side, and of the right one two objects."""
    photo = np.full((*size, 3), 10 * number, np.uint8)
    labels, instances = np.full(size, 7, np.uint8), np.full(size, 7, np.uint16)
    labels[:, size[1] // 2:] = 26
    instances[:, size[1] // 2:], instances[:, 3 * size[1] // 4:] = 26001, 26002
    return photo, labels, instances


def make(root, layout, names=NAMES, part="train", first=1):
    for number, name in enumerate(names, start=first):
        for path, values in zip(paths(root, layout, part, name), example(number), strict=True):
            save(path, values)
    return root


@ON_DEMAND
@LAYOUTS
def test_photos_labels_and_instances_belong_together(tmp_path, layout, memory_limit):
    examples = load_label_maps(make(tmp_path, layout), size=(8, 16), memory_limit=memory_limit)
    found = examples.gather(np.arange(3))
    assert found["real"][:, 0, 0, 0].tolist() == [10, 20, 30]
    np.testing.assert_array_equal(found["labels"][1], example(2)[1])
    np.testing.assert_array_equal(found["instances"][2], example(3)[2])
    assert found["instances"].dtype == np.uint16


def test_what_networks_read_are_classes_and_the_edges_of_objects(tmp_path):
    """26001 and 26002 touch: only the 16-bit map has an edge between them."""
    examples = load_label_maps(make(tmp_path, "official"), size=(8, 16))
    batch = examples.prepare((-1, 1))(next(iter(examples.loader(2, seed=0).dataset())))
    assert {name: tuple(value.shape) for name, value in batch.items()} == {
        "real": (2, 8, 16, 3), "labels": (2, 8, 16, 35), "instances": (2, 8, 16, 1)}
    np.testing.assert_array_equal(np.nonzero(batch["instances"][0, 4, :, 0])[0], [7, 8, 11, 12])


def test_maps_are_resized_to_the_nearest_pixel(tmp_path):
    found = load_label_maps(make(tmp_path, "official"), size=(4, 8)).gather([0])
    assert np.unique(found["labels"]).tolist() == [7, 26]
    assert np.unique(found["instances"]).tolist() == [7, 26001, 26002]


@LAYOUTS
def test_the_validation_part_is_held_out(tmp_path, layout):
    make(make(tmp_path, layout), layout, ("frankfurt_000000_000294",), "val", first=9)
    train, validation = load_label_maps(tmp_path, size=8).split()
    assert (len(train), len(validation)) == (3, 1)
    assert validation.gather([0])["real"][0, 0, 0, 0] == 90


def test_other_files_beside_the_maps_are_left_out(tmp_path):
    make(tmp_path, "official")
    save(tmp_path / "gtFine/train/aachen/aachen_000000_000019_gtFine_color.png", example(1)[0])
    assert len(load_label_maps(tmp_path, size=8)) == 3


def test_it_trains_without_instance_maps(tmp_path):
    make(tmp_path, "flat")
    assert set(load_label_maps(tmp_path, size=8, instances="none").fields) == {"real", "labels"}
    for path in (tmp_path / "train_inst").iterdir():
        path.unlink()
    (tmp_path / "train_inst").rmdir()
    assert set(load_label_maps(tmp_path, size=8).fields) == {"real", "labels"}


def test_connected_regions_can_stand_for_objects(tmp_path):
    """The right half is one region of class 26, whatever the instance map says."""
    examples = load_label_maps(make(tmp_path, "flat"), size=(8, 16), instances="regions")
    edges = examples.prepare((-1, 1))(examples.gather([0]))["instances"]
    np.testing.assert_array_equal(np.nonzero(edges[0, 4, :, 0])[0], [7, 8])


def test_regions_touch_by_their_sides_not_by_their_corners():
    np.testing.assert_array_equal(connected_regions(np.array([[1, 0], [0, 1]], np.uint8)), [[0, 1], [2, 3]])
    assert connected_regions(np.array([[5, 5], [0, 5]], np.uint8)).tolist() == [[0, 0], [1, 0]]


def plain(root, parts=("train", "val"), instances=True):
    for part in parts:
        for number in (1, 2):
            for folder, values in zip(("images", "labels", "instances"), example(number), strict=True):
                if instances or folder != "instances":
                    save(root / folder / part / f"{number}.png", values)
    return root


@pytest.mark.parametrize("parts", [("train", "val"), ("",)])
@pytest.mark.parametrize("instances", [True, False])
def test_folders_of_images_and_labels_need_no_more(tmp_path, parts, instances):
    examples = load_label_maps(plain(tmp_path, parts, instances), size=8, classes=27)
    assert ("instances" in examples.fields) == instances
    assert len(examples) == 2
    assert (examples.held_out is not None) == (len(parts) > 1)


def test_labels_may_be_painted_in_colours(tmp_path):
    plain(tmp_path, ("",), instances=False)
    palette = np.zeros((27, 3), np.uint8)
    palette[7], palette[26] = (255, 0, 0), (0, 0, 255)
    for number in (1, 2):
        save(tmp_path / "labels" / f"{number}.png", palette[example(number)[1]])
    (tmp_path / "colors.csv").write_text("id,name,red,green,blue\n0,road,255,0,0\n1,car,0,0,255\n")
    colors = read_colors(tmp_path / "colors.csv")
    assert colors == {(255, 0, 0): 0, (0, 0, 255): 1}
    examples = load_label_maps(tmp_path, size=8, colors=colors)
    assert np.unique(examples.gather([0])["labels"]).tolist() == [0, 1]
    assert examples.fields["labels"].classes == 2
    with pytest.raises(DataError, match=r"2 colours|found a picture of 2 colours"):
        load_label_maps(tmp_path, size=8, classes=2)
    with pytest.raises(DataError, match=r"the colour \(0, 0, 255\) at row 0, column 8"):
        load_label_maps(tmp_path, size=8, colors={(255, 0, 0): 0})


@pytest.mark.parametrize(("text", "message"), [
    ("0,road,255,0", "line 1 .* must be id,name,red,green,blue"), ("a,b,1,2,3", "Found: 'a,b,1,2,3'"),
    ("0,a,1,2,3\n1,b,1,2,3", r"line 2 .* repeats the colour \(1, 2, 3\)"), ("", "hold no line"),
    ("0,a,1,2,300", "line 1"), (None, "cannot read the colours")])
def test_a_table_of_colours_that_is_none_is_refused(tmp_path, text, message):
    if text is not None:
        (tmp_path / "colors.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        read_colors(tmp_path / "colors.csv")


def test_without_a_table_the_number_of_classes_is_asked_for(tmp_path):
    with pytest.raises(ConfigError, match="`classes` must say"):
        load_label_maps(plain(tmp_path), size=8)


@pytest.mark.parametrize(("ignore", "stored"), [(255, 255), (-1, 65535)])
def test_ids_to_ignore_have_a_channel_of_their_own(tmp_path, ignore, stored):
    make(tmp_path, "official")
    labels = example(1)[1].astype(np.uint16)
    labels[0, 0] = stored
    save(paths(tmp_path, "official", "train", NAMES[0])[1], labels)
    examples = load_label_maps(tmp_path, size=(8, 16), ignore=(ignore,))
    classes = examples.prepare((-1, 1))(examples.gather([0]))["labels"].numpy()
    assert classes.shape == (1, 8, 16, 36)
    assert classes.sum(-1).tolist() == np.ones((1, 8, 16)).tolist()
    assert classes[0, 0, 0].argmax() == 35
    assert classes[0, 0, 1].argmax() == 7


def test_a_limit_takes_so_many(tmp_path):
    assert len(load_label_maps(make(tmp_path, "flat"), size=8, limit=2)) == 2


def test_instance_maps_of_eight_bits_are_warned_of_once(tmp_path, caplog):
    make(tmp_path, "official")
    for name in NAMES:
        save(paths(tmp_path, "official", "train", name)[2], example(1)[1])
    with caplog.at_level(logging.WARNING, "gan_vision"):
        load_label_maps(tmp_path, size=8)
    assert [("has 8 bits" in record.message, "16 bits" in record.message) for record in caplog.records] == [(True, True)]


# ----------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(("which", "message"), [
    (0, r"same name in .*leftImg8bit.train. Missing there: 1 of 3 \(aachen/aachen_000001_000019\)"),
    (1, r"same name in .*gtFine.train. Missing there: 1 of 3 \(aachen/aachen_000001_000019\)"),
    (2, r"same name in .*gtFine.train. Missing there: 1 of 3 \(aachen/aachen_000001_000019\)")])
def test_what_has_no_partner_is_named(tmp_path, which, message):
    make(tmp_path, "official")
    paths(tmp_path, "official", "train", NAMES[1])[which].unlink()
    with pytest.raises(DataError, match=message):
        load_label_maps(tmp_path, size=8)


@ON_DEMAND
def test_maps_of_another_size_are_a_reject(tmp_path, memory_limit):
    make(tmp_path, "official")
    save(paths(tmp_path, "official", "train", NAMES[1])[1], example(1, (8, 8))[1])
    with pytest.raises(DataError, match=r"(?s)1 of 3 images.*000001_000019_leftImg8bit.png 16 x 8, .*labelIds.png 8 x 8"):
        load_label_maps(tmp_path, size=8, memory_limit=memory_limit)


def test_an_id_outside_the_classes_has_file_value_and_place(tmp_path):
    make(tmp_path, "official")
    labels = example(1)[1]
    labels[3, 5] = 255
    save(paths(tmp_path, "official", "train", NAMES[1])[1], labels)
    message = r"000001_000019_gtFine_labelIds.png: found the id 255 at the pixel in row 3, column 5; expected 0..34.*`ignore`"
    with pytest.raises(DataError, match=message):
        load_label_maps(tmp_path, size=8)
    examples = load_label_maps(tmp_path, size=8, memory_limit=0)
    with pytest.raises(DataError, match=message):
        examples.gather([0, 1])


def test_a_folder_of_another_layout_is_explained(tmp_path):
    (tmp_path / "pictures").mkdir()
    with pytest.raises(DataError, match=r"Expected: the folders images and labels.*leftImg8bit and gtFine, or train_img.*Found: pictures"):
        load_label_maps(tmp_path)


def test_two_files_of_one_name_are_refused(tmp_path):
    """The second would otherwise take the place of the first without a word."""
    make(tmp_path, "flat, one name")
    save(tmp_path / "train_img" / f"{NAMES[0]}.bmp", example(1)[0])
    with pytest.raises(DataError, match=r"names must differ in more than their endings. Found: .*bmp and .*png"):
        load_label_maps(tmp_path, size=8)


@pytest.mark.parametrize(("options", "message"), [
    ({"fit": "crop"}, "unknown fit. Received: 'crop'"), ({"on_bad": "ignore"}, "unknown on_bad. Received: 'ignore'"),
    ({"form": "edge"}, "`form` must be one of edges, ids, both"), ({"classes": 0}, "`classes` must be 1..65536")])
def test_an_unknown_option_is_refused(tmp_path, options, message):
    with pytest.raises(ConfigError, match=message):
        load_label_maps(make(tmp_path, "flat"), size=8, **options)
