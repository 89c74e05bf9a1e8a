"""One line names the data of a translation: each scheme, what it gives, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_vision.data import load_translation
from gan_vision.data.sources import load_images
from gan_vision.data.translation_sources import TRANSLATION_SOURCES


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """One folder in every layout at once."""
    root = tmp_path_factory.mktemp("data")
    draw = np.random.default_rng(0)
    for number in range(3):
        picture = draw.integers(0, 256, (16, 16, 3), dtype=np.uint8)
        alpha = np.concatenate([picture, np.full((16, 16, 1), 255 * (number % 2), np.uint8)], -1)
        for path, values in (("plain/{}.png", picture), ("cut/{}.png", alpha), ("pairs/{}.png", np.hstack([picture, picture])),
                             ("split/A/{}.png", picture), ("split/B/{}.png", 255 - picture), ("maps/images/{}.png", picture),
                             ("maps/labels/{}.png", picture[..., 0] % 3), ("city/train_img/{}.png", picture),
                             ("city/train_label/{}.png", picture[..., 0] % 30),
                             ("city/train_inst/{}.png", picture[..., 0].astype(np.uint16))):
            file = root / path.format(number)
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values).save(file)
    return root


@pytest.mark.parametrize(("source", "options", "channels"), [
    ("aligned:pairs", {}, 3), ("split:split", {}, 3), ("split:split", {"source_channels": 1}, 1), ("edges:plain", {}, 1),
    ("gray:plain", {}, 1), ("small:plain", {}, 3), ("hole:plain", {}, 3), ("silhouette:cut", {}, 1),
    ("labels:maps", {"classes": 3}, 3), ("labels:maps", {"classes": 3, "ignore": (255,)}, 4),
    ("labels:maps", {"classes": 3, "instances": "regions"}, 4), ("cityscapes:city", {}, 36),
    ("cityscapes:city", {"instances": "none"}, 35)])
def test_networks_read_source_and_make_real_whatever_the_scheme(root, source, options, channels):
    scheme, _, folder = source.partition(":")
    examples = load_translation(f"{scheme}:{root / folder}", size=16, **options)
    batch = examples.prepare((-1, 1))(next(iter(examples.loader(2, seed=0).dataset())))
    assert {name: tuple(value.shape) for name, value in batch.items()} == {
        "source": (2, 16, 16, channels), "real": (2, 16, 16, 3)}
    assert set(examples.conditions([0], (-1, 1))) == {"source"}


def test_every_scheme_has_a_case_here():
    assert {"aligned", "split", "edges", "gray", "small", "hole", "silhouette", "labels", "cityscapes", "scenes"} == set(
        TRANSLATION_SOURCES)


@pytest.mark.parametrize(("source", "count"), [("scenes", 500), ("scenes:20", 20)])
def test_scenes_need_no_file(source, count):
    examples = load_translation(source, size=32)
    assert len(examples) == count
    _, held_out = examples.split()
    assert len(held_out) == count // 10
    assert held_out.joined == {"source": ("labels", "instances")}
    assert set(load_translation("scenes:2", size=32, instances="none").fields) == {"real", "labels"}


def test_the_ids_stay_beside_the_edges_where_an_encoder_wants_them():
    conditions = load_translation("scenes:2", size=32, form="both").conditions([0, 1], (-1, 1), real=True)
    assert {name: value.shape for name, value in conditions.items()} == {
        "source": (2, 32, 32, 6), "instances": (2, 32, 32), "real": (2, 32, 32, 3)}


def test_a_folder_of_training_and_of_test_pictures_holds_the_second_out(root, tmp_path):
    for part in ("train", "test"):
        (tmp_path / part).mkdir()
        for number in range(2):
            Image.open(root / "plain" / f"{number}.png").save(tmp_path / part / f"{number}.png")
    train, held_out = load_translation(f"gray:{tmp_path}", size=16).split()
    assert (len(train), len(held_out)) == (2, 2)


@pytest.mark.parametrize(("source", "message"), [
    ("edge:x", "Did you mean 'edges'"), ("edges", "unknown data source|must have the form edges:DIR"), ("edges:", "edges:DIR"),
    ("scenes:many", "takes a number of scenes"), ("folder:x", "unknown data source. Received: 'folder:x'")])
def test_a_source_that_is_none_is_refused(source, message):
    with pytest.raises(ConfigError, match=message):
        load_translation(source, size=32)


def test_a_source_of_pairs_is_no_source_of_plain_pictures():
    with pytest.raises(ConfigError, match=r"unknown data source. Received: 'edges:x'"):
        load_images("edges:x", size=32)


def test_edges_are_black_lines_on_white(tmp_path):
    """The boundary of a dark square: nothing inside, nothing outside."""
    picture = np.full((32, 32, 3), 255, np.uint8)
    picture[8:24, 8:24] = 0
    Image.fromarray(picture).save(tmp_path / "square.png")
    source = load_translation(f"edges:{tmp_path}", size=32).gather([0])["source"][0, ..., 0]
    assert set(np.unique(source)) == {0, 255}
    assert (source[11:21, 11:21] == 255).all()
    assert (source[:6] == 255).all()
    assert 50 < (source == 0).sum() < 80  # the way round, one pixel wide


def test_colours_come_from_a_file(tmp_path):
    for folder in ("images", "labels"):
        (tmp_path / folder).mkdir()
        Image.fromarray(np.full((8, 8, 3), 9, np.uint8)).save(tmp_path / folder / "x.png")
    (tmp_path / "colors.csv").write_text("1,thing,9,9,9\n")
    examples = load_translation(f"labels:{tmp_path}", size=8, colors=str(tmp_path / "colors.csv"))
    assert examples.gather([0])["labels"].max() == 1
    with pytest.raises(DataError, match="cannot read the colours"):
        load_translation(f"labels:{tmp_path}", size=8, colors=str(tmp_path / "none.csv"))
