"""gan_vision.data.pairs: two layouts, partners by name, in memory or on demand, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_vision.data.pairs import load_pairs

RED, BLUE = (250, 10, 10), (10, 10, 250)


def save(path, *colours, size=(8, 8), mode="RGB"):
    """A picture of vertical stripes, as wide as `size` each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stripes = [np.full((size[1], size[0], 3), colour, np.uint8) for colour in colours]
    Image.fromarray(np.concatenate(stripes, 1)).convert(mode).save(path)
    return path


def shade(number):
    return (number, 2 * number, 100)


def save_split(root, names, a="A", b="B"):
    for number, name in enumerate(names, start=1):
        save(root / a / f"{name}.png", shade(number))
        save(root / b / f"{name}.png", shade(number + 100))


ON_DEMAND = pytest.mark.parametrize("memory_limit", [None, 0], ids=["in memory", "on demand"])


@ON_DEMAND
@pytest.mark.parametrize(("direction", "source", "real"), [("AtoB", RED, BLUE), ("BtoA", BLUE, RED)])
def test_a_is_the_left_half_and_b_the_right(tmp_path, direction, source, real, memory_limit):
    save(tmp_path / "1.png", RED, BLUE)
    pairs = load_pairs(tmp_path, layout="aligned", size=4, direction=direction, memory_limit=memory_limit)
    found = pairs.gather([0])
    assert (found["source"] == source).all()
    assert (found["real"] == real).all()
    assert found["real"].shape == (1, 4, 4, 3)


@ON_DEMAND
def test_partners_are_found_by_name_not_by_position(tmp_path, memory_limit):
    save_split(tmp_path, ["a", "b", "deep/c", "d"])
    for side in "AB":
        (tmp_path / side / "b.png").unlink()
    (tmp_path / "B" / "a.png").rename(tmp_path / "B" / "a.webp")  # another ending
    pairs = load_pairs(tmp_path, layout="split", size=8, memory_limit=memory_limit)
    found = pairs.gather(np.arange(3))
    assert found["source"][:, 0, 0, 0].tolist() == [1, 4, 3]  # a, d, deep/c
    assert found["real"][:, 0, 0, 0].tolist() == [101, 104, 103]


@ON_DEMAND
def test_both_ways_of_reading_give_the_same_batches(tmp_path, memory_limit):
    save_split(tmp_path, "abcdef")
    batch = next(iter(load_pairs(tmp_path, layout="split", size=8, memory_limit=memory_limit).loader(4, seed=1).dataset()))
    assert (batch["real"].numpy() == batch["source"].numpy() + np.uint8([100, 200, 0])).all()
    other = next(iter(load_pairs(tmp_path, layout="split", size=8).loader(4, seed=1).dataset()))
    assert np.array_equal(batch["real"], other["real"])


@pytest.mark.parametrize("part", ["val", "validation", "test"])
@pytest.mark.parametrize("form", ["A/{}", "{}_A", "{}"], ids=["below the sides", "beside", "aligned"])
def test_a_held_out_part_is_not_trained_on(tmp_path, form, part):
    for folder, number in (("train", 1), (part, 9)):
        if form == "{}":
            save(tmp_path / folder / "1.png", shade(number), shade(number + 100))
        else:
            save_split(tmp_path, ["1"], form.format(folder), form.replace("A", "B").format(folder))
            save(tmp_path / form.format(folder) / "1.png", shade(number))
    train, validation = load_pairs(tmp_path, layout="aligned" if form == "{}" else "split", size=8).split()
    assert [each.gather([0])["source"][0, 0, 0, 0] for each in (train, validation)] == [1, 9]
    assert (len(train), len(validation)) == (1, 1)


def test_what_has_no_held_out_part_is_split(tmp_path):
    save_split(tmp_path, "abcdefghij")
    train, validation = load_pairs(tmp_path, layout="split", size=8).split(0.2)
    assert (len(train), len(validation)) == (8, 2)


def test_each_side_has_its_channels(tmp_path):
    save(tmp_path / "1.png", RED, BLUE)
    pairs = load_pairs(tmp_path, layout="aligned", size=(4, 6), channels=3, source_channels=1)
    assert {name: value.shape for name, value in pairs.gather([0]).items()} == {
        "source": (1, 4, 6, 1), "real": (1, 4, 6, 3)}


def test_both_are_cropped_alike(tmp_path):
    save(tmp_path / "A" / "1.png", RED, BLUE, RED, size=(4, 4))
    save(tmp_path / "B" / "1.png", BLUE, RED, BLUE, size=(4, 4))
    found = load_pairs(tmp_path, layout="split", size=4).gather([0])
    assert (found["source"] == BLUE).all()
    assert (found["real"] == RED).all()


def test_a_limit_takes_so_many_pairs(tmp_path):
    save_split(tmp_path, "abcdefgh")
    assert len(load_pairs(tmp_path, layout="split", size=8, limit=3)) == 3


@ON_DEMAND
def test_the_same_files_have_the_same_hash_and_others_another(tmp_path, memory_limit):
    save_split(tmp_path, "ab")
    def content():
        return load_pairs(tmp_path, layout="split", size=8, memory_limit=memory_limit).content_hash

    before = content()
    assert content() == before
    save(tmp_path / "B" / "b.png", RED)
    assert content() != before


# ----------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(("gone", "message"), [
    ("A", r"partner of the same name in .*A. Missing there: 7 of 8 \(b, c, d, e, f, ...\)"),
    ("B", r"partner of the same name in .*B. Missing there: 7 of 8"),
])
def test_a_picture_without_a_partner_is_named(tmp_path, gone, message):
    save_split(tmp_path, "abcdefgh")
    for name in "bcdefgh":
        (tmp_path / gone / f"{name}.png").unlink()
    with pytest.raises(DataError, match=message):
        load_pairs(tmp_path, layout="split", size=8)


def test_two_pictures_of_one_name_are_refused(tmp_path):
    save_split(tmp_path, "a")
    save(tmp_path / "A" / "a.jpg", RED)
    with pytest.raises(DataError, match=r"differ in more than their endings. Found: .*a.jpg and .*a.png"):
        load_pairs(tmp_path, layout="split", size=8)


@ON_DEMAND
def test_an_odd_width_is_a_reject(tmp_path, memory_limit):
    for number in range(10):
        save(tmp_path / f"{number}.png", RED, BLUE)
    save(tmp_path / "odd.png", RED, size=(9, 8))
    options = {"layout": "aligned", "size": 8, "memory_limit": memory_limit}
    with pytest.raises(DataError, match=r"(?s)1 of 11 images.*odd.png: found 9 x 8 pixels; expected an even width"):
        load_pairs(tmp_path, **options)
    pairs = load_pairs(tmp_path, **options, on_bad="skip")
    assert len(pairs) == 10
    assert [reject.path for reject in pairs.rejects] == [str(tmp_path / "odd.png")]


@ON_DEMAND
def test_two_sizes_are_a_reject(tmp_path, memory_limit):
    save_split(tmp_path, "ab")
    save(tmp_path / "B" / "b.png", RED, size=(8, 6))
    with pytest.raises(DataError, match=r"(?s)A/b.png and .*B/b.png: found 8 x 8 and 8 x 6 pixels; expected one size"):
        load_pairs(tmp_path, layout="split", size=8, memory_limit=memory_limit)


def test_a_damaged_file_is_a_reject_in_memory_and_an_error_on_demand(tmp_path):
    save_split(tmp_path, "ab")
    rng = np.random.default_rng(0)
    for side in "AB":
        Image.fromarray(rng.integers(0, 255, (64, 64, 3), np.uint8)).save(tmp_path / side / "a.png")
    path = tmp_path / "A" / "a.png"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"(?s)1 of 2 images.*A/a.png: found truncated or damaged PNG data"):
        load_pairs(tmp_path, layout="split", size=8)
    for side in "AB":
        save(tmp_path / side / "b.png", RED, size=(64, 64))
    pairs = load_pairs(tmp_path, layout="split", size=8, memory_limit=0)
    with pytest.raises(DataError, match=r"A/a.png: found truncated"):
        pairs.gather([0])


@pytest.mark.parametrize(("made", "found"), [
    (["A/1.png"], "A"), (["x/1.png", "y/1.png"], "x, y"), ([], "no folders")])
def test_a_folder_without_two_sides_is_explained(tmp_path, made, found):
    for name in made:
        save(tmp_path / name, RED)
    with pytest.raises(DataError, match=f"Expected: A and B, or train_A and train_B. Found: {found}. Put what is read"):
        load_pairs(tmp_path, layout="split", size=8)


@pytest.mark.parametrize(("options", "message"), [
    ({"layout": "side"}, "unknown layout. Received: 'side'"),
    ({"direction": "BtoC"}, "unknown direction. Received: 'BtoC'. Did you mean 'BtoA'"),
    ({"fit": "crop"}, "unknown fit. Received: 'crop'"),
    ({"source_channels": 2}, "`channels` must be"),
    ({"size": 0}, "`size` must be a whole number of pixels"),
    ({"on_bad": "ignore"}, "unknown on_bad. Received: 'ignore'"),
])
def test_an_unknown_option_is_explained(tmp_path, options, message):
    save_split(tmp_path, "ab")
    with pytest.raises(ConfigError, match=message):
        load_pairs(tmp_path, **{"layout": "split", "size": 8, **options})


@pytest.mark.parametrize("layout", ["aligned", "split"])
def test_a_missing_folder_is_named(tmp_path, layout):
    with pytest.raises(DataError, match="no such folder"):
        load_pairs(tmp_path / "gone", layout=layout, size=8)
