import numpy as np
import tensorflow as tf

from gan_text.layers import LabelEncoding


def test_labels_become_one_hot():
    np.testing.assert_array_equal(LabelEncoding(3)(tf.constant([2, 0])), [[0, 0, 1], [1, 0, 0]])


def test_an_embedding_looks_up_its_table():
    layer = LabelEncoding(3, 5)
    output = layer(tf.constant([2, 0]))
    np.testing.assert_allclose(output, layer.table.numpy()[[2, 0]])
    assert layer.count_params() == 15
