import numpy as np
import pytest

from gan_text.data import TextCorpus, Vocabulary
from gan_text.data.text_set import (
    TextSet,
    blank_set,
    blank_vocabulary,
    cache_folder,
    corpus_sets,
    grammar_sets,
    open_corpus,
)
from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar

SETTINGS = {"level": "character", "length": 8, "min_count": 1}


@pytest.fixture
def text(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "text.txt"
    path.write_text("".join(f"line {n}\n" for n in range(300)))
    return path


def test_a_text_is_prepared_once_in_the_users_cache(text):
    first = open_corpus(f"file:{text}", **SETTINGS)
    assert first.folder.parent == cache_folder()
    before = (first.folder / "train.npy").stat().st_mtime_ns
    assert (open_corpus(f"file:{text}", **SETTINGS).folder / "train.npy").stat().st_mtime_ns == before


def test_other_settings_get_another_folder(text):
    assert open_corpus(f"file:{text}", **SETTINGS).folder != open_corpus(f"file:{text}", **{**SETTINGS, "length": 9}).folder


def test_a_prepared_folder_is_a_source(text, tmp_path):
    TextCorpus.prepare(text, tmp_path / "corpus", **SETTINGS)
    sets = corpus_sets(open_corpus(f"corpus:{tmp_path / 'corpus'}", **SETTINGS))
    assert set(sets) == {"train", "validation", "test"}
    assert sum(map(len, sets.values())) == 300


@pytest.mark.parametrize(("change", "text_"), [({"length": 16}, "prepared with length=8"), ({"level": "word"}, "prepared with level='character'")])
def test_a_folder_prepared_with_other_settings_is_refused(change, text_, text, tmp_path):
    TextCorpus.prepare(text, tmp_path / "corpus", **SETTINGS)
    with pytest.raises(TextConfigError, match=text_):
        open_corpus(f"corpus:{tmp_path / 'corpus'}", **{**SETTINGS, **change})


def test_sentences_are_decoded_when_asked_for():
    train, _ = grammar_sets(Grammar.load("arith"), 100, 7)
    chosen = train.sentences(10, seed=1)
    assert len(chosen) == 10
    assert all(train.grammar.accepts(sentence) for sentence in chosen)
    assert train.sentences()[5] == train.vocabulary.sentence(train.rows[5])


def test_an_epoch_visits_every_row_once():
    rows = np.arange(2, 98, dtype=np.uint8).reshape(48, 2)
    loader = TextSet(rows, blank_vocabulary(100, "character")).loader(16, seed=3)
    seen = np.concatenate([np.asarray(batch["real"]) for batch in loader.dataset(0, 3)])
    assert sorted(map(tuple, seen)) == sorted(map(tuple, rows))


@pytest.mark.parametrize(("size", "level", "specials"), [(97, "character", 2), (2048, "word", 4)])
def test_a_vocabulary_without_data_has_the_size_asked_for(size, level, specials):
    vocabulary = blank_vocabulary(size, level)
    assert len(vocabulary) == size
    assert len(vocabulary.specials) == specials
    assert blank_set(vocabulary, 4, 8).rows.shape == (4, 8)


def test_a_size_without_room_for_tokens_is_refused():
    with pytest.raises(TextConfigError, match="Received: max_size=3"):
        blank_vocabulary(3, "character")


def test_fewer_rows_than_a_batch_are_refused():
    with pytest.raises(TextConfigError, match="Received: batch_size=9, rows=4"):
        blank_set(Vocabulary("ab"), 4, 8).loader(9)
