import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.layers import LabelEncoding


def test_labels_become_one_hot():
    np.testing.assert_array_equal(LabelEncoding(3)(tf.constant([2, 0])), [[0, 0, 1], [1, 0, 0]])


def test_an_embedding_looks_up_its_table():
    layer = LabelEncoding(3, 5)
    output = layer(tf.constant([2, 0]))
    np.testing.assert_allclose(output, layer.table.numpy()[[2, 0]])
    assert layer.count_params() == 15


def test_attributes_are_their_own_code():
    attributes = np.array([[1, 0, 1]], "float32")
    np.testing.assert_array_equal(LabelEncoding(3)(attributes), attributes)


def test_an_embedding_of_attributes_is_the_sum_of_their_rows():
    layer = LabelEncoding(3, 5)
    output = layer(tf.constant([[1.0, 0.0, 1.0]]))
    np.testing.assert_allclose(output[0], layer.table.numpy()[0] + layer.table.numpy()[2], rtol=1e-6)


def test_the_table_is_drawn_with_the_spread_asked_for():
    layer = LabelEncoding(100, 100, stddev=0.02)
    layer.build((None,))
    assert layer.table.numpy().std() == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize("options", [{}, {"dimension": 2, "stddev": 0.1, "name": "code"}])
def test_it_keeps_its_configuration(options):
    layer = LabelEncoding(3, **options)
    assert LabelEncoding.from_config(layer.get_config()).get_config() == layer.get_config()
    assert layer.get_config()["classes"] == 3


@pytest.mark.parametrize("ids", [[0, 3], [-1, 0]])
def test_an_id_that_is_no_class_is_refused_by_name(ids):
    with pytest.raises(ConfigError, match=rf"0..2. Received: values from {min(ids)} to {max(ids)}"):
        LabelEncoding(3)(tf.constant(ids))


def test_a_step_with_such_an_id_fails_instead_of_training_on_zeros():
    step = tf.function(LabelEncoding(3))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"class ids must lie in 0\.\.2"):
        step(tf.constant([0, 3]))


def test_another_number_of_attributes_is_refused():
    with pytest.raises(ConfigError, match="Received: 2 attributes, classes=3"):
        LabelEncoding(3)(tf.zeros((1, 2)))
