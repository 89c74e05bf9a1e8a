import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.game.batch import call_network, input_names
from gan_text.layers.completion import HIDDEN, WRITE
from gan_text.models import build_generator
from gan_text.recipes import RECIPES

COUNTS = [("char", 97, 15_275_617), ("char", 128, 15_291_520), ("char", 2048, 16_276_480), ("word", 2048, 11_033_600),
          ("word-short", 2048, 9_448_448), ("char-book", 96, 10_032_224), ("arith", 9, 111_881)]
SMALL = {"filters": 8, "blocks": 2, "latent": 4}


def of_recipe(name, vocabulary):
    sizes = RECIPES[name].config()
    return build_generator(vocabulary, sizes.length, filters=sizes.filters, kernel_size=sizes.kernel_size,
                           blocks=sizes.blocks, latent=sizes.latent)


def latents(count=3, size=4):
    return tf.random.stateless_normal((count, size), (1, 2))


@pytest.mark.parametrize(("name", "vocabulary", "count"), COUNTS)
def test_recipes_have_the_known_number_of_weights(name, vocabulary, count):
    assert of_recipe(name, vocabulary).count_params() == count


@pytest.mark.parametrize(("kind", "count"), [("lstm", 1_378_432), ("gru", 1_051_776), ("lstm-p", 1_640_576)])
def test_recurrent_generators_have_the_known_number_of_weights(kind, count):
    assert build_generator(128, 32, kind=kind).count_params() == count


@pytest.mark.parametrize("kind", ["residual", "lstm", "gru", "lstm-p"])
@pytest.mark.parametrize("length", [5, 7])
def test_every_position_is_a_distribution(kind, length):
    output = build_generator(6, length, kind=kind, **SMALL)(latents())
    assert output.shape == (3, length, 6)
    assert output.dtype == tf.float32
    np.testing.assert_allclose(np.sum(output, -1), 1, rtol=1e-5)


def test_every_block_adds_its_own_input():
    # With the last block's second convolution at zero the stack must return what the block before it returned; a stack
    # whose blocks add the first input fails.
    generator = build_generator(6, 7, filters=8, blocks=3, latent=4)
    last = generator.get_layer("block_3")
    last.second.set_weights([np.zeros_like(weight) for weight in last.second.get_weights()])
    inner = keras.Model(generator.inputs, [generator.get_layer(f"block_{number}").output for number in (1, 2, 3)])
    first, second, third = inner(latents())
    np.testing.assert_array_equal(third, second)
    assert not np.allclose(second, first)


def test_kernels_start_with_the_original_variance_and_biases_at_zero():
    generator = build_generator(97, 32, filters=128, blocks=1)
    kernel, bias = generator.get_layer("block_1").first.get_weights()
    assert kernel.std() == pytest.approx(np.sqrt(4 / (2 * 5 * 128)), rel=0.02)
    assert not bias.any()
    dense = generator.get_layer("project").kernel
    assert np.std(dense) == pytest.approx(np.sqrt(2 / (128 + 32 * 128)), rel=0.02)


def test_the_book_starts_from_a_narrow_normal():
    generator = build_generator(97, 32, filters=128, blocks=1, initialization="book")
    assert np.std(generator.get_layer("block_1").second.kernel) == pytest.approx(0.02, rel=0.02)


def test_its_only_input_is_the_latent():
    assert input_names(build_generator(6, 7, **SMALL)) == ("latent",)


@pytest.mark.parametrize("embedding", [None, 5])
def test_a_conditional_generator_reads_the_label(embedding):
    generator = build_generator(6, 7, classes=3, embedding=embedding, **SMALL)
    assert set(input_names(generator)) == {"latent", "label"}
    same = tf.repeat(latents(1), 3, 0)
    output = call_network(generator, {"latent": same, "label": tf.constant([0, 1, 1])}, False).numpy()
    np.testing.assert_allclose(output[1], output[2], rtol=1e-6)
    assert not np.allclose(output[0], output[1])


def test_the_gumbel_output_is_one_hot_in_training_and_a_distribution_otherwise():
    generator = build_generator(6, 7, output="gumbel", **SMALL)
    assert set(np.unique(generator(latents(), training=True))) == {0.0, 1.0}
    assert len(np.unique(generator(latents()))) > 2


def test_the_gradient_reaches_every_weight():
    for options in ({}, {"output": "gumbel"}, {"kind": "lstm-p"}, {"kind": "gru"}, {"classes": 2, "embedding": 3}):
        generator = build_generator(6, 7, **SMALL, **options)
        inputs = {"latent": latents(), "label": tf.constant([0, 1, 1])}
        with tf.GradientTape() as tape:
            output = call_network(generator, inputs, True)
            loss = tf.reduce_sum(output * tf.random.stateless_normal(output.shape, (3, 4)))
        assert all(gradient is not None for gradient in tape.gradient(loss, generator.trainable_variables))


@pytest.mark.parametrize("options", [{}, {"kind": "lstm-p"}, {"classes": 3, "embedding": 2, "output": "gumbel"}])
def test_a_saved_generator_gives_the_same_distributions(tmp_path, options):
    generator = build_generator(6, 7, **SMALL, **options)
    generator.save(tmp_path / "g.keras")
    loaded = keras.models.load_model(tmp_path / "g.keras")
    inputs = {"latent": latents(), "label": tf.constant([0, 1, 2])}
    np.testing.assert_array_equal(call_network(generator, inputs, False), call_network(loaded, inputs, False))


def test_the_output_stays_float32_under_mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        for kind in ("residual", "lstm-p"):
            generator = build_generator(6, 7, kind=kind, **SMALL)
            assert generator(latents()).dtype == tf.float32
    finally:
        keras.config.set_dtype_policy(before)


REFUSED = {
    "length": ({"length": 1}, "`length` must be at least 2. Received: length=1"),
    "vocabulary": ({"vocabulary_size": 1}, "`vocabulary_size` must be at least 2"),
    "filters": ({"filters": 0}, "`filters` must be at least 1"),
    "classes": ({"classes": 1}, "`classes` must be at least 2"),
    "kind": ({"kind": "transformer"}, "unknown generator. Received: 'transformer'"),
    "output": ({"output": "argmax"}, "unknown output. Received: 'argmax'"),
    "gumbel with feedback": ({"kind": "lstm-p", "output": "gumbel"}, "unknown output of generator='lstm-p'"),
    "initialization": ({"initialization": "he"}, "unknown initialization"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_option_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        build_generator(**{"vocabulary_size": 6, "length": 7, **options})


def test_a_helped_generator_has_as_many_weights():
    assert build_generator(128, 32, kind="lstm-p", partial=True).count_params() == 1_640_576


def test_with_nothing_given_a_partial_generator_is_the_plain_one():
    plain, partial = (build_generator(6, 7, kind="lstm-p", partial=flag, **SMALL) for flag in (False, True))
    partial.set_weights(plain.get_weights())
    nothing = tf.fill((3, 7), WRITE)
    np.testing.assert_allclose(partial({"latent": latents(), "given": nothing}), plain(latents()), rtol=1e-5)


def test_a_helped_generator_reads_the_given_tokens_and_writes_the_next():
    generator = build_generator(6, 7, kind="lstm-p", partial=True, **SMALL)
    given = np.array([[2, 3, WRITE, HIDDEN, HIDDEN, HIDDEN, HIDDEN]] * 3, np.int32)
    other = np.where(given == 3, 4, given)
    first, second = (np.asarray(generator({"latent": latents(), "given": tf.constant(rows)})) for rows in (given, other))
    np.testing.assert_array_equal(first[:, :2], np.eye(6)[[[2, 3]] * 3])
    np.testing.assert_allclose(first[:, 2].sum(-1), 1, rtol=1e-5)
    assert not first[:, 3:].any()
    assert not np.allclose(first[:, 2], second[:, 2])


def test_the_gradient_reaches_the_generator_through_the_one_token_that_it_writes():
    generator = build_generator(6, 7, kind="lstm-p", partial=True, **SMALL)
    given = np.array([[2, 3, WRITE, HIDDEN, HIDDEN, HIDDEN, HIDDEN]] * 3, np.int32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(generator({"latent": latents(), "given": tf.constant(given)})[:, 2, 0])
    assert all(np.any(gradient) for gradient in tape.gradient(loss, generator.trainable_variables))
