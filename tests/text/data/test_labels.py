import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_text.data.labels import Labels
from gan_text.data.text_set import TextSet
from gan_text.data.vocabulary import Vocabulary
from gan_text.errors import TextConfigError

VOCABULARY = Vocabulary("ab?")


def row(tokens, length=8):
    return [2] * tokens + [0] * (length - tokens)


def test_length_classes_are_the_quarters_of_the_row():
    rows = np.array([row(tokens) for tokens in range(9)], np.uint8)
    assert Labels("length", VOCABULARY).of(rows).tolist() == [0, 0, 0, 1, 1, 2, 2, 3, 3]


def test_a_question_is_a_row_with_a_question_mark():
    rows = np.array([[2, 4, 0], [2, 3, 0]], np.uint8)
    assert Labels("question", VOCABULARY).of(rows).tolist() == [1, 0]


def test_a_loader_yields_the_labels_of_its_rows():
    rows = np.array([row(tokens) for tokens in range(1, 9)], np.uint8)
    labels = Labels("length", VOCABULARY)
    batch = next(iter(TextSet(rows, VOCABULARY).loader(4, transforms=[None, labels]).dataset(0, 1)))
    assert batch["label"].shape == (4,)
    assert np.array_equal(batch["label"], labels.of(np.asarray(batch["real"])))


def test_samples_take_the_classes_in_turn():
    assert Labels("length", VOCABULARY).for_samples(6)["label"].tolist() == [0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize(("condition", "tokens", "error", "text"), [
    ("lenght", "ab?", ConfigError, "Did you mean 'length'"), ("question", "ab", TextConfigError, "without one")])
def test_conditions_that_cannot_be_read_from_the_text_are_refused(condition, tokens, error, text):
    with pytest.raises(error, match=text):
        Labels(condition, Vocabulary(tokens))
