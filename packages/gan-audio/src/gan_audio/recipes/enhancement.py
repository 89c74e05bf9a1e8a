"""What the three SEGAN recipes share: settings, data, and the game of least squares with a distance beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
import pydantic

import gan_core as core
from gan_audio.data.augmentation import Augmentation
from gan_audio.data.folder import PairedArrays
from gan_audio.data.sources import Reading, load_source
from gan_audio.enhancement.enhancement_run import EnhancementRun
from gan_audio.models.sizes import NetworkSize, network_size
from gan_core.run.config import RunConfig
from gan_core.run.recipe import Recipe

SHAPE = ("filters", "latent_channels", "window", "skip", "skip_from", "upsample", "norm", "activation", "head",
         "phase_shift")


class EnhancementConfig(RunConfig):
    """Settings of a SEGAN recipe. Options of the networks that are not given are those of the size `SIZE`."""

    SIZE: ClassVar[str] = ""

    data: str = "synthetic"
    """folder:ROOT (clean/ and noisy/, as `mix` writes), voicebank:ROOT, pairs:CLEAN,NOISY, damage:CLEAN, synthetic."""
    damage: str = "clip:percentile=90"
    """What damage:CLEAN does: name:option=value,... with clip, drop_packets, remove_chunks, band_limit, mu_law, hum."""
    held_out: tuple[str, ...] = ()
    """Speakers (file names up to the first _ or -) for validation; p226 and p287 where both exist."""
    validation: float = pydantic.Field(0.1, ge=0, lt=1)
    """Share of the files held out where no speaker is."""
    validation_limit: int = pydantic.Field(24, ge=1)
    """At most so many recordings are enhanced for each validation."""
    on_bad: Literal["error", "skip"] = "error"
    """Stop at unusable files, or leave them out with a warning."""
    sample_rate: int = pydantic.Field(16_000, ge=1000)
    """Hz, of the model; files are resampled."""
    channels: Literal["error", "mix", "first"] = "error"
    """What to do with files of several channels."""
    preemphasis: float = pydantic.Field(0.95, ge=0, lt=1)
    """Coefficient of y[n] = x[n] - c·x[n-1], undone after enhancement."""
    hop: int | None = pydantic.Field(None, ge=1)
    """Samples between the windows of a file; half a window by default."""
    windows: Literal["grid", "random"] = "grid"
    """All windows, or one random window per file and epoch."""
    tail: Literal["align", "drop"] = "align"
    """Add a window that ends with the file, or leave the rest out as the authors do."""
    cache: str | None = None
    """HDF5 file that keeps the decoded windows for the next start, and out of memory."""
    speeds: tuple[float, ...] = (1.0,)
    """Add every recording at these speeds too."""
    shift: int = pydantic.Field(0, ge=0)
    """Samples by which a window starts earlier or later at random."""
    gain: bool = False
    """Augment with a random gain of -12 to 6 dB and polarity."""
    swap_noise: float = pydantic.Field(0.0, ge=0, le=1)
    """Share of pairs that get the noise of another pair of the batch; for additive noise only."""

    filters: tuple[int, ...] | None = None
    """Channels of the encoder's layers."""
    latent_channels: int | None = pydantic.Field(None, ge=1)
    """Channels of the noise z."""
    window: int | None = pydantic.Field(None, ge=1)
    """Samples of a window."""
    skip: Literal["none", "alpha", "constant", "conv"] | None = None
    """How the skip connections are scaled."""
    skip_from: Literal["pre", "post"] | None = None
    """Take them before or after the encoder's PReLU."""
    upsample: Literal["transpose", "nearest"] | None = None
    """The decoder's upsampling; nearest leaves no comb."""
    norm: Literal["batch", "virtual", "spectral", "none"] | None = None
    """The discriminator's normalisation."""
    activation: Literal["prelu", "leaky_relu"] | None = None
    """The discriminator's activation."""
    head: Literal["dense", "conv1x1", "gmax", "gavg"] | None = None
    """The discriminator's last layers."""
    phase_shift: int | None = pydantic.Field(None, ge=0)
    """Largest circular shift before each of the discriminator's layers; 5 in the authors' second release."""

    l1: float = pydantic.Field(100.0, ge=0)
    """Weight of the mean absolute difference from the clean window."""
    l1_schedule: Literal["constant", "decay", "remove"] = "constant"
    """Keep that weight, lower it linearly, or drop it, from `l1_from` on."""
    l1_from: int = pydantic.Field(0, ge=0)
    """The step at which the schedule begins."""
    l1_decay: float = pydantic.Field(1e-5, ge=0)
    """What decay subtracts from the weight at each step, down to 0."""
    lsgan_half: bool = False
    """The factor 1/2 of the papers on the adversarial terms; neither of the authors' releases has it."""
    adversary: bool = True
    """False trains the generator on the distance alone: what `--control` compares with."""
    learning_rate: float = pydantic.Field(2e-4, gt=0)
    """Of the generator's RMSprop."""
    discriminator_rate: float | None = pydantic.Field(None, gt=0)
    """Of the discriminator's; the same by default."""
    input_noise: float = pydantic.Field(0.0, ge=0)
    """Standard deviation of noise on what the discriminator judges."""
    ema: float | None = pydantic.Field(None, gt=0, lt=1)
    """Decay of an averaged generator; none by default."""

    def size(self) -> NetworkSize:
        """The size of the networks with this config's options."""
        given = {name: getattr(self, name) for name in SHAPE if getattr(self, name) is not None}
        return network_size(self.SIZE, **given, reference=min(self.batch_size, 32))

    def reading(self) -> Reading:
        """How recordings are read."""
        return Reading(self.sample_rate, self.channels, self.on_bad == "error", self.damage, self.seed)

    def l1_weight(self):
        """λ, a number or a function of the step."""
        if self.l1_schedule == "constant":
            return self.l1
        slope = self.l1_decay if self.l1_schedule == "decay" else float("inf")

        def weight(step):
            import tensorflow as tf

            past = tf.cast(step, tf.float32) - float(self.l1_from)
            if slope == float("inf"):
                return tf.where(past >= 0, 0.0, self.l1)
            return tf.maximum(self.l1 - slope * tf.maximum(past, 0.0), 0.0)

        return weight


def load(config: EnhancementConfig):
    """Training windows and held-out recordings."""
    size = config.size()
    return load_source(
        config.data, reading=config.reading(), held_out=config.held_out, validation=config.validation,
        limit=config.validation_limit, window=size.window, hop=config.hop or max(size.window // 2, 1),
        preemphasis=config.preemphasis, tail=config.tail, windows=config.windows, cache=config.cache,
        speeds=config.speeds, shift=config.shift, augment=augmentation(config))


def augmentation(config: EnhancementConfig) -> Augmentation | None:
    """Changes of the training pairs that are switched on."""
    if not (config.gain or config.swap_noise):
        return None
    return Augmentation(gain_db=(-12.0, 6.0) if config.gain else None, polarity=config.gain,
                        swap_noise=config.swap_noise)


def placeholder(config: EnhancementConfig):
    """Silence of the right shape: enough to build and describe a recipe without data."""
    window = config.size().window
    silence = np.zeros(config.batch_size * window, np.float32)
    return PairedArrays([(silence, silence)], config.sample_rate, window, window, config.preemphasis), []


def build(config: EnhancementConfig, train, validation) -> core.Experiment:
    """The experiment of `config`."""
    import keras

    from gan_audio.models.segan import discriminator_of, generator_of, set_reference
    from gan_audio.training.previews import LearnedScales, Listening
    from gan_audio.training.validation import EnhancementScores

    size = config.size()
    generator = generator_of(size)  # first: the control has the same initial weights
    discriminator = discriminator_of(size, seed=config.seed) if config.adversary else core.build_spectator(
        (size.window, 1))
    loader = core.Loader(train, config.batch_size, seed=config.seed, name="training set")
    first = next(iter(loader.dataset(0, 1)))
    if config.adversary:
        set_reference(discriminator, first["real"], first["noisy"])
    factor = 1.0 if config.lsgan_half else 2.0
    gan = core.GAN(
        generator, discriminator,
        core.Objective(core.LeastSquares(), auxiliary=(core.Reconstruction(config.l1_weight(), name="l1"),),
                       discriminator_weight=factor, generator_weight=factor if config.adversary else 0.0),
        core.Normal(size.latent_shape),
        augment=core.InstanceNoise(config.input_noise) if config.input_noise else None,
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(keras.optimizers.RMSprop(config.learning_rate),
                keras.optimizers.RMSprop(config.discriminator_rate or config.learning_rate))
    rules = {"sample_rate": config.sample_rate, "preemphasis": config.preemphasis, "seed": config.seed}
    scores = EnhancementScores(validation, size, **rules) if validation else None
    return core.Experiment(
        gan, [core.Phase(loader, config.steps)],
        previews=[*([Listening(validation, size, **rules)] if validation else []), LearnedScales(config.l1_weight())],
        validation=scores, validation_hash=None if scores is None else scores.content_hash,
        best="negative_si_sdr" if validation else None, scores=("si_sdr",), unit="windows", value_range=(-1.0, 1.0),
        representation={"sample_rate": config.sample_rate, "preemphasis": config.preemphasis})


def enhancement_recipe(name: str, description: str | None, config: type[EnhancementConfig], *,
                       presets: Mapping[str, Mapping] | None = None) -> Recipe:
    """A SEGAN recipe: its config names the networks, everything else is the same."""
    # the large networks take a minute to build: they are not built once more only to try the settings
    return Recipe(name=name, description=description or "", config=config, load=load, placeholder=placeholder,
                  build=build, presets=presets or {}, run_class=EnhancementRun, quick_to_build=False)
