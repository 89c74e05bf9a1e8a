import gzip
import os
import random
import resource
import subprocess
import sys

import numpy as np
import pytest

from gan_text.data import TextCorpus, Vocabulary
from gan_text.data.building import split_masks
from gan_text.data.sequences import row_hashes
from gan_text.data.sources import BILLION_WORD_HELDOUT, BILLION_WORD_TRAINING
from gan_text.errors import TextConfigError, TextDataError, TextWarning, VocabularyError

LINES = [f"{first} {second} {third}" for first in ("the", "a") for second in ("dog", "cat", "bird", "é́l")
         for third in ("runs", "sleeps", "sings now", "eats ` and <s> 😀")]


def write(folder, lines, name="t.txt"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), "utf-8")
    return path


def prepare(folder, lines=LINES, **options):
    return TextCorpus.prepare(write(folder, lines), folder / "corpus", **{"min_count": 1, **options})


def everything(corpus):
    return np.concatenate([corpus.ids(part) for part in ("train", "validation", "test")])


@pytest.mark.filterwarnings("ignore::gan_text.errors.TextWarning")
@pytest.mark.parametrize("options", [
    {"length": 12}, {"length": 64}, {"level": "word", "length": 5}, {"level": "word", "length": 9, "lowercase": False},
    {"level": "character", "length": 20, "add_markers": True}])
def test_streamed_ids_equal_sentences_encoded_in_memory(tmp_path, options):
    corpus = prepare(tmp_path, splits=(1, 0, 0), **options)
    vocabulary = corpus.vocabulary
    expected = [vocabulary.encode(line, options["length"]).tolist() for line in LINES]
    assert corpus.ids("train").tolist() == expected


def test_ids_are_memory_mapped(tmp_path):
    assert isinstance(prepare(tmp_path, length=64).ids(), np.memmap)


def test_files_in_another_order_give_the_same_vocabulary(tmp_path):
    shuffled = random.Random(0).sample(LINES, len(LINES))
    first, second = prepare(tmp_path / "a", length=64), prepare(tmp_path / "b", shuffled, length=64)
    assert first.vocabulary == second.vocabulary
    assert first.vocabulary.fingerprint == second.vocabulary.fingerprint


def test_the_same_rows_are_in_the_same_split_whatever_the_order(tmp_path):
    many = [f"sentence number {number}" for number in range(400)]
    first = prepare(tmp_path / "a", many, splits=(0.5, 0.25, 0.25))
    second = prepare(tmp_path / "b", many[::-1], splits=(0.5, 0.25, 0.25))
    for part in ("train", "validation", "test"):
        assert sorted(map(tuple, first.ids(part).tolist())) == sorted(map(tuple, second.ids(part).tolist()))


def test_splits_have_the_shares_asked_for():
    hashes = row_hashes(np.random.default_rng(0).integers(200, size=(50_000, 9)))
    shares = [mask.mean() for mask in split_masks(hashes, (0.9, 0.06, 0.04))]
    np.testing.assert_allclose(shares, (0.9, 0.06, 0.04), atol=0.005)


@pytest.mark.parametrize("shares", [(1, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5)])
def test_a_share_of_zero_gives_no_row(shares):
    masks = split_masks(np.linspace(0, 2**64 - 2048, 4001).astype(np.uint64), shares)
    assert [mask.any() for mask in masks] == [share > 0 for share in shares]
    assert sum(mask.astype(int) for mask in masks).tolist() == [1] * 4001


def test_equal_rows_are_never_in_two_splits(tmp_path):
    corpus = prepare(tmp_path, [f"line {number % 50}" for number in range(2000)], splits=(0.5, 0.3, 0.2))
    parts = [set(map(tuple, corpus.ids(part).tolist())) for part in ("train", "validation", "test")]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 50


def test_deduplication_keeps_each_row_once(tmp_path):
    corpus = prepare(tmp_path, LINES * 7, length=64, deduplicate=True)
    assert sum(corpus.report.rows.values()) == len(LINES)
    assert corpus.report.duplicate == len(LINES) * 6


def test_the_report_accounts_for_every_line(tmp_path):
    corpus = prepare(tmp_path, [*LINES, "", "   ", "z" * 80], length=30, too_long="drop", min_count=2, unknown="drop")
    report = corpus.report
    assert report.lines == len(LINES) + 3
    assert report.blank == 2
    assert report.sentences == report.too_long + report.unknown + report.duplicate + sum(report.rows.values())
    assert report.too_long == 1
    assert sum(report.length_histogram) == report.sentences
    assert report.length_histogram[80] == 1


def test_the_length_quantile_is_read_off_the_histogram(tmp_path):
    corpus = prepare(tmp_path, ["ab"] * 90 + ["ab" * 5] * 10, length=16)
    assert [corpus.report.length_quantile(share) for share in (0.5, 0.9, 0.95)] == [2, 2, 10]


def test_an_official_held_out_part_is_the_test_split(tmp_path):
    write(tmp_path, [f"train {number}" for number in range(300)], f"{BILLION_WORD_TRAINING}/news.en-00001-of-00100")
    write(tmp_path, ["held out 1", "held out 2"], f"{BILLION_WORD_HELDOUT}/news.en.heldout-00000-of-00050")
    corpus = TextCorpus.prepare(f"lm1b:{tmp_path}", tmp_path / "corpus", min_count=1, splits=(0.8, 0.1, 0.1))
    assert sorted(corpus.vocabulary.decode_each(corpus.ids("test"))) == ["held out 1", "held out 2"]
    assert corpus.report.rows["train"] + corpus.report.rows["validation"] == 300
    assert corpus.report.rows["validation"] == pytest.approx(300 / 9, abs=15)


def test_compressed_files_give_the_same_rows(tmp_path):
    path = tmp_path / "t.txt.gz"
    path.write_bytes(gzip.compress("\n".join(LINES).encode()))
    packed = TextCorpus.prepare(path, tmp_path / "packed", min_count=1, length=64)
    assert everything(packed).tolist() == everything(prepare(tmp_path, length=64)).tolist()


def test_an_up_to_date_folder_is_not_built_again(tmp_path):
    prepare(tmp_path, length=64)
    before = (tmp_path / "corpus" / "train.npy").stat().st_mtime_ns
    calls = []
    TextCorpus.prepare(tmp_path / "t.txt", tmp_path / "corpus", min_count=1, length=64,
                       progress=lambda *call: calls.append(call))
    assert (tmp_path / "corpus" / "train.npy").stat().st_mtime_ns == before
    assert calls == []


@pytest.mark.parametrize("change", ["settings", "content", "missing file", "cut file", "interrupted"])
def test_a_stale_folder_is_rebuilt(tmp_path, change):
    prepare(tmp_path, length=64)
    folder, options = tmp_path / "corpus", {"min_count": 1, "length": 64}
    if change == "settings":
        options["length"] = 65
    elif change == "content":
        write(tmp_path, [*LINES, "one more line"])
    elif change == "missing file":
        (folder / "vocabulary.json").unlink()
    elif change == "cut file":
        os.truncate(folder / "train.npy", 300)
    else:
        (folder / "manifest.json").unlink()
    calls = []
    corpus = TextCorpus.prepare(tmp_path / "t.txt", folder, progress=lambda *call: calls.append(call), **options)
    assert {what for what, _, _ in calls} == {"counting tokens", "encoding rows"}
    assert len(everything(corpus)) == len(LINES) + (change == "content")


def test_progress_ends_at_the_total(tmp_path):
    calls = []
    TextCorpus.prepare(write(tmp_path, LINES), tmp_path / "c", min_count=1, progress=lambda *call: calls.append(call))
    assert calls[-1][1] == calls[-1][2] > 0


def test_a_given_vocabulary_is_used_as_it_is(tmp_path):
    vocabulary = Vocabulary("abc ", level="character")
    with pytest.warns(TextWarning, match="of the tokens are unknown"):
        corpus = prepare(tmp_path, vocabulary=vocabulary)
    assert corpus.vocabulary == vocabulary


def test_a_tokenizer_splits_the_words(tmp_path):
    corpus = TextCorpus.prepare(write(tmp_path, ["a,b", "b,c", "a,c"]), tmp_path / "c", level="word",
                                tokenizer=lambda line: line.split(","), splits=(1, 0, 0))
    assert set(corpus.vocabulary.tokens[4:]) == {"a", "b", "c"}


def test_random_sentences_are_drawn_without_replacement(tmp_path):
    corpus = prepare(tmp_path, length=64, splits=(1, 0, 0))
    sentences = corpus.sentences("train", 20, seed=1)
    assert len(set(sentences)) == 20
    assert sentences == corpus.sentences("train", 20, seed=1) != corpus.sentences("train", 20, seed=2)


REFUSED = {
    "only blank lines": (["", "  "], {}, TextDataError, "no text in it, only blank lines"),
    "nothing left": (["abcdef"] * 3, {"length": 3, "too_long": "drop"}, TextDataError,
                     "nothing is left for training. lines read: 3;.*dropped: too long: 3"),
    "everything in another split": (["abc"] * 30, {"splits": (0.001, 0.5, 0.499)}, TextDataError,
                                    "All distinct rows fell into the other splits"),
    "one distinct character": (["aaa"], {}, VocabularyError, "at least 2 ordinary tokens. Received: 1"),
    "all characters rare": (["abc"], {"min_count": 10}, VocabularyError, "Received: 0.*lower `min_count`"),
}


@pytest.mark.parametrize(("lines", "options", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_a_corpus_without_anything_to_learn_is_refused(tmp_path, lines, options, error, message):
    with pytest.raises(error, match=message):
        prepare(tmp_path, lines, **options)
    assert not list((tmp_path / "corpus").glob("*.npy"))
    assert not list((tmp_path / "corpus").glob(".*"))


WARNED = {
    "unknown": (["abcdefgh"] * 9, {"max_size": 6}, "50% of the tokens are unknown. Raise `max_size`"),
    "truncated": (["abcdefgh"] * 9, {"length": 4}, r"100% of the sentences are truncated to 4 ids.*at most 8 tokens"),
    "marker": (["the <s> dog", "a dog"], {"level": "word"}, "the text contains '<s>', which look like markers"),
}


@pytest.mark.parametrize(("lines", "options", "message"), WARNED.values(), ids=WARNED)
def test_text_of_little_use_is_warned_about_and_reported(tmp_path, lines, options, message):
    with pytest.warns(TextWarning, match=message):
        corpus = prepare(tmp_path, lines, **options)
    assert len(TextCorpus(corpus.folder).report.warnings) == 1


def test_a_folder_with_other_files_is_not_touched(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(TextConfigError, match="mine: the folder holds other files"):
        TextCorpus.prepare(write(tmp_path, LINES), tmp_path / "mine", min_count=1)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_folder_that_is_no_corpus_is_refused(tmp_path):
    with pytest.raises(TextDataError, match=r"not a prepared corpus.*gan-text prepare"):
        TextCorpus(tmp_path)


def test_an_incomplete_corpus_is_refused(tmp_path):
    prepare(tmp_path, length=64)
    (tmp_path / "corpus" / "test.npy").unlink()
    with pytest.raises(TextDataError, match="the corpus is incomplete"):
        TextCorpus(tmp_path / "corpus")


def test_an_unknown_part_is_refused(tmp_path):
    with pytest.raises(TextConfigError, match=r"`part` must be one of train, validation, test. Received: part='dev'"):
        prepare(tmp_path, length=64).ids("dev")


def test_fewer_rows_than_a_batch_are_refused(tmp_path):
    with pytest.raises(TextConfigError, match="`batch_size` must not exceed the rows of the train split"):
        prepare(tmp_path, length=64).loader("train", 1000)


def test_an_epoch_visits_each_row_once_and_starts_anywhere(tmp_path):
    corpus = prepare(tmp_path, [f"line number {number}" for number in range(96)], splits=(1, 0, 0), length=20)
    loader = corpus.loader("train", 16, seed=3)
    batches = [batch["real"].numpy() for batch in loader.dataset(0, 6)]
    rows = np.concatenate(batches)
    assert sorted(map(tuple, rows.tolist())) == sorted(map(tuple, corpus.ids("train").tolist()))
    later = next(iter(loader.dataset(4, 1)))["real"].numpy()
    assert later.tolist() == batches[4].tolist()


MEASURE = """
import resource, sys
from gan_text.data import TextCorpus
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
TextCorpus.prepare(sys.argv[1], sys.argv[2], min_count=1, level=sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, "tensorflow" in sys.modules)
"""


@pytest.mark.skipif(not hasattr(resource, "RUSAGE_SELF"), reason="needs getrusage")
@pytest.mark.parametrize("level", ["character", "word"])
def test_memory_does_not_grow_with_the_corpus_and_tensorflow_is_not_loaded(tmp_path, level):
    line = "the quick brown fox jumps over the lazy dog near the old bridge"
    write(tmp_path, [f"{line} {number % 997}" for number in range(150_000)], "large.txt")  # 10 MB, ten blocks
    write(tmp_path, [f"{line} {number % 997}" for number in range(30_000)], "small.txt")
    peaks = []
    for name in ("small", "large"):
        answer = subprocess.run([sys.executable, "-W", "ignore", "-c", MEASURE, tmp_path / f"{name}.txt", tmp_path / name,
                                 level], capture_output=True, text=True, check=True).stdout.split()
        assert answer[1] == "False"
        peaks.append(int(answer[0]) / 1024)
    assert peaks[1] < 60
    assert peaks[1] - peaks[0] < 12  # five times the text, no more memory (MB)
