"""Folders to folders: sub-folders, names, variants, broken files, what is never written into."""

import keras
import numpy as np
import pytest
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_vision.data import LabelMap
from gan_vision.data.fields import InstanceIds
from gan_vision.translation.files import Reading, jobs_of, translate_files
from gan_vision.translation.translator import Translator


def negative(channels=3):
    source = keras.Input((16, 16, channels), name="source")
    return keras.Model(source, keras.layers.Rescaling(-1.0)(keras.layers.Concatenate()([source[..., :1]] * 3)
                                                            if channels != 3 else source))


@pytest.fixture
def translator():
    return Translator(negative())


@pytest.fixture
def folder(tmp_path):
    """Pictures of several sizes in two folders, one of them damaged."""
    root = tmp_path / "in"
    for number, (name, size) in enumerate({"a.png": (20, 30), "deep/b.jpg": (16, 16), "deep/er/c.png": (64, 9)}.items()):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((*size, 3), 40 * number, np.uint8)).save(path)
    (root / "broken.png").write_bytes((root / "a.png").read_bytes()[:60])
    return root


def names(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.*"))


def test_sub_folders_names_and_sizes_are_kept_and_a_broken_file_is_reported(translator, folder, tmp_path):
    report = translate_files(translator, jobs_of(folder, tmp_path / "out"), strip=tmp_path / "out-strip.png")
    assert names(tmp_path / "out") == ["a.png", "deep/b.png", "deep/er/c.png"]
    assert Image.open(tmp_path / "out/deep/er/c.png").size == (9, 64)
    assert np.asarray(Image.open(tmp_path / "out/a.png"))[5, 5].tolist() == [255, 255, 255]
    assert [reject.path for reject in report.rejects] == [str(folder / "broken.png")]
    assert "1 of 4 files could not be translated" in str(report.refused())
    assert report.strip.is_file()


def test_variants_are_numbered(translator, folder, tmp_path):
    report = translate_files(translator, jobs_of(folder, tmp_path / "out", variants=2))
    assert "1 of 4 files" in str(report.refused())
    assert names(tmp_path / "out")[:2] == ["a-1.png", "a-2.png"]


def test_files_that_differ_in_their_ending_keep_it(translator, folder, tmp_path):
    Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(folder / "A.bmp")
    translate_files(translator, jobs_of(folder, tmp_path / "out"))
    assert {"a.png.png", "A.bmp.png"} <= set(names(tmp_path / "out"))


def test_one_file_becomes_one_file_of_any_format(translator, folder, tmp_path):
    translate_files(translator, jobs_of(folder / "a.png", tmp_path / "made" / "x.jpg"))
    assert Image.open(tmp_path / "made/x.jpg").size == (30, 20)


@pytest.mark.parametrize("inside", ["", "deep", "new/folder"])
def test_it_never_writes_into_its_input(folder, inside):
    with pytest.raises(ConfigError, match="never writes into its input"):
        jobs_of(folder, folder / inside)


def test_nor_over_the_file_itself(folder):
    with pytest.raises(ConfigError, match="never writes into its input"):
        jobs_of(folder / "a.png", folder / "a.png", overwrite=True)


def test_a_link_to_the_input_is_the_input(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(ConfigError, match="never writes into its input"):
        jobs_of(folder, tmp_path / "link")


def test_files_that_exist_are_not_replaced_unless_asked(translator, folder, tmp_path):
    translate_files(translator, jobs_of(folder, tmp_path / "out"))
    with pytest.raises(ConfigError, match=r"3 files are there already, .*--overwrite"):
        jobs_of(folder, tmp_path / "out")
    assert len(jobs_of(folder, tmp_path / "out", overwrite=True)) == 4


@pytest.mark.parametrize(("source", "message"), [("none", "no such file or folder"), ("empty", "has no images")])
def test_nothing_to_translate_is_said(tmp_path, source, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=message):
        jobs_of(tmp_path / source, tmp_path / "out")


def test_pairs_have_a_target_and_a_distance(translator, tmp_path):
    """B is the negative of A plus 10 grey levels."""
    (tmp_path / "in").mkdir()
    a = np.full((16, 16, 3), 100, np.uint8)
    Image.fromarray(np.concatenate([a, 255 - a + 10], 1)).save(tmp_path / "in/p.png")
    report = translate_files(translator, jobs_of(tmp_path / "in", tmp_path / "out"), Reading(pairs="AtoB"),
                             strip=tmp_path / "strip.png")
    assert report.l1 == pytest.approx(10 / 255, abs=1 / 255)
    assert Image.open(report.strip).width > 3 * 16
    odd = tmp_path / "in/odd.png"
    Image.fromarray(a[:, :15]).save(odd)
    report = translate_files(translator, jobs_of(tmp_path / "in", tmp_path / "out2"), Reading(pairs="AtoB"))
    assert "expected an even width" in report.rejects[0].reason


def test_targets_are_found_by_name(translator, folder, tmp_path):
    (tmp_path / "want").mkdir()
    Image.fromarray(np.full((20, 30, 3), 255, np.uint8)).save(tmp_path / "want/a.png")
    report = translate_files(translator, jobs_of(folder, tmp_path / "out"), Reading(targets=tmp_path / "want"))
    assert report.l1 == 0
    assert any("found no target of this name" in reject.reason for reject in report.rejects)


def test_a_made_source_is_made_of_the_picture(tmp_path, folder):
    source = keras.Input((16, 16, 1), name="source")
    gray = Translator(keras.Model(source, keras.layers.Concatenate()([source] * 3)), kind="gray")
    (folder / "broken.png").unlink()
    report = translate_files(gray, jobs_of(folder, tmp_path / "out"), Reading(make_source=True))
    assert report.l1 < 0.02


def test_label_maps_need_their_instances(tmp_path):
    for name, dtype in (("labels", np.uint8), ("instances", np.uint16)):
        (tmp_path / name).mkdir()
        Image.fromarray(np.ones((16, 16), dtype)).save(tmp_path / name / "x.png")
    both = {"labels": LabelMap(2), "instances": InstanceIds()}
    translator, jobs = Translator(negative(3), conditions=both), jobs_of(tmp_path / "labels", tmp_path / "out")
    with pytest.raises(ConfigError, match="reads instance maps beside label maps"):
        translate_files(translator, jobs)
    for given in (tmp_path / "instances", "regions"):
        report = translate_files(translator, jobs, Reading(instances=given))
        assert len(report.written) == 1
    Image.fromarray(np.full((16, 16), 7, np.uint8)).save(tmp_path / "labels/wrong.png")
    jobs = jobs_of(tmp_path / "labels", tmp_path / "out2")
    report = translate_files(translator, jobs, Reading(instances="regions"))
    assert "found the id 7 at the pixel in row 0, column 0" in report.rejects[0].reason


def test_large_pictures_go_in_smaller_groups(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for number in range(6):
        Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(tmp_path / "in" / f"{number}.png")
    translator, groups = Translator(negative(), native=True), []
    batch = translator.batch
    monkeypatch.setattr(translator, "batch", lambda pictures, seed: groups.append(len(pictures)) or batch(pictures, seed=seed))
    translate_files(translator, jobs_of(tmp_path / "in", tmp_path / "out"), batch_size=8)
    assert groups == [2, 2, 2]  # four times the pixels of training


def test_many_sizes_do_not_pile_up(translator, tmp_path):
    (tmp_path / "in").mkdir()
    for side in range(10, 60):
        Image.fromarray(np.zeros((side, 70 - side, 3), np.uint8)).save(tmp_path / "in" / f"{side}.png")
    report = translate_files(Translator(negative(), native=True), jobs_of(tmp_path / "in", tmp_path / "out"), batch_size=2)
    assert len(report.written) == 50
    for path in report.written:
        assert Image.open(path).size == (70 - int(path.stem), int(path.stem))
