import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.layers import SNConv1D, SNConv2D, SNDense

CASES = {
    "SNDense": (lambda **options: SNDense(5, **options), (7, 6)),
    "SNConv1D": (lambda **options: SNConv1D(5, 3, strides=2, padding="same", **options), (3, 9, 4)),
    "SNConv2D": (lambda **options: SNConv2D(5, 3, strides=2, padding="same", **options), (3, 8, 8, 4)),
}
every_layer = pytest.mark.parametrize("case", CASES)


def make(case, **options):
    keras.utils.set_random_seed(1)
    build, shape = CASES[case]
    inputs = tf.constant(np.random.default_rng(0).normal(size=shape), tf.float32)
    layer = build(bias_initializer="random_normal", **options)
    layer.build(inputs.shape)
    return layer, inputs


def sigma(layer):
    kernel = np.asarray(layer.kernel, np.float64)
    return np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]


def plain_twin(layer):
    config = {key: value for key, value in layer.get_config().items() if key != "power_iterations"}
    return getattr(keras.layers, type(layer).__name__.removeprefix("SN")).from_config(config)


def converge(layer, inputs):
    for _ in range(60):
        layer(inputs, training=True)


@every_layer
def test_after_convergence_the_output_is_that_of_the_kernel_divided_by_its_largest_singular_value(case):
    layer, inputs = make(case, activation="tanh")
    converge(layer, inputs)
    twin = plain_twin(layer)
    twin.build(inputs.shape)
    twin.set_weights([np.asarray(layer.kernel) / sigma(layer), layer.bias])
    for training in (True, False):
        np.testing.assert_allclose(layer(inputs, training=training), twin(inputs), atol=1e-5)


@every_layer
@pytest.mark.parametrize("training", [True, False])
def test_a_call_leaves_the_raw_kernel_unchanged(case, training):
    layer, inputs = make(case)
    before = layer.kernel.numpy()
    layer(inputs, training=training)
    np.testing.assert_array_equal(before, layer.kernel)


@every_layer
def test_only_training_calls_move_the_singular_vector(case):
    layer, inputs = make(case)
    before = layer.u.numpy()
    layer(inputs, training=False)
    np.testing.assert_array_equal(before, layer.u)
    layer(inputs, training=True)
    assert not np.allclose(before, layer.u)


def test_one_training_call_is_one_power_iteration():
    layer, inputs = make("SNDense")
    kernel, u = np.asarray(layer.kernel, np.float64), np.asarray(layer.u, np.float64)
    expected = u @ kernel.T @ kernel
    layer(inputs, training=True)
    np.testing.assert_allclose(layer.u, expected / np.linalg.norm(expected), atol=1e-6)


def test_more_iterations_per_call_can_be_asked_for():
    layer, inputs = make("SNDense", power_iterations=50)
    layer(inputs, training=True)
    assert np.linalg.svd(layer.normalized_kernel())[1][0] == pytest.approx(1.0, abs=1e-4)


@every_layer
@pytest.mark.parametrize("warm", [False, True])
def test_the_gradient_is_orthogonal_to_the_kernel(case, warm):
    layer, inputs = make(case)
    if warm:
        converge(layer, inputs)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(inputs, training=True) ** 2)
    gradient, kernel = np.asarray(tape.gradient(loss, layer.kernel.value)), np.asarray(layer.kernel)
    cosine = np.sum(gradient * kernel) / np.linalg.norm(gradient) / np.linalg.norm(kernel)
    # The bias makes the loss depend on the kernel's scale: without the gradient through sigma this would be far from 0.
    assert abs(cosine) < 1e-5
    assert np.linalg.norm(gradient) > 1e-3


@every_layer
def test_the_gradient_equals_central_differences_of_the_converged_layer(case):
    layer, inputs = make(case)
    converge(layer, inputs)
    kernel = layer.kernel.numpy()
    direction = np.random.default_rng(2).normal(size=kernel.shape).astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.tanh(layer(inputs)))
    slope = float(tf.reduce_sum(tape.gradient(loss, layer.kernel.value) * direction))
    values = []
    for step in (1e-2, -1e-2):
        layer.kernel.assign(kernel + step * direction)
        converge(layer, inputs)
        values.append(float(tf.reduce_sum(tf.tanh(layer(inputs)))))
    assert slope == pytest.approx((values[0] - values[1]) / 2e-2, rel=0.02, abs=0.02)


@every_layer
def test_the_kernel_and_bias_are_trained_and_the_singular_vector_is_not(case):
    layer, _ = make(case)
    assert [weight.name for weight in layer.trainable_weights] == ["kernel", "bias"]
    assert [weight.name for weight in layer.non_trainable_weights] == ["u"]


@every_layer
def test_it_is_saved_and_loaded_with_its_state_and_arguments(case, tmp_path):
    layer, inputs = make(case, activation="leaky_relu", power_iterations=2)
    model = keras.Sequential([keras.Input(inputs.shape[1:]), layer])
    model(inputs, training=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model(inputs), loaded(inputs))
    assert loaded.layers[0].get_config() == layer.get_config()
    assert loaded.layers[0].power_iterations == 2


def test_it_is_registered_under_the_package():
    assert keras.saving.get_registered_name(SNConv2D) == "gan_core>SNConv2D"


@every_layer
def test_a_layer_without_bias_works(case):
    _, shape = CASES[case]
    layer = {"SNDense": SNDense(2, use_bias=False), "SNConv1D": SNConv1D(2, 3, use_bias=False),
             "SNConv2D": SNConv2D(2, 3, use_bias=False)}[case]
    assert np.all(np.asarray(layer(tf.zeros(shape))) == 0)


def test_grouped_convolutions_work():
    assert SNConv2D(4, 3, groups=2)(tf.ones((1, 5, 5, 6))).shape == (1, 3, 3, 4)


@every_layer
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_under_mixed_precision_the_output_is_half_and_sigma_is_not(case, policy):
    layer, inputs = make(case, dtype=policy)
    converge(layer, inputs)
    assert layer(inputs).dtype == tf.as_dtype(policy.removeprefix("mixed_"))
    assert layer.normalized_kernel().dtype == tf.float32
    largest = np.asarray(layer.kernel / layer.normalized_kernel()).flat[0]
    assert largest == pytest.approx(sigma(layer), rel=1e-5)


@every_layer
def test_it_works_in_a_graph_with_xla(case):
    layer, inputs = make(case)
    compiled = tf.function(lambda x: layer(x), jit_compile=True)
    np.testing.assert_allclose(compiled(inputs), layer(inputs), atol=1e-5)


@pytest.mark.parametrize("iterations", [0, 1.5])
def test_iterations_that_are_no_positive_integer_are_refused(iterations):
    with pytest.raises(ConfigError, match=r"`power_iterations` must be an int of at least 1. Received: power_iterations="):
        SNDense(2, power_iterations=iterations)


@pytest.mark.parametrize("dilation", [1, 2])
def test_a_causal_convolution_equals_the_plain_one_with_the_normalised_kernel(dilation):
    keras.utils.set_random_seed(1)
    layer = SNConv1D(5, 3, padding="causal", dilation_rate=dilation, bias_initializer="random_normal")
    waves = tf.constant(np.random.default_rng(0).normal(size=(2, 9, 4)), tf.float32)
    converge(layer, waves)
    twin = plain_twin(layer)
    twin.build(waves.shape)
    twin.set_weights([np.asarray(layer.kernel) / sigma(layer), np.asarray(layer.bias)])
    np.testing.assert_allclose(layer(waves), twin(waves), atol=1e-5)
    changed = tf.concat([waves[:, :6], waves[:, 6:] + 1], 1)
    np.testing.assert_array_equal(layer(changed)[:, :6], layer(waves)[:, :6])  # the future is not seen
