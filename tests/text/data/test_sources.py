import os
import sys

import pytest

from gan_core.errors import MissingDependencyError
from gan_text.data.sources import BILLION_WORD_HELDOUT, BILLION_WORD_TRAINING, FileSource, open_source
from gan_text.errors import TextDataError


def names(source):
    return [path.name for path in source.files]


@pytest.fixture
def folder(tmp_path):
    for name in ("b.txt", "a.txt", "sub/c.txt", ".hidden/d.txt", ".e.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n")
    return tmp_path


@pytest.mark.parametrize("form", ["folder:{}", "{}"])
def test_a_folder_gives_its_files_sorted_without_hidden_ones(folder, form):
    assert names(open_source(form.format(folder))) == ["a.txt", "b.txt", "c.txt"]


@pytest.mark.parametrize(("form", "expected"), [
    ("glob:{}/*.txt", ["a.txt", "b.txt"]), ("{}/*.txt", ["a.txt", "b.txt"]), ("{}/**/*.txt", ["a.txt", "b.txt", "c.txt"]),
    ("file:{}/b.txt", ["b.txt"]), ("{}/b.txt", ["b.txt"])])
def test_files_and_patterns_are_found_and_sorted(folder, form, expected):
    assert names(open_source(form.format(folder))) == expected


def test_a_list_of_files_keeps_its_order(folder):
    assert names(open_source([folder / "b.txt", str(folder / "a.txt")])) == ["b.txt", "a.txt"]


def test_the_billion_word_layout_separates_the_official_held_out_part(tmp_path):
    for part, names_ in ((BILLION_WORD_TRAINING, ["news.en-00002-of-00100", "news.en-00001-of-00100"]),
                         (BILLION_WORD_HELDOUT, ["news.en.heldout-00000-of-00050"])):
        (tmp_path / part).mkdir()
        for name in names_:
            (tmp_path / part / name).write_text(name + "\n")
    for form in ("lm1b:{}", "{}"):
        source = open_source(form.format(tmp_path))
        assert names(source) == ["news.en-00001-of-00100", "news.en-00002-of-00100"]
        assert [held for held, _ in source.blocks()] == [False, False, True]


REFUSED = {
    "missing file": ("file:{}/none.txt", "none.txt: no such file"),
    "missing folder": ("folder:{}/none", "none: no such folder"),
    "empty folder": ("folder:{}/empty", "empty: the folder holds no file"),
    "pattern without a match": ("glob:{}/*.text", r"no file matches '.*/\*.text'"),
    "bare path without a match": ("{}/none", "no file matches '.*/none'"),
    "not the billion-word layout": ("lm1b:{}", "no file matches '.*training-monolingual"),
}


@pytest.mark.parametrize(("form", "message"), REFUSED.values(), ids=REFUSED)
def test_a_source_without_files_is_refused_with_the_pattern(tmp_path, form, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(TextDataError, match=message):
        open_source(form.format(tmp_path))


def test_a_missing_file_of_a_list_is_refused(tmp_path):
    with pytest.raises(TextDataError, match=r"none.txt: no such file"):
        open_source([tmp_path / "none.txt"])


def test_the_fingerprint_changes_with_content_of_equal_size_and_time(folder):
    path = folder / "a.txt"
    before, status = FileSource([path]).fingerprint(), path.stat()
    path.write_text("A.txt\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert FileSource([path]).fingerprint() != before


def test_positions_count_over_all_files(folder):
    source = open_source(folder)
    assert [block.position for _, block in source.blocks()][-1] == source.size()


def test_without_tensorflow_datasets_the_install_line_is_shown(tmp_path, monkeypatch):
    (tmp_path / "tensorflow_datasets").mkdir()
    (tmp_path / "tensorflow_datasets" / "__init__.py").write_text("raise ImportError('absent')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "tensorflow_datasets", raising=False)
    with pytest.raises(MissingDependencyError, match=r"pip install gan-text\[datasets\]"):
        open_source("tfds:lm1b")


@pytest.mark.slow
def test_a_data_set_by_name_is_read_split_by_split():
    datasets = pytest.importorskip("tensorflow_datasets")
    with datasets.testing.mock_data(num_examples=20):
        source = open_source("tfds:lm1b")
        blocks = list(source.blocks())
    assert [(held, block.lines) for held, block in blocks] == [(False, 20), (True, 20)]
    assert all(block.text.count("\n") == 20 for _, block in blocks)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "message"), [("no_such_data", "cannot open 'no_such_data'"),
                                               ("mnist", "has no feature `text`.*'image', 'label'")])
def test_a_data_set_without_text_is_refused(name, message):
    pytest.importorskip("tensorflow_datasets")
    with pytest.raises(TextDataError, match=message):
        open_source(f"tfds:{name}")
