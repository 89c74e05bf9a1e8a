"""Games that need more than one batch of one kind: pairs under augmentation, further samples, encoders, schedules."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import FixedAugment
from gan_core.auxiliary import Reconstruction
from gan_core.constraints import WeightClipping
from gan_core.errors import ConfigError
from gan_core.game.batch import OneHot
from gan_core.game.gan import GAN
from gan_core.game.latent import NoLatent, Normal
from gan_core.game.objective import Objective
from gan_core.game.terms import AuxiliaryLoss, Constraint, Regularizer
from gan_core.losses import NonSaturating, Wasserstein
from gan_core.random import Stream
from gan_core.regularizers import R1, R2, Drift, GradientPenalty, Lazy

L = keras.layers
PICTURES = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1)).astype("float32")


def translate():
    source = keras.Input((8, 8, 1), name="source")
    return keras.Model(source, L.Conv2D(1, 3, padding="same")(source), name="generator")


class Comparing(keras.Model):
    """A discriminator whose logit is how far the sample lies from its source: 0 if they were moved alike."""

    input_names = ("sample", "source")

    def __init__(self):
        super().__init__()
        self.scale = self.add_weight((), "ones", name="scale")
        self.built, self.seen = True, []

    def call(self, inputs, training=False):
        difference = tf.reduce_mean(tf.abs(inputs["sample"] - inputs["source"]), (1, 2, 3))
        self.seen.append(inputs)
        return self.scale * difference[:, None]


# ---------------------------------------------------------------------- pairs


def test_a_paired_game_is_augmented_as_pairs():
    keras.utils.set_random_seed(0)
    judge = Comparing()
    gan = GAN(translate(), judge, Objective(NonSaturating(), auxiliary=(Reconstruction(100),)), NoLatent(),
              augment=FixedAugment(1.0, transforms="bg"))
    gan.compile(run_eagerly=True)
    gan.train_on_batch({"real": PICTURES, "source": PICTURES})
    shown = [inputs for inputs in judge.seen if np.allclose(inputs["sample"], inputs["source"], atol=1e-5)]
    assert len(shown) == 1  # the real pairs, which are equal before and after
    assert not np.allclose(shown[0]["sample"], PICTURES, atol=0.1)  # and have moved
    assert gan.running_means.reported()["real_logit"] == pytest.approx(0, abs=1e-5)


def test_real_and_generated_pairs_move_by_draws_of_their_own():
    judge = Comparing()
    gan = GAN(translate(), judge, Objective(NonSaturating()), NoLatent(), augment=FixedAugment(1.0, transforms="bg"))
    gan.compile(run_eagerly=True)
    gan.train_on_batch({"real": PICTURES, "source": PICTURES})
    real, fake = (inputs["source"].numpy() for inputs in judge.seen[:2])
    assert not np.allclose(real, fake, atol=0.1)


def test_reconstruction_compares_what_was_never_moved():
    gan = GAN(translate(), Comparing(), Objective(NonSaturating(), auxiliary=(Reconstruction(100),)), NoLatent(),
              augment=FixedAugment(1.0, transforms="bg"))
    gan.compile(run_eagerly=True)
    fake = gan.generate({"source": PICTURES})
    gan.train_on_batch({"real": PICTURES, "source": PICTURES})
    assert gan.running_means.reported()["g_reconstruction"] == pytest.approx(np.abs(PICTURES - fake).mean(), rel=1e-5)


@pytest.mark.parametrize("regularizer", [R1(1.0), R2(1.0), GradientPenalty(10.0), Lazy(R1(1.0), every=2)])
def test_penalties_ask_about_pairs_that_moved_together(regularizer):
    """A critic that sees sample - source has a gradient of one size wherever both moved alike."""
    keras.utils.set_random_seed(0)
    gan = GAN(translate(), Comparing(), Objective(Wasserstein(), regularizers=(regularizer,)), NoLatent(),
              augment=FixedAugment(1.0, transforms=("x_flip", "rotate90")))
    gan.compile(run_eagerly=True)
    gan.train_on_batch({"real": PICTURES + 1, "source": PICTURES})
    value = gan.running_means.reported()[f"d_{regularizer.name}"]
    norm = 1 / 8  # 64 pixels of 1/64 each
    wanted = {"r1": 0.5 * norm**2, "r2": 0.5 * norm**2, "gradient_penalty": 10 * (norm - 1) ** 2}[regularizer.name]
    assert value == pytest.approx(wanted * (2 if isinstance(regularizer, Lazy) else 1), rel=1e-4)


def test_a_condition_that_no_discriminator_reads_need_not_move(make_discriminator):
    small = keras.Input((4, 4, 1), name="source")
    enlarge = keras.Model(small, L.UpSampling2D(2)(L.Conv2D(1, 1)(small)))
    gan = GAN(enlarge, make_discriminator((8, 8, 1)), Objective(NonSaturating()), NoLatent(), augment=FixedAugment())
    gan.compile(run_eagerly=True)
    gan.train_on_batch({"real": PICTURES, "source": PICTURES[:, ::2, ::2]})
    assert int(gan.discriminator_steps) == 1


def test_one_that_it_reads_and_that_cannot_move_is_refused(make_gan):
    sample, source = keras.Input((8, 8, 1), name="sample"), keras.Input((4, 4, 1), name="source")
    judge = keras.Model([sample, source], L.Dense(1)(L.Concatenate()([L.Flatten()(sample), L.Flatten()(source)])))
    enlarge = keras.Model(source, L.UpSampling2D(2)(L.Conv2D(1, 1)(source)))
    gan = make_gan(generator=enlarge, discriminators=judge, latent=NoLatent(), augment=FixedAugment())
    with pytest.raises(ConfigError, match=r"`source` must have the height and width of the samples.*\(8, 4, 4, 1\)"):
        gan.train_on_batch({"real": PICTURES, "source": PICTURES[:, ::2, ::2]})


# ---------------------------------------------------------------------- further samples (GAN-INT)


class Interpolated(AuxiliaryLoss):
    """GAN-INT: samples of mixed texts must convince as well (Reed et al. 2016, arXiv:1605.05396)."""

    def __init__(self, weight):
        self.name, self.weight, self.asked = "interpolated", weight, []

    def __call__(self, forward):
        text = forward.condition["text"]
        half = tf.shape(text)[0] // 2
        mixed = {**forward.condition, "text": 0.5 * text[:half] + 0.5 * text[half:2 * half]}
        fake = forward.generate(mixed, "interpolated")
        self.asked.append((fake, mixed["text"]))
        (output,) = forward.ask(fake, mixed, role="interpolated")
        return tf.reduce_mean(tf.nn.softplus(-output.logits))


def text_game(make_gan, make_generator, make_discriminator, term, **options):
    return make_gan(Objective(NonSaturating(), auxiliary=(term,)), generator=make_generator(conditions=[("text", 4)]),
                    discriminators=make_discriminator(conditions=[("text", 4)]), **options)


TEXTS = np.random.default_rng(1).normal(size=(8, 4)).astype("float32")
POINTS = np.random.default_rng(2).normal(size=(8, 2)).astype("float32")


def test_a_term_gets_further_samples_of_another_condition(make_gan, make_generator, make_discriminator):
    term = Interpolated(0.5)
    gan = text_game(make_gan, make_generator, make_discriminator, term)
    gan.train_on_batch({"real": POINTS, "text": TEXTS})
    ((fake, mixed),) = term.asked
    assert fake.shape == (4, 2)
    np.testing.assert_allclose(mixed, (TEXTS[:4] + TEXTS[4:]) / 2, rtol=1e-6)
    means = gan.running_means.reported()
    assert means["g_loss"] == pytest.approx(means["g_adversarial"] + 0.5 * means["g_interpolated"], rel=1e-5)


def test_the_generator_learns_through_them(make_gan, make_generator, make_discriminator):
    with_term, without = (text_game(make_gan, make_generator, make_discriminator, Interpolated(weight))
                          for weight in (1.0, 0.0))
    for gan in (with_term, without):
        gan.train_on_batch({"real": POINTS, "text": TEXTS})
    assert with_term.running_means.reported()["g_gradient_norm"] != pytest.approx(
        without.running_means.reported()["g_gradient_norm"], rel=1e-3)


# ---------------------------------------------------------------------- an encoder of real samples


def test_a_generator_may_read_the_real_samples(make_gan):
    real, latent = keras.Input((2,), name="real"), keras.Input((3,), name="latent")
    encoder = keras.Model([real, latent], L.Dense(2)(L.Concatenate()([real, latent])), name="generator")
    gan = make_gan(generator=encoder)
    gan.train_on_batch({"real": POINTS})
    assert int(gan.generator_steps) == 1
    made = [gan.generate({"real": value}, seed=0) for value in (POINTS, POINTS + 1)]
    np.testing.assert_allclose(made[1] - made[0], np.tile(encoder.layers[-1].kernel[:2].numpy().sum(0), (8, 1)), atol=1e-5)


# ---------------------------------------------------------------------- several generator steps


def test_the_generator_may_take_several_steps_each_with_fresh_noise(make_gan):
    drawn = []

    class Watched(Normal):
        def sample(self, count, stream):
            drawn.append(super().sample(count, stream).numpy())
            return tf.constant(drawn[-1])

    gan = make_gan(g_steps=3, latent=Watched(3))
    for _ in range(2):
        gan.train_on_batch(POINTS)
    assert (int(gan.discriminator_steps), int(gan.generator_steps), int(gan.generator_optimizer.iterations)) == (2, 6, 6)
    assert len({noise.tobytes() for noise in drawn}) == len(drawn) == 8


def test_one_generator_step_draws_what_it_always_drew(make_gan):
    gan = make_gan()
    expected = gan.latent.sample(8, Stream(0, 1, "generator"))
    seen = []
    original = gan.call_generator
    gan.call_generator = lambda condition, count, stream, training: seen.append(
        gan.latent.sample(count, stream)) or original(condition, count, stream, training)
    gan.train_on_batch(POINTS)
    np.testing.assert_array_equal(seen[1], expected)


@pytest.mark.parametrize("options", [{"g_steps": 2, "n_critic": 2}, {"g_steps": 2, "update": "simultaneous"}, {"g_steps": 0}])
def test_both_players_cannot_lead(make_gan, options):
    with pytest.raises(ConfigError, match="`g_steps`"):
        make_gan(**options)


# ---------------------------------------------------------------------- prepare


def test_prepare_gets_the_random_numbers_of_the_step(make_gan):
    seen = []

    def prepare(batch, stream):
        noise = stream.normal(tf.shape(batch["real"]), "dequantize")
        seen.append(noise.numpy())
        return {"real": batch["real"] + noise}

    gan = make_gan(prepare=prepare)
    for _ in range(2):
        gan.train_on_batch(POINTS)
    np.testing.assert_array_equal(seen[1], Stream(0, 1, "prepare").normal((8, 2), "dequantize"))
    assert not np.allclose(*seen)


def test_a_prepare_of_the_batch_alone_is_refused_with_the_form(make_gan):
    with pytest.raises(ConfigError, match=r"`prepare` must take \(batch, stream\).*Write `lambda batch, stream: ...`"):
        make_gan(prepare=lambda batch: batch)


def test_one_hot_is_a_prepare():
    made = OneHot(3)({"real": tf.constant([[0, 2]])}, Stream(0, 0))
    np.testing.assert_array_equal(made["real"], [[[1, 0, 0], [0, 0, 1]]])


# ---------------------------------------------------------------------- schedules


def rising(step):
    return 1.0 + tf.cast(step, tf.float32)


@pytest.mark.parametrize(("scheduled", "constant"), [
    (R1(rising), R1(3.0)), (R2(rising), R2(3.0)), (Drift(rising), Drift(3.0)), (GradientPenalty(rising), GradientPenalty(3.0)),
    (GradientPenalty(10.0, rising), GradientPenalty(10.0, 3.0)), (Lazy(R1(rising), every=2), Lazy(R1(3.0), every=2))])
def test_a_weight_or_a_target_may_be_a_function_of_the_step(make_gan, scheduled, constant):
    values = []
    for regularizer in (scheduled, constant):
        gan = make_gan(Objective(Wasserstein(), regularizers=(regularizer,)))
        gan.discriminator_steps.assign(2)
        gan.train_on_batch(POINTS)
        values.append(gan.running_means.reported()[f"d_{regularizer.name}"])
    assert values[0] == pytest.approx(values[1], rel=1e-6)
    assert "rising" in repr(scheduled)


@pytest.mark.parametrize("make", [lambda: R1(0), lambda: Drift(-1.0), lambda: GradientPenalty(1.0, float("nan")),
                                  lambda: R2("1"), lambda: R1(True)])
def test_a_number_that_is_no_weight_is_refused(make):
    with pytest.raises(ConfigError, match="must be positive and finite, or a function of the step"):
        make()


# ---------------------------------------------------------------------- kinds of parts


@pytest.mark.parametrize(("fields", "message"), [
    ({"regularizers": (WeightClipping(0.01),)}, r"`regularizers` takes a term.*Received: WeightClipping.*Pass it as `constraints=`"),
    ({"constraints": (R1(1.0),)}, r"`constraints` takes.*Received: R1.*Pass it as `regularizers=`"),
    ({"regularizers": (Reconstruction(1),)}, r"Pass it as `auxiliary=`"),
    ({"auxiliary": (lambda forward: 0.0,)}, r"Derive it from gan_core.AuxiliaryLoss"),
])
def test_a_part_in_the_wrong_place_is_told_its_own(fields, message):
    with pytest.raises(ConfigError, match=message):
        Objective(NonSaturating(), **fields)


@pytest.mark.parametrize("adversarial", ["hinge", NonSaturating])
def test_a_loss_must_be_a_loss(adversarial):
    with pytest.raises(ConfigError, match=r"`adversarial` must be a loss such as NonSaturating\(\).*loss_by_name"):
        Objective(adversarial)


def test_a_constraint_of_ones_own_holds_after_every_update(make_gan):
    class Unit(Constraint):
        name = "unit"

        def __call__(self, discriminators):
            kernel = discriminators[0].layers[-1].kernel
            kernel.assign(kernel / tf.norm(kernel))

    gan = make_gan(Objective(NonSaturating(), constraints=(Unit(),)))
    gan.train_on_batch(POINTS)
    assert float(tf.norm(gan.discriminators[0].layers[-1].kernel)) == pytest.approx(1, rel=1e-6)


def test_a_regularizer_of_ones_own_may_refuse_the_discriminators(make_gan):
    class Small(Regularizer):
        name = "small"

        def check(self, discriminators):
            raise ConfigError("too large")

        def __call__(self, forward):
            return tf.constant(0.0)

    with pytest.raises(ConfigError, match="too large"):
        make_gan(Objective(NonSaturating(), regularizers=(Small(),)))
