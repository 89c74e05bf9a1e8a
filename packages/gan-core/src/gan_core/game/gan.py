"""The training loop that every system of the project shares: one `train_step`, two players, one screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

import keras
import tensorflow as tf

from gan_core.augment.base import Augmentation
from gan_core.errors import ConfigError
from gan_core.game.averaging import ExponentialMovingAverage
from gan_core.game.batch import as_batch, call_discriminator, call_network, input_names, split_batch
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.keras_training import KerasTraining
from gan_core.game.latent import Latent
from gan_core.game.objective import Objective
from gan_core.game.part_checks import check_parts
from gan_core.game.per_sample import PerSample
from gan_core.game.sampling import Sampling
from gan_core.random import Stream


class GAN(Sampling, KerasTraining):
    """A generator and its discriminators, trained against each other by `fit`.

    Args:
        generator: Keras model with named inputs "latent" and conditions ("real" for an encoder of real samples);
            returns samples (batch, ...).
        discriminators: one Keras model or a list, each with named inputs "sample" and conditions; they return raw
            logits (batch, ...) or {"logits": ..., "features": [...]}.
        objective: what both players minimise.
        latent: the prior of the generator's noise.
        n_critic: int, discriminator updates per generator update, or a function of the generator's step.
        g_steps: int, generator updates per discriminator update, each with fresh noise; above 1 only with n_critic=1.
        update: "alternating" (discriminator, then the generator through the updated discriminator, fresh noise),
            "shared" (the same order with one generated batch for both, as in pix2pix) or "simultaneous" (both gradients
            from one forward pass, before either update). The last two need n_critic=1.
        augment: applied to everything a discriminator sees, real and generated alike; or None. Conditions that are
            pictures are moved with the samples.
        label_maps: names of the conditions that are maps of classes or edges: they are moved without interpolation.
        ema: the decay in (0, 1) or an `ExponentialMovingAverage`; None samples from the trained generator itself.
        prepare: (batch dict, Stream) -> batch dict on the device, before the step (`OneHot`, fading reals, ...). A
            Keras layer's variables are saved with the run.
        sampling: how samples are made once trained: plain inference, or `PerSample()` where dropout is the noise, as in
            pix2pix.
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
        g_steps: int = 1,
        update: str = "alternating",
        augment=None,
        label_maps: Sequence[str] = (),
        ema: float | ExponentialMovingAverage | None = None,
        prepare: Callable[[dict, Stream], dict] | None = None,
        sampling: PerSample = PerSample(dropout=False),  # noqa: B008 (immutable)
        seed: int = 0,
        name: str = "gan",
    ):
        super().__init__(name=name)
        self.generator = generator
        self.discriminators: list[keras.Model] = _listed(discriminators)
        self.objective, self.latent, self.seed = objective, latent, int(seed)
        self.n_critic, self.g_steps, self.update = n_critic, g_steps, update
        self.augment, self.label_maps, self.sampling = augment, tuple(label_maps), sampling
        self.prepare = _unchanged if prepare is None else prepare
        check_parts(self)
        self.ema = ema if ema is None or isinstance(ema, ExponentialMovingAverage) else ExponentialMovingAverage(ema)
        self.averaged_generator = None if self.ema is None else self.ema.copy(generator)

        def counter(name):
            return self.add_weight((), "zeros", "int64", trainable=False, name=name, aggregation="only_first_replica")

        self.discriminator_steps = counter("discriminator_steps")
        self.generator_steps = counter("generator_steps")
        self.critic_streak = counter("critic_streak")  # discriminator updates since the generator's last one
        self.examples_seen = counter("examples_seen")
        self.validation_batches = counter("validation_batches")
        self.forget_sampling()
        self.built = True

    # ------------------------------------------------------------------ the loop

    def train_step(self, batch):
        """One discriminator update, and the generator's when it is due: the whole loop."""
        real, condition = self.prepared(batch, self.stream("prepare"))
        if self.update == "simultaneous":
            self.simultaneous_step(real, condition)
        elif self.update == "shared":
            self.shared_step(real, condition)
        else:
            self.discriminator_step(real, condition)
            for repeat in range(self.g_steps if self.generator_is_due else 0):
                self.generator_step(real, condition, repeat)
        return self.running_means.result()

    def discriminator_step(self, real, condition):
        """Update the discriminators on one real and one generated batch."""
        stream = self.stream("discriminator")
        self.update_discriminators(real, self.fakes(real, condition, stream), condition, stream)

    def generator_step(self, real, condition, repeat=0):
        """Update the generator through the updated discriminators, with fresh noise."""
        stream = self.stream("generator" if repeat == 0 else f"generator/{repeat}")
        with tf.GradientTape() as tape:
            fake = self.fakes(real, condition, stream)
            loss, report = self.objective.generator_loss(self.forward_pass(real, fake, condition, stream))
            objective = self.generator_optimizer.scale_loss(loss / self._replicas())
        norm = self.descend(tape, objective, self.generator_variables, self.generator_optimizer)
        self.after_generator_update(loss, report, norm, tf.shape(real)[0])

    def shared_step(self, real, condition):
        """One generated batch: the discriminators learn from it, then the generator through the updated ones."""
        stream = self.stream("generator")
        with tf.GradientTape() as tape:
            fake = self.fakes(real, condition, stream)
            with tape.stop_recording():
                self.update_discriminators(real, fake, condition, self.stream("discriminator"))
            loss, report = self.objective.generator_loss(self.forward_pass(real, fake, condition, stream))
            objective = self.generator_optimizer.scale_loss(loss / self._replicas())
        norm = self.descend(tape, objective, self.generator_variables, self.generator_optimizer)
        self.after_generator_update(loss, report, norm, tf.shape(real)[0])

    def simultaneous_step(self, real, condition):
        """Both gradients from one forward pass and the same noise, before either update."""
        stream = self.stream("discriminator")
        with tf.GradientTape(persistent=True) as tape:
            fake = self.fakes(real, condition, stream)
            forward = self.forward_pass(real, fake, condition, stream)
            d_loss, d_report = self.objective.discriminator_loss(forward)
            g_loss, g_report = self.objective.generator_loss(forward)
            d_objective = self.discriminator_optimizer.scale_loss(d_loss / self._replicas())
            g_objective = self.generator_optimizer.scale_loss(g_loss / self._replicas())
        d_gradients = tape.gradient(d_objective, self.discriminator_variables)
        g_norm = self.descend(tape, g_objective, self.generator_variables, self.generator_optimizer)
        d_norm = self.apply_gradients(d_gradients, self.discriminator_variables, self.discriminator_optimizer)
        self.after_discriminator_update(forward, d_loss, d_report, d_norm)
        self.after_generator_update(g_loss, g_report, g_norm, tf.shape(real)[0])

    # ------------------------------------------------------------------ what the steps are made of

    def stream(self, scope: str) -> Stream:
        """The random numbers of the current step."""
        return Stream(self.seed, self.discriminator_steps.value, scope)

    def prepared(self, batch, stream: Stream) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """Real samples and conditions of a batch as the networks take them."""
        return split_batch(self.prepare(as_batch(batch), stream))

    def update_discriminators(self, real, fake, condition, stream):
        """One update of the discriminators; no gradient reaches the generator."""
        with tf.GradientTape() as tape:
            forward = self.forward_pass(real, tf.stop_gradient(fake), condition, stream)
            loss, report = self.objective.discriminator_loss(forward)
            objective = self.discriminator_optimizer.scale_loss(loss / self._replicas())
        norm = self.descend(tape, objective, self.discriminator_variables, self.discriminator_optimizer)
        self.after_discriminator_update(forward, loss, report, norm)

    def fakes(self, real, condition, stream) -> tf.Tensor:
        """Generated partners of the real samples, float32 (batch, ...), in training mode."""
        return self.call_generator({**condition, "real": real}, tf.shape(real)[0], stream, training=True)

    def call_generator(self, condition, count, stream, training, generator=None) -> tf.Tensor:
        """float32 samples (count, ...) for `condition`, from noise drawn with `stream`."""
        latent = self.latent.sample(count, stream)
        available = dict(condition) if latent is None else {"latent": latent, **condition}
        return tf.cast(call_network(generator or self.generator, available, training), tf.float32)

    def forward_pass(self, real, fake, condition, stream) -> ForwardPass:
        """Real and generated samples before the discriminators (lazily: see `ForwardPass`)."""
        mismatched = self.objective.mismatched
        return ForwardPass(
            [lambda seen, given, network=network: call_discriminator(network, seen, given)
             for network in self.discriminators],
            real, fake, condition, stream, None if self.augment is None else self._augmented,
            None if mismatched is None else mismatched(real, condition, stream.scoped("mismatched")), self._further)

    def _augmented(self, samples, condition, stream):
        """Samples and those conditions that a discriminator reads, augmented together."""
        names = {name for network in self.discriminators for name in input_names(network)}
        read = {name: value for name, value in condition.items() if name in names}
        return cast(Augmentation, self.augment).pair(samples, read, stream, label_maps=self.label_maps)

    def _further(self, condition: Mapping, stream: Stream) -> tf.Tensor:
        """Samples for another condition than the batch's."""
        return self.call_generator(condition, tf.shape(next(iter(condition.values())))[0], stream, training=True)

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
        values = {"d_loss": loss, **report, "d_gradient_norm": norm, **self._discriminator_report(forward)}
        for constraint in self.objective.constraints:  # after the update, or the last one would stay unconstrained
            values |= {f"d_{name}": value for name, value in (constraint(self.discriminators) or {}).items()}
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
        report |= self.objective.matching_scores(forward)
        if self.augment is not None:
            self.augment.update(None if margins is None else margins[0])
            report |= self.augment.report()
        return report

    def _replicas(self) -> int:
        return self.distribute_strategy.num_replicas_in_sync

    # ------------------------------------------------------------------ other networks

    def replace(self, *, generator: keras.Model | None = None,
                discriminators: keras.Model | Sequence[keras.Model] | None = None) -> None:
        """Play on with other networks: nothing of the old ones stays, in the state, in checkpoints or in memory.

        Counters, augmentation and the record go on. A new generator's average begins as its copy. `compile` anew
        before training on: optimizers belong to the variables they were built for.

        Args:
            generator: the new one; None keeps the old one.
            discriminators: one or a list; None keeps them.

        Raises:
            ConfigError: networks that do not fit the other parts; the old ones stay.
        """
        before = self.generator, list(self.discriminators)
        try:
            self._set_networks(generator or self.generator,
                               before[1] if discriminators is None else _listed(discriminators))
            check_parts(self)
        except ConfigError:
            self._set_networks(*before)
            raise
        if generator is not None and self.ema is not None:
            self._tracker.untrack(self.averaged_generator)
            self.averaged_generator = self.ema.copy(generator)
        self.forget_training()
        self.forget_sampling()

    def _set_networks(self, generator: keras.Model, discriminators: list[keras.Model]) -> None:
        if generator is not self.generator:
            self._tracker.untrack(self.generator)  # Keras keeps what an attribute once held
            self.generator = generator
        for network in self.discriminators:
            self._tracker.untrack(network)
        self.discriminators = discriminators


def _listed(discriminators: keras.Model | Sequence[keras.Model]) -> list[keras.Model]:
    return [discriminators] if isinstance(discriminators, keras.Model) else list(discriminators)


def _unchanged(batch: dict, stream: Stream) -> dict:
    return batch
