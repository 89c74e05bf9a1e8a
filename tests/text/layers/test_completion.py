"""Completion and PreviousGiven by hand."""

import keras
import numpy as np
import pytest

from gan_text.layers import Completion, PreviousGiven
from gan_text.layers.completion import HIDDEN, WRITE

GIVEN = np.array([[2, WRITE, HIDDEN], [WRITE, WRITE, WRITE]], np.int32)
WRITTEN = np.full((2, 3, 4), 0.25, np.float32)


def test_given_tokens_are_kept_the_rest_is_written_or_hidden():
    done = np.asarray(Completion()(GIVEN, WRITTEN))
    assert done[0].tolist() == [[0, 0, 1, 0], [0.25] * 4, [0] * 4]
    np.testing.assert_array_equal(done[1], WRITTEN[1])


def test_the_token_before_is_shown_where_it_is_given():
    rows = np.asarray(PreviousGiven(4)(np.array([[2, 3, WRITE, HIDDEN, 0]], np.int32)))
    assert rows[0].tolist() == [[0] * 4, [0, 0, 1, 0], [0, 0, 0, 1], [0] * 4, [0] * 4]


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_the_result_is_float32_under_any_policy(policy):
    layer = Completion(dtype=policy)
    assert layer(GIVEN, keras.ops.cast(WRITTEN, "bfloat16")).dtype == "float32"
