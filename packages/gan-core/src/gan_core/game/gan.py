"""The training loop that every system of the project shares: one `train_step`, two players, one screen."""

from __future__ import annotations

import contextlib
import functools
import numbers
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError, DataError
from gan_core.game.averaging import ExponentialMovingAverage
from gan_core.game.batch import as_batch, call_discriminator, call_network, split_batch
from gan_core.game.latent import Latent
from gan_core.game.objective import ForwardPass, Objective
from gan_core.game.optimizers import unshared_optimizer
from gan_core.game.part_checks import check_parts
from gan_core.game.running_means import RunningMeans
from gan_core.game.training_mode import temporary_training_mode
from gan_core.random import Stream


class GAN(keras.Model):
    """A generator and its discriminators, trained against each other by `fit`.

    Args:
        generator: Keras model with named inputs "latent" and conditions; returns samples (batch, ...).
        discriminators: one Keras model or a list, each with named inputs "sample" and conditions; they return raw
            logits (batch, ...) or {"logits": ..., "features": [...]}.
        objective: what both players minimise.
        latent: the prior of the generator's noise.
        n_critic: int, discriminator updates per generator update, or a function of the generator's step.
        update: "alternating" (discriminator, then the generator through the updated discriminator, fresh noise) or
            "simultaneous" (both gradients from one forward pass; n_critic must be 1).
        augment: applied to everything a discriminator sees, real and generated alike; or None.
        ema: the decay in (0, 1) or an `ExponentialMovingAverage`; None samples from the trained generator itself.
        prepare: batch dict -> batch dict on the device, before the step (`OneHot`, fading reals, ...).
        seed: int; with the step counters it determines every random number of the run.

    Raises:
        ConfigError: parts that do not fit together, with the reason.

    Example:
        >>> gan = GAN(generator, discriminator, Objective(NonSaturating()), Normal(100))
        >>> gan.compile(keras.optimizers.Adam(2e-4, 0.5), keras.optimizers.Adam(2e-4, 0.5))
        >>> gan.fit(images, batch_size=64, epochs=10)
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminators: keras.Model | Sequence[keras.Model],
        objective: Objective,
        latent: Latent,
        *,
        n_critic: int | Callable[[int], int] = 1,
        update: str = "alternating",
        augment=None,
        ema: float | ExponentialMovingAverage | None = None,
        prepare: Callable[[dict], dict] | None = None,
        seed: int = 0,
        name: str = "gan",
    ):
        super().__init__(name=name)
        self.generator = generator
        self.discriminators: list[keras.Model] = (
            [discriminators] if isinstance(discriminators, keras.Model) else list(discriminators))
        self.objective, self.latent, self.seed = objective, latent, int(seed)
        self.n_critic, self.update, self.augment = n_critic, update, augment
        self.prepare = prepare or (lambda batch: batch)
        check_parts(self)
        self.ema = ema if ema is None or isinstance(ema, ExponentialMovingAverage) else ExponentialMovingAverage(ema)
        self.averaged_generator = None if self.ema is None else self.ema.copy(generator)
        self.validation_metrics: list = []

        def counter(name):
            return self.add_weight((), "zeros", "int64", trainable=False, name=name, aggregation="only_first_replica")

        self.discriminator_steps = counter("discriminator_steps")
        self.generator_steps = counter("generator_steps")
        self.critic_streak = counter("critic_streak")  # discriminator updates since the generator's last one
        self.examples_seen = counter("examples_seen")
        self.validation_batches = counter("validation_batches")
        self.generator_is_due = True  # read while tracing: see make_train_function
        self.built = True

    # ------------------------------------------------------------------ the loop

    def train_step(self, batch):
        """One discriminator update, and the generator's when it is due: the whole loop."""
        real, condition = split_batch(self.prepare(as_batch(batch)))
        if self.update == "simultaneous":
            self.simultaneous_step(real, condition)
        else:
            self.discriminator_step(real, condition)
            if self.generator_is_due:
                self.generator_step(real, condition)
        return self.running_means.result()

    def discriminator_step(self, real, condition):
        """Update the discriminators on one real and one generated batch."""
        stream = self.stream("discriminator")
        fake = tf.stop_gradient(self.call_generator(condition, tf.shape(real)[0], stream, training=True))
        with tf.GradientTape() as tape:
            forward = self.forward_pass(real, fake, condition, stream)
            loss, report = self.objective.discriminator_loss(forward)
            objective = self.discriminator_optimizer.scale_loss(loss / self._replicas())
        norm = self.descend(tape, objective, self.discriminator_variables, self.discriminator_optimizer)
        self.after_discriminator_update(forward, loss, report, norm)

    def generator_step(self, real, condition):
        """Update the generator through the updated discriminators, with fresh noise."""
        stream = self.stream("generator")
        with tf.GradientTape() as tape:
            fake = self.call_generator(condition, tf.shape(real)[0], stream, training=True)
            loss, report = self.objective.generator_loss(self.forward_pass(real, fake, condition, stream))
            objective = self.generator_optimizer.scale_loss(loss / self._replicas())
        norm = self.descend(tape, objective, self.generator.trainable_variables, self.generator_optimizer)
        self.after_generator_update(loss, report, norm, tf.shape(real)[0])

    def simultaneous_step(self, real, condition):
        """Both gradients from one forward pass and the same noise, before either update."""
        stream = self.stream("discriminator")
        with tf.GradientTape(persistent=True) as tape:
            fake = self.call_generator(condition, tf.shape(real)[0], stream, training=True)
            forward = self.forward_pass(real, fake, condition, stream)
            d_loss, d_report = self.objective.discriminator_loss(forward)
            g_loss, g_report = self.objective.generator_loss(forward)
            d_objective = self.discriminator_optimizer.scale_loss(d_loss / self._replicas())
            g_objective = self.generator_optimizer.scale_loss(g_loss / self._replicas())
        d_gradients = tape.gradient(d_objective, self.discriminator_variables)
        g_norm = self.descend(tape, g_objective, self.generator.trainable_variables, self.generator_optimizer)
        d_norm = self.apply_gradients(d_gradients, self.discriminator_variables, self.discriminator_optimizer)
        self.after_discriminator_update(forward, d_loss, d_report, d_norm)
        self.after_generator_update(g_loss, g_report, g_norm, tf.shape(real)[0])

    # ------------------------------------------------------------------ what the steps are made of

    def stream(self, scope: str) -> Stream:
        """The random numbers of the current step."""
        return Stream(self.seed, self.discriminator_steps.value, scope)

    def call_generator(self, condition, count, stream, training, generator=None) -> tf.Tensor:
        """float32 samples (count, ...) for `condition`, from noise drawn with `stream`."""
        latent = self.latent.sample(count, stream)
        available = dict(condition) if latent is None else {"latent": latent, **condition}
        return tf.cast(call_network(generator or self.generator, available, training), tf.float32)

    def forward_pass(self, real, fake, condition, stream) -> ForwardPass:
        """Bring real and generated samples before the discriminators (lazily: see `ForwardPass`)."""
        mismatched = self.objective.mismatched
        return ForwardPass(
            [lambda seen, given, network=network: call_discriminator(network, seen, given)
             for network in self.discriminators],
            real, fake, condition, stream, self.augment,
            None if mismatched is None else mismatched(real, condition, stream.scoped("mismatched")))

    def descend(self, tape, loss, variables, optimizer) -> tf.Tensor:
        """One optimizer update; returns the global L2 norm of the unscaled gradient, float32."""
        return self.apply_gradients(tape.gradient(loss, variables), variables, optimizer)

    def apply_gradients(self, gradients, variables, optimizer) -> tf.Tensor:
        """Apply gradients of a loss divided by the replicas: optimizers sum them. Returns their unscaled L2 norm.

        On several replicas that is the norm of each one's gradient, of which the record keeps the mean: at least as
        large as the norm of their sum, which only the optimizer sees.
        """
        norm = tf.linalg.global_norm([tf.cast(gradient, tf.float32) for gradient in gradients if gradient is not None])
        norm *= self._replicas()
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            norm /= tf.cast(optimizer.dynamic_scale.value, tf.float32)
            norm = tf.where(tf.math.is_finite(norm), norm, 0.0)  # an overflow: the optimizer skips this update
        optimizer.apply(gradients, variables)
        return norm

    def after_discriminator_update(self, forward, loss, report, norm):
        """Constraints, augmentation, counters and the record of a discriminator update."""
        for regularizer in self.objective.regularizers:
            constrain = getattr(regularizer, "constrain", None)
            if constrain is not None:  # after the update, or the last one of a run would stay unclipped
                constrain(self.discriminators)
        values = {"d_loss": loss, **report, "d_gradient_norm": norm, **self._discriminator_report(forward)}
        self.running_means.update_state(values)
        self.discriminator_steps.assign_add(1)
        self.critic_streak.assign_add(1)
        self.examples_seen.assign_add(tf.shape(forward.real, tf.int64)[0] * self._replicas())

    def after_generator_update(self, loss, report, norm, batch_size):
        """Averaging, counters and the record of a generator update."""
        if self.ema is not None:
            self.ema.update(self.averaged_generator, self.generator, self.generator_steps.value,
                            batch_size * self._replicas())
        self.running_means.update_state({"g_loss": loss, **report, "g_gradient_norm": norm})
        self.generator_steps.assign_add(1)
        self.critic_streak.assign(0)

    def _discriminator_report(self, forward: ForwardPass) -> dict[str, tf.Tensor]:
        """Mean logits, accuracies where the loss has a boundary, and what the augmentation reports."""
        real, fake = (tf.concat([tf.reshape(output.logits, (tf.shape(output.logits)[0], -1)) for output in outputs], 1)
                      for outputs in (forward.real_outputs, forward.fake_outputs))  # (batch, logits per sample)
        report = {"real_logit": tf.reduce_mean(real), "fake_logit": tf.reduce_mean(fake)}
        margins = self.objective.adversarial.margins(real, fake)
        if margins is not None:
            report["real_accuracy"] = tf.reduce_mean(0.5 + 0.5 * tf.sign(margins[0]))
            report["fake_accuracy"] = tf.reduce_mean(0.5 - 0.5 * tf.sign(margins[1]))
        if self.augment is not None:
            self.augment.update(None if margins is None else margins[0])
            report |= self.augment.report()
        return report

    def _replicas(self) -> int:
        return self.distribute_strategy.num_replicas_in_sync

    @property
    def discriminator_variables(self) -> list:
        """The trainable variables of all discriminators."""
        return [variable for network in self.discriminators for variable in network.trainable_variables]

    # ------------------------------------------------------------------ Keras

    def compile(self, generator_optimizer="adam", discriminator_optimizer="adam", *, validation_metrics=(), **keywords):
        """Take both optimizers; the other keywords are those of `keras.Model.compile`.

        Args:
            generator_optimizer: a Keras optimizer, config or name. One that is in use already (by the other player,
                by an earlier `compile`) is copied by its config. Under float16 it is wrapped in a
                `LossScaleOptimizer`.
            discriminator_optimizer: the same for all discriminators together.
            validation_metrics: objects with `update_state(real, fake)`, fed by `evaluate` and `fit(validation_data=)`.
            **keywords: `run_eagerly`, `jit_compile`, `steps_per_execution`.

        Raises:
            ConfigError: several steps per execution under an `n_critic` other than 1, or an optimizer that cannot be
                copied.
        """
        if keywords.get("steps_per_execution", 1) != 1 and self.n_critic != 1:
            raise ConfigError("`steps_per_execution` must be 1 unless `n_critic=1`, since the schedule is looked up "
                              f"between executions. Received: steps_per_execution={keywords['steps_per_execution']!r}.")
        # XLA made a step 1.8 times slower on a CPU, and a default optimizer would be created, saved and never used.
        super().compile(optimizer=None, **{"jit_compile": False, **keywords})
        self.validation_metrics = list(validation_metrics)
        self.generator_optimizer = unshared_optimizer(generator_optimizer, [self.generator])
        # Variables may not be born inside a traced step, nor after a checkpoint is restored.
        self.generator_optimizer.build(self.generator.trainable_variables)
        self.discriminator_optimizer = unshared_optimizer(discriminator_optimizer, self.discriminators)
        self.discriminator_optimizer.build(self.discriminator_variables)
        self.running_means = RunningMeans(self._report_names())

    def _report_names(self) -> list[str]:
        names = ["d_loss", "g_loss", *self.objective.report_names(), "real_logit", "fake_logit"]
        if self.objective.adversarial.boundary is not None:
            names += ["real_accuracy", "fake_accuracy"]
        names += ["d_gradient_norm", "g_gradient_norm"]
        return names + (list(self.augment.report()) if self.augment is not None else [])

    @property
    def metrics(self):
        """What `fit` resets at the start of an epoch."""
        return [self.running_means, *self.validation_metrics] if hasattr(self, "running_means") else []

    def reset_metrics(self):
        """Start new means; the next validation draws the same noise as the last."""
        super().reset_metrics()
        self.validation_batches.assign(0)

    def make_train_function(self, force=False):
        """Trace one graph with and one without the generator's update; the host chooses before each call.

        An optimizer update inside `tf.cond` fails under a distribution strategy, and steps of a critic that the
        generator sits out are cheaper this way.
        """
        if self.train_function is not None and not force:
            return
        # This optimizer drops the order "read, then assign" where the new value does not depend on what is computed
        # from the old one (the last layer of a Wasserstein critic): now and then a step saw weights of the next.
        tf.config.optimizer.set_experimental_options({"dependency_optimization": False})
        graphs = {}
        for due in (True, False):
            super().make_train_function(force=True)
            graphs[due] = self.train_function

        def train_function(iterator):
            self.generator_is_due = self.next_step_updates_generator()
            return graphs[self.generator_is_due](iterator)

        self.train_function = train_function

    def next_step_updates_generator(self) -> bool:
        """Whether the schedule lets the generator learn in the coming step."""
        if self.n_critic == 1:
            return True
        wanted = self.n_critic(int(self.generator_steps.numpy())) if callable(self.n_critic) else self.n_critic
        return int(self.critic_streak.numpy()) + 1 >= wanted

    @functools.wraps(keras.Model.fit)
    def fit(self, *arguments, **keywords):  # noqa: D102
        if keywords.get("validation_data") is not None or keywords.get("validation_split"):
            self._require_validation_metrics()  # not only at the end of the first epoch
        before = int(self.discriminator_steps.numpy())
        history = super().fit(*arguments, **keywords)
        if history.epoch and int(self.discriminator_steps.numpy()) == before:  # Keras takes it for success
            raise DataError("`fit` needs at least one batch. Found: none. Give more samples, a smaller batch, or "
                            "drop_remainder=False.")
        if self.augment is not None:
            self.augment.warning()
        return history

    def make_test_function(self, force=False):
        """Refuse a validation that nothing would measure.

        Raises:
            ConfigError: no `validation_metrics` were compiled.
        """
        self._require_validation_metrics()
        return super().make_test_function(force)

    def _require_validation_metrics(self):
        if not self.validation_metrics:
            raise ConfigError("validating a GAN needs metrics of real and generated samples. Received: none. Pass "
                              "compile(..., validation_metrics=[...]), such as gan_core.metrics.KernelDistanceMetric.")

    def get_config(self):
        """A GAN holds functions and several networks: it is not saved as one model.

        Raises:
            ConfigError: always; the message says what to save.
        """
        raise ConfigError("a GAN is not saved as one model. Save what samples with `gan.sampler.save(...)`, weights "
                          "with `gan.save_weights(...)`, or train with `run_experiment`, whose checkpoints hold all.")

    def test_step(self, batch):
        """Feed the validation metrics with real samples and as many from the averaged generator."""
        real, condition = split_batch(self.prepare(as_batch(batch)))
        stream = Stream(self.seed, self.validation_batches.value, "validation")  # the same noise at every validation
        fake = self.call_generator(condition, tf.shape(real)[0], stream, False, self.sampler)
        self.validation_batches.assign_add(1)
        for metric in self.validation_metrics:
            metric.update_state(real, fake)
        return {metric.name: metric.result() for metric in self.validation_metrics}

    # ------------------------------------------------------------------ sampling

    @property
    def sampler(self) -> keras.Model:
        """The generator that samples are made with: the averaged one where there is one."""
        return self.generator if self.averaged_generator is None else self.averaged_generator

    def call(self, inputs, training=False):
        """Samples of the averaged generator for latents, or for a dict of named inputs."""
        available = inputs if isinstance(inputs, Mapping) else {"latent": inputs}
        return call_network(self.sampler, available, training)

    def generate(self, condition=None, count: int | None = None, *, seed: int | None = None, latent=None,
                 training: bool = False, raw: bool = False, batch_size: int = 64) -> np.ndarray:
        """Samples as an array (count, ...), a pure function of the arguments and the weights.

        Args:
            condition: name -> array (count, ...), for conditional generators.
            count: how many; taken from `condition` or `latent` if absent.
            seed: of the noise; the GAN's own if None.
            latent: (count, ...) noise to use instead of drawing it.
            training: run batch normalisation on the batch's statistics and keep dropout active.
            raw: use the trained generator instead of the averaged one.
            batch_size: how many at a time, which bounds memory.

        Raises:
            ConfigError: no `count`, or inputs of different lengths.
        """
        available = {name: np.asarray(value) for name, value in (condition or {}).items()}
        if latent is not None:
            available["latent"] = np.asarray(latent)
        lengths = {name: len(value) for name, value in available.items()} | ({} if count is None else {"count": count})
        if len(set(lengths.values())) != 1 or min(lengths.values()) < 1:
            raise ConfigError("`count`, `latent` and every condition must agree on one number of samples, at least 1. "
                              f"Received: {lengths or 'none of them'}.")
        count = next(iter(lengths.values()))
        for name, value in (("count", count), ("batch_size", batch_size)):
            if not isinstance(value, numbers.Integral) or value < 1:
                raise ConfigError(f"`{name}` must be a whole number of at least 1. Received: {name}={value!r}.")
        if latent is None and (drawn := self.fixed_latent(count, seed)) is not None:
            available["latent"] = drawn
        network = self.generator if raw else self.sampler
        with (temporary_training_mode(network, self.seed if seed is None else seed) if training
              else contextlib.nullcontext()):
            return np.concatenate([
                np.asarray(tf.cast(call_network(
                    network, {key: tf.convert_to_tensor(value[start:start + batch_size])
                              for key, value in available.items()}, training), tf.float32))
                for start in range(0, count, batch_size)])

    def fixed_latent(self, count: int, seed: int | None = None) -> np.ndarray | None:
        """The noise of `generate`: `count` latents that depend on `seed` alone; None without a latent."""
        drawn = self.latent.sample(count, Stream(self.seed if seed is None else seed, 0, "fixed"))
        return None if drawn is None else np.asarray(drawn)
