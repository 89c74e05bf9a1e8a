import numpy as np
import tensorflow as tf

from gan_text.layers import StraightThroughGumbel

LOGITS, LATENT = tf.random.stateless_normal((64, 7, 9), (1, 2)), tf.random.stateless_normal((64, 4), (3, 4))


def test_training_gives_exact_one_hot_rows():
    output = StraightThroughGumbel()(LOGITS, LATENT, training=True).numpy()
    assert set(np.unique(output)) == {0.0, 1.0}
    assert (output.sum(-1) == 1).all()


def test_inference_gives_the_softmax():
    np.testing.assert_allclose(StraightThroughGumbel()(LOGITS, LATENT), tf.nn.softmax(LOGITS), rtol=1e-6)


def test_draws_follow_the_softmax():
    layer, probabilities = StraightThroughGumbel(), [0.6, 0.3, 0.1]
    logits = tf.broadcast_to(tf.math.log(probabilities), (2000, 10, 3))
    drawn = layer(logits, tf.random.stateless_normal((2000, 4), (5, 6)), training=True)
    np.testing.assert_allclose(np.mean(drawn, (0, 1)), probabilities, atol=0.02)


def test_equal_latents_give_equal_draws_and_others_do_not():
    layer = StraightThroughGumbel()
    first, again = (layer(LOGITS, LATENT, training=True).numpy() for _ in range(2))
    assert (first == again).all()
    assert (first != layer(LOGITS, LATENT + 1, training=True).numpy()).any()


def test_the_gradient_is_that_of_the_softmax():
    layer = StraightThroughGumbel(0.5)
    weights = tf.random.stateless_normal((64, 7, 9), (7, 8))
    with tf.GradientTape() as tape:
        tape.watch(LOGITS)
        total = tf.reduce_sum(weights * layer(LOGITS, LATENT, training=True))
    gradient = tape.gradient(total, LOGITS).numpy()
    assert np.abs(gradient).max() > 0
    np.testing.assert_allclose(gradient.sum(-1), 0, atol=1e-5)  # a softmax does not change when all logits rise


def test_the_temperature_can_be_set_and_is_not_trained():
    layer = StraightThroughGumbel()
    layer(LOGITS, LATENT)
    layer.temperature.assign(0.1)
    assert layer.trainable_variables == []
    assert float(layer.temperature) == np.float32(0.1)
