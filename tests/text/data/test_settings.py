import pytest

from gan_text.data import CorpusSettings, check_batch_memory
from gan_text.errors import TextConfigError


def test_characters_have_their_defaults():
    settings = CorpusSettings()
    assert (settings.max_size, settings.min_count, settings.lowercase, settings.add_markers) == (256, 10, False, False)


def test_words_have_their_defaults():
    settings = CorpusSettings(level="word")
    assert (settings.max_size, settings.min_count, settings.lowercase, settings.add_markers) == (2048, 1, True, True)


REFUSED = {
    "length": ({"length": 1}, "`length` must be at least 2 ids. Received: length=1"),
    "level": ({"level": "byte"}, "unknown level. Received: 'byte'"),
    "too_long": ({"too_long": "wrap"}, "`too_long` must be one of truncate, drop, split. Received: too_long='wrap'"),
    "unknown": ({"unknown": "replace"}, "`unknown` must be one of keep, drop"),
    "errors": ({"errors": "ignore"}, "`errors` must be one of strict, replace"),
    "min_count": ({"min_count": 0}, "`min_count` must be at least 1"),
    "splits that do not sum": ({"splits": (0.9, 0.2, 0.1)}, "sum to 1, train above 0"),
    "splits without training": ({"splits": (0.0, 0.5, 0.5)}, "train above 0"),
    "two splits": ({"splits": (0.5, 0.5)}, "three shares"),
    "tokenizer for characters": ({"tokenizer": str.split}, "`tokenizer` needs level='word'"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_option_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        CorpusSettings(**options)


def test_the_memory_estimate_counts_eight_one_hot_batches():
    assert check_batch_memory(2048, 32, 64) == 8 * 4 * 2048 * 32 * 64


def test_a_batch_above_the_guard_is_refused_with_the_estimate():
    with pytest.raises(TextConfigError, match=r"64 x 512 x 65536 need about 64.0 GiB"):
        check_batch_memory(65536, 512, 64)
