"""What Keras' `fit`, `compile` and `evaluate` need of a model with two optimizers; the loop itself is in `gan.py`."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from gan_core.augment.base import Augmentation
from gan_core.errors import ConfigError, DataError
from gan_core.game.objective import Objective
from gan_core.game.optimizers import unshared_optimizer
from gan_core.game.per_sample import SEEDS, PerSample
from gan_core.game.running_means import RunningMeans
from gan_core.random import Stream

Learns = Callable[..., Sequence[keras.Variable]]


@dataclasses.dataclass
class _Learning:
    """What each player's optimizer moves. Not a tuple: Keras would track it, and list the weights a second time."""

    generator: list = dataclasses.field(default_factory=list)
    discriminators: list = dataclasses.field(default_factory=list)


class KerasTraining(keras.Model):
    """The part of `GAN` that faces Keras."""

    generator: keras.Model
    discriminators: list[keras.Model]
    objective: Objective
    augment: Augmentation | None
    n_critic: int | Callable[[int], int]
    seed: int
    sampling: PerSample
    sampler: keras.Model
    sampling_network: Callable[[keras.Model], keras.Model]
    prepared: Callable
    forget_sampling: Callable
    call_generator: Callable
    discriminator_steps: keras.Variable
    generator_steps: keras.Variable
    critic_streak: keras.Variable
    validation_batches: keras.Variable
    running_means: RunningMeans  # these three from `compile` on
    generator_optimizer: keras.optimizers.Optimizer
    discriminator_optimizer: keras.optimizers.Optimizer

    def __init__(self, **keywords):
        super().__init__(**keywords)
        self.validation_metrics: list = []
        self._learning = _Learning()
        self.generator_is_due = True  # read while tracing: see make_train_function

    def compile(self, generator_optimizer="adam", discriminator_optimizer="adam", *,
                generator_learns: Learns | None = None, discriminators_learn: Learns | None = None,
                validation_metrics=(), **keywords):
        """Take both optimizers, and say what learns; the other keywords are those of `keras.Model.compile`.

        Args:
            generator_optimizer: a Keras optimizer, config or name. One that is in use already (by the other player,
                by an earlier `compile`) is copied by its config. Under float16 it is wrapped in a
                `LossScaleOptimizer`.
            discriminator_optimizer: the same for all discriminators together.
            generator_learns: (generator) -> the variables that learn; all trainable ones by default. A phase of a run
                may narrow it: the enhancer alone, the layers of the current level.
            discriminators_learn: (list of discriminators) -> the same for them.
            validation_metrics: objects with `update_state(real, fake)`, fed by `evaluate` and `fit(validation_data=)`.
            **keywords: `run_eagerly`, `jit_compile`, `steps_per_execution`.

        Raises:
            ConfigError: several steps per execution under an `n_critic` other than 1, variables that are not those of
                the player, or an optimizer that cannot be copied.
        """
        if keywords.get("steps_per_execution", 1) != 1 and self.n_critic != 1:
            raise ConfigError("`steps_per_execution` must be 1 unless `n_critic=1`, since the schedule is looked up "
                              f"between executions. Received: steps_per_execution={keywords['steps_per_execution']!r}.")
        generator_variables = _learning("generator_learns", generator_learns, self.generator, [self.generator])
        discriminator_variables = _learning("discriminators_learn", discriminators_learn, list(self.discriminators),
                                            self.discriminators)
        self._forget_means()
        self.forget_sampling()
        self.running_means = RunningMeans(self._report_names())
        # XLA made a step 1.8 times slower on a CPU, and a default optimizer would be created, saved and never used.
        super().compile(optimizer=None, **{"jit_compile": False, **keywords})
        self.validation_metrics = list(validation_metrics)
        self._learning = _Learning(generator_variables, discriminator_variables)
        self.generator_optimizer = unshared_optimizer(generator_optimizer, [self.generator])
        # Variables may not be born inside a traced step, nor after a checkpoint is restored.
        self.generator_optimizer.build(generator_variables)
        self.discriminator_optimizer = unshared_optimizer(discriminator_optimizer, self.discriminators)
        self.discriminator_optimizer.build(discriminator_variables)

    @property
    def generator_variables(self) -> list[keras.Variable]:
        """What learns of the generator."""
        return list(self._learning.generator)

    @property
    def discriminator_variables(self) -> list[keras.Variable]:
        """What learns of all discriminators."""
        return list(self._learning.discriminators)

    def forget_training(self) -> None:
        """Leave the state before `compile`: other networks need other optimizers and graphs."""
        if self.compiled:
            self._forget_means()
            del self.generator_optimizer, self.discriminator_optimizer
        self.compiled, self._learning = False, _Learning()
        self.train_function = self.test_function = self.predict_function = None

    def _forget_means(self) -> None:
        if self.compiled:  # Keras keeps what an attribute once held, and would save it with the state
            self._tracker.untrack(self.running_means)

    def _report_names(self) -> list[str]:
        names = ["d_loss", "g_loss", *self.objective.report_names(), "real_logit", "fake_logit"]
        if self.objective.adversarial.boundary is not None:
            names += ["real_accuracy", "fake_accuracy"]
        names += self.objective.matching_score_names
        names += ["d_gradient_norm", "g_gradient_norm"]
        return names + (list(self.augment.report()) if self.augment is not None else [])

    @property
    def metrics(self):
        """What `fit` resets at the start of an epoch."""
        return [self.running_means, *self.validation_metrics] if self.compiled else []

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
            keras_must = self.run_eagerly or self.steps_per_execution != 1
            graphs[due] = self.train_function if keras_must else self._traced_step()

        def train_function(iterator):
            self.generator_is_due = self.next_step_updates_generator()
            return graphs[self.generator_is_due](iterator)

        self.train_function = train_function

    def _traced_step(self) -> Callable:
        """A step on the next batch of an iterator, as one graph that the host calls once.

        Keras' own returns an optional value, for several steps per execution, and the host opens it after every step:
        two more operations outside the graph and a wait for the device, 4 % of a step of 20 ms on two cores.
        """
        strategy = self.distribute_strategy

        @tf.function(autograph=False, reduce_retracing=True, jit_compile=self.jit_compile)
        def step(batch):
            batch = keras.tree.map_structure(_none_if_optional, batch)
            logs = strategy.run(self.train_step, args=(batch,))
            return {name: strategy.reduce("MEAN", value, axis=None) for name, value in logs.items()}

        @tf.function(autograph=False, reduce_retracing=True)
        def step_of_next(iterator):
            return step(next(iterator))

        def train_function(iterator):
            in_graph = isinstance(iterator, tf.data.Iterator | tf.distribute.DistributedIterator)
            return step_of_next(iterator) if in_graph else step(next(iterator))

        return train_function

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
        self.sampling_network(self.sampler)  # made here: not while a step is traced
        return super().make_test_function(force)

    def _require_validation_metrics(self):
        if not self.validation_metrics:
            raise ConfigError("validating a GAN needs metrics of real and generated samples. Received: none. Pass "
                              "compile(..., validation_metrics=[...]), such as gan_core.metrics.KernelDistanceMetric.")

    def test_step(self, batch):
        """Feed the validation metrics with real samples and as many from the averaged generator."""
        stream = Stream(self.seed, self.validation_batches.value, "validation")  # the same noise at every validation
        real, condition = self.prepared(batch, stream.scoped("prepare"))
        count = tf.shape(real)[0]
        given = {**condition, "real": real, SEEDS: stream.row_seeds(count, "dropout")}
        fake = self.call_generator(given, count, stream, training=False,
                                   generator=self.sampling_network(self.sampler))
        self.validation_batches.assign_add(1)
        for metric in self.validation_metrics:
            metric.update_state(real, fake)
        return {metric.name: metric.result() for metric in self.validation_metrics}

    def get_config(self):
        """A GAN holds functions and several networks: it is not saved as one model.

        Raises:
            ConfigError: always; the message says what to save.
        """
        raise ConfigError("a GAN is not saved as one model. Save what samples with "
                          "`gan.standalone_generator().save(...)`, weights with `gan.save_weights(...)`, or train with "
                          "`run_experiment`, whose checkpoints hold all.")


def _none_if_optional(part):
    """Keras marks what a generator left out of its batches."""
    return None if isinstance(part, tf.experimental.Optional) else part


def _learning(name: str, learns: Learns | None, asked, networks) -> list[keras.Variable]:
    """The variables that a player's optimizer moves.

    Raises:
        ConfigError: none, or some that are not trainable variables of the player's networks.
    """
    own = [variable for network in networks for variable in network.trainable_variables]
    if learns is None:
        return own
    chosen = list(learns(asked))
    strangers = [getattr(variable, "path", repr(variable)) for variable in chosen
                 if not any(variable is each for each in own)]
    if strangers or not chosen or len({id(variable) for variable in chosen}) < len(chosen):
        found = f"{strangers[0]}, which is none" if strangers else "none" if not chosen else "one of them twice"
        raise ConfigError(f"`{name}` must return trainable variables of the player, each once. Received: {found}. "
                          "Write e.g. `lambda network: network.get_layer('head').trainable_variables`.")
    return chosen
