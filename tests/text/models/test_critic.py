import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.game.batch import call_network, input_names
from gan_text.models import build_critic
from gan_text.recipes import RECIPES

COUNTS = [("char", 97, 13_178_881), ("char", 128, 13_194_753), ("char", 2048, 14_177_793), ("word", 2048, 8_934_913),
          ("word-short", 2048, 8_922_625), ("char-book", 96, 7_935_489), ("arith", 9, 83_265)]
SMALL = {"filters": 8, "blocks": 2}
SAMPLES = tf.nn.softmax(tf.random.stateless_normal((3, 7, 6), (1, 2)))
INPUTS = {"sample": SAMPLES, "label": tf.constant([0, 1, 2])}


@pytest.mark.parametrize(("name", "vocabulary", "count"), COUNTS)
def test_recipes_have_the_known_number_of_weights(name, vocabulary, count):
    sizes = RECIPES[name].config()
    critic = build_critic(vocabulary, sizes.length, filters=sizes.filters, kernel_size=sizes.kernel_size,
                          blocks=sizes.blocks)
    assert critic.count_params() == count


def test_the_recurrent_critic_has_the_known_number_of_weights_and_no_cudnn():
    critic = build_critic(128, 32, kind="lstm")
    assert critic.count_params() == 1_313_281
    assert critic.get_layer("recurrent").use_cudnn is False


@pytest.mark.parametrize("options", [{}, {"kind": "lstm"}, {"classes": 3}, {"classes": 3, "embedding": 2}])
def test_there_is_one_float32_logit_per_example(options):
    logits = call_network(build_critic(6, 7, **SMALL, **options), INPUTS, False)
    assert logits.shape == (3, 1)
    assert logits.dtype == tf.float32


def test_every_block_adds_its_own_input():
    critic = build_critic(6, 7, filters=8, blocks=3)
    last = critic.get_layer("block_3")
    last.second.set_weights([np.zeros_like(weight) for weight in last.second.get_weights()])
    inner = keras.Model(critic.inputs, [critic.get_layer(f"block_{number}").output for number in (1, 2, 3)])
    first, second, third = inner(SAMPLES)
    np.testing.assert_array_equal(third, second)
    assert not np.allclose(second, first)


def test_inputs_are_named():
    assert input_names(build_critic(6, 7, **SMALL)) == ("sample",)
    assert set(input_names(build_critic(6, 7, classes=3, **SMALL))) == {"sample", "label"}


def test_a_conditional_critic_judges_by_the_label():
    critic = build_critic(6, 7, classes=3, **SMALL)
    same = tf.repeat(SAMPLES[:1], 3, 0)
    logits = call_network(critic, {"sample": same, "label": tf.constant([0, 1, 1])}, False).numpy().ravel()
    assert logits[1] == pytest.approx(logits[2], rel=1e-5)
    assert abs(logits[0] - logits[1]) > 1e-6


def penalty_gradients(critic):
    """Gradients of the mean of (|grad_x D(x)| - 1)^2, the norm over time and vocabulary."""
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(SAMPLES)
            logits = call_network(critic, INPUTS, True)
        slope = inner.gradient(logits, SAMPLES)
        norm = tf.sqrt(tf.reduce_sum(slope**2, [1, 2]) + 1e-12)
        penalty = tf.reduce_mean((norm - 1) ** 2)
    return {weight.path: gradient for weight, gradient in
            zip(critic.trainable_variables, outer.gradient(penalty, critic.trainable_variables), strict=True)}


@pytest.mark.parametrize("options", [{}, {"kind": "lstm"}, {"classes": 3}])
def test_the_penalty_reaches_every_kernel(options):
    gradients = penalty_gradients(build_critic(6, 7, **SMALL, **options))
    for path, gradient in gradients.items():
        if "kernel" in path:
            assert gradient is not None
            assert np.isfinite(gradient).all()
            assert np.abs(gradient).max() > 0


def test_the_logit_stays_float32_under_mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        critic = build_critic(6, 7, **SMALL)
        assert critic(SAMPLES).dtype == tf.float32
        assert critic.get_layer("block_1").first.compute_dtype == "bfloat16"
    finally:
        keras.config.set_dtype_policy(before)


@pytest.mark.parametrize(("options", "message"), [
    ({"length": 1}, "`length` must be at least 2"), ({"blocks": 0}, "`blocks` must be at least 1"),
    ({"kind": "gru"}, "unknown critic. Received: 'gru'"), ({"embedding": 0}, "`embedding` must be at least 1")])
def test_a_bad_option_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        build_critic(**{"vocabulary_size": 6, "length": 7, **options})
