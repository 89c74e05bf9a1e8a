"""Enhancement of whole recordings of any rate, length and channel count, with a network of one rate and window."""

from __future__ import annotations

import warnings

import numpy as np

from gan_audio.data.reading import CHANNEL_RULES, check_finite
from gan_audio.data.resampling import StreamResampler, fit_length
from gan_audio.enhancement.modes import MODES, Full, Generator, LatentSequence, NetworkShape
from gan_audio.errors import AudioConfigError, AudioFormatError, AudioWarning
from gan_audio.sound.emphasis import DeEmphasis, HighPass, PreEmphasis, check_coefficient
from gan_audio.sound.waves import restore_wave, split_wave
from gan_core.errors import did_you_mean


class Enhancer:
    """Runs a generator over recordings: resample, pre-emphasise, window, generate, join, de-emphasise, resample back.

    The result has exactly the length, rate and channels of the input, as float32, at its own level: never
    rescaled.
    What lies above half of the model's rate is lost. Two calls with the same seed give the same bits.

    Args:
        generator: {"latent": (batch, time/S, latent_channels), "noisy": (batch, time, 1)} -> (batch, time, 1), float32
            arrays. `Enhancer.of` wraps a Keras model.
        sample_rate: int, Hz, the model's rate.
        preemphasis: float in [0, 1), the coefficient the model was trained with.
        window: int, samples.
        multiple: int, S, the product of the generator's strides.
        latent_channels: int.
        mode: "overlap" (no seams), "concat" (for comparison with published numbers) or "full" (one pass; fast, for
            short recordings and `segan-compact` or `segan-tiny`, whose view fits into a window).
        z: "normal" | "zeros", the noise input.
        seed: int, of that noise.
        channels: "separate" enhances each channel alone, with the same noise; "mix" and "first" put the enhanced mean
            or first channel on all; "error" refuses more than one.
        batch_size: int, windows per call of the generator.
        high_pass: float, Hz, a high-pass on the output, or None. De-emphasis amplifies what lies below 50 Hz tenfold
            and more, so a small drift of the model becomes audible.
        full_limit: float, seconds that mode "full" takes at most.

    Raises:
        AudioConfigError: an option is unknown or does not fit the others.

    Example:
        >>> enhancer = Enhancer.of(generator, network_size("segan-compact"))
        >>> clean = enhancer.enhance(noisy, 44_100)
    """

    def __init__(self, generator: Generator, *, sample_rate: int = 16_000, preemphasis: float = 0.95,
                 window: int = 16_384, multiple: int = 1024, latent_channels: int = 1024, mode: str = "overlap",
                 z: str = "normal", seed: int = 0, channels: str = "separate", batch_size: int = 8,
                 high_pass: float | None = None, full_limit: float = 300.0):
        if window % multiple or window < multiple:
            raise AudioConfigError(f"`window` must be a multiple of `multiple`. Received: window={window}, "
                                   f"multiple={multiple}.")
        if sample_rate < 1 or batch_size < 1:
            raise AudioConfigError(f"`sample_rate` and `batch_size` must be at least 1. Received: "
                                   f"sample_rate={sample_rate}, batch_size={batch_size}.")
        if channels not in CHANNEL_RULES:
            raise AudioConfigError(f"`channels` must be one of {', '.join(CHANNEL_RULES)}. "
                                   f"Received: channels={channels!r}.")
        self.generator, self.sample_rate = generator, sample_rate
        self.preemphasis, self.shape = check_coefficient(preemphasis), NetworkShape(window, multiple, latent_channels)
        self.mode, self.z, self.seed, self.channels = mode, z, seed, channels
        self.batch_size, self.high_pass, self.full_limit = batch_size, high_pass, full_limit
        self.stream(sample_rate, 1)  # every other option is checked where it is used

    @classmethod
    def of(cls, model, size, **options) -> Enhancer:
        """An enhancer around a Keras generator.

        Args:
            model: of `gan_audio.models.build_generator`.
            size: its `NetworkSize`.
            options: of `Enhancer`.
        """
        options = {"window": size.window, "multiple": size.multiple, "latent_channels": size.latent_channels, **options}
        return cls(_compiled(model), **options)

    @classmethod
    def load(cls, path, *, sample_rate: int | None = None, preemphasis: float | None = None, **options) -> Enhancer:
        """The enhancer of a model file; that of a run folder is `gan_audio.open_run(path).enhancer()`.

        Args:
            path: a `.keras` file of `gan-audio export`.
            sample_rate: Hz, refused unless it is the model's.
            preemphasis: refused unless it is the model's.
            options: of `Enhancer`: mode, z, seed, channels, batch_size, high_pass, full_limit.

        Raises:
            CheckpointError: nothing usable there, or made for another rate or coefficient.

        Example:
            >>> enhanced = Enhancer.load("model.keras").enhance(noisy, 16_000)
        """
        from gan_audio.models.saved import load_generator

        model, card = load_generator(path, sample_rate=sample_rate, preemphasis=preemphasis)
        return cls.of(model, card.size, sample_rate=card.sample_rate, preemphasis=card.preemphasis, **options)

    def enhance(self, wave: np.ndarray, sample_rate: int, *, mode: str | None = None,
                seed: int | None = None) -> np.ndarray:
        """Enhance a recording.

        Args:
            wave: (time,) or (time, channels); floats where ±1 is full scale, or signed integers.
            sample_rate: int, Hz, of `wave`.
            mode: "overlap" | "concat" | "full"; None for the enhancer's own.
            seed: int; None for the enhancer's own.

        Returns:
            float32 of the shape of `wave`.

        Raises:
            AudioDataError: no samples, NaN or infinite ones, or too long for mode "full".
            AudioFormatError: another shape or type, or more channels than allowed.
            AudioConfigError: `mode` is unknown.

        Warns:
            AudioWarning: `sample_rate` is above the model's, so the top of the band is lost.
        """
        samples = split_wave(wave)
        if self.loses_band(sample_rate):
            warnings.warn(self.band_warning(sample_rate), AudioWarning, stacklevel=2)
        stream = self.stream(sample_rate, samples.shape[1], mode=mode, seed=seed)
        return restore_wave(np.concatenate([stream.push(samples), stream.finish()]), wave)

    def stream(self, sample_rate: int, channels: int, *, mode: str | None = None, seed: int | None = None,
               name: str = "the sound") -> EnhancementStream:
        """Enhancement block by block in constant memory (modes "overlap" and "concat").

        Example:
            >>> stream = enhancer.stream(48_000, channels=2)
            >>> for block in blocks:
            ...     write(stream.push(block))
            >>> write(stream.finish())
        """
        mode = self.mode if mode is None else mode
        if mode not in MODES:
            raise AudioConfigError(f"unknown mode. Received: mode={mode!r}. {did_you_mean(str(mode), MODES)}")
        if sample_rate < 1:
            raise AudioConfigError(f"`sample_rate` must be at least 1 Hz. Received: sample_rate={sample_rate}.")
        if self.channels == "error" and channels > 1:
            raise AudioFormatError(f"{name} has {channels} channels, expected 1. Pass `channels=\"separate\"` to "
                                   "enhance each, or \"mix\".")
        latents = LatentSequence(self.shape, self.z, self.seed if seed is None else seed)
        width = channels if self.channels == "separate" else 1
        options = {"limit": round(self.full_limit * self.sample_rate)} if MODES[mode] is Full else {}
        runner = MODES[mode](self.generator, self.shape, latents, width, self.batch_size, **options)
        return EnhancementStream(self, runner, sample_rate, channels, name)

    def loses_band(self, sample_rate: int) -> bool:
        """Whether sound of this rate has a band that the model's rate cannot hold."""
        return sample_rate > self.sample_rate

    def band_warning(self, sample_rate: int) -> str:
        """What to tell the user then."""
        return (f"the sound is at {sample_rate} Hz, the model at {self.sample_rate} Hz: the result holds nothing above "
                f"{self.sample_rate // 2} Hz")


class EnhancementStream:
    """One recording on its way through an `Enhancer`."""

    def __init__(self, enhancer: Enhancer, runner, sample_rate: int, channels: int, name: str):
        self._rule, self._channels, self._name, self._runner = enhancer.channels, channels, name, runner
        self._down = StreamResampler(sample_rate, enhancer.sample_rate, runner.channels)
        self._up = StreamResampler(enhancer.sample_rate, sample_rate, runner.channels)
        self._emphasis = PreEmphasis(enhancer.preemphasis)
        self._after: list[DeEmphasis | HighPass] = [DeEmphasis(enhancer.preemphasis)]
        if enhancer.high_pass is not None:
            self._after.append(HighPass(enhancer.high_pass, enhancer.sample_rate))
        self._read = self._written = 0

    def push(self, block: np.ndarray) -> np.ndarray:
        """Enhanced float32 (time', channels) that the next block (time, channels) makes available.

        Raises:
            AudioDataError: NaN or infinite samples, with their place in the recording.
        """
        check_finite(block, self._name, self._read)
        self._read += len(block)
        if self._rule == "mix":
            block = block.mean(axis=1, keepdims=True)
        elif self._rule == "first":
            block = block[:, :1]
        return self._emit(self._runner.push(self._emphasis(self._down(block.astype(np.float32, copy=False)))))

    def finish(self) -> np.ndarray:
        """The rest, so that all outputs together are as long as all inputs."""
        empty = np.zeros((0, self._runner.channels), np.float32)
        last = self._runner.push(self._emphasis(self._down(empty, last=True)))
        return self._emit(np.concatenate([last, self._runner.finish()]), last=True)

    def _emit(self, samples: np.ndarray, last: bool = False) -> np.ndarray:
        for step in self._after:
            samples = step(samples)
        samples = self._up(samples, last=last)
        # resampling twice may be off by a sample
        samples = fit_length(samples, self._read - self._written) if last else samples[: self._read - self._written]
        self._written += len(samples)
        if samples.shape[1] != self._channels:
            samples = np.repeat(samples, self._channels, axis=1)
        return samples


def _compiled(model) -> Generator:
    import tensorflow as tf

    channels = next(tensor.shape[-1] for tensor in model.inputs if tensor.name == "latent")
    # fixed signature: another length or batch must not trace the network again
    run = tf.function(lambda latent, noisy: model({"latent": latent, "noisy": noisy}, training=False),
                      input_signature=[tf.TensorSpec((None, None, channels)), tf.TensorSpec((None, None, 1))])
    return lambda inputs: run(inputs["latent"], inputs["noisy"]).numpy()
