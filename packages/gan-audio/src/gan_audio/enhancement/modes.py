"""How a network with a fixed window is run over sound of any length, block by block.

A mode takes blocks of pre-emphasised sound (time, channels) and gives enhanced sound of the same total length; it never
holds more than a few windows (except `Full`, whose point is one pass). Each channel is an example of its own with the
same noise z, and z is a function of absolute time: windows that overlap agree on it, and so do the modes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_audio.errors import AudioConfigError, AudioDataError, CheckpointError
from gan_audio.sound.frames import hann

Generator = Callable[[dict[str, np.ndarray]], np.ndarray]


@dataclass(frozen=True)
class NetworkShape:
    """What a mode must know of a generator: its window and S (samples), the channels of z."""

    window: int
    multiple: int
    latent_channels: int


class LatentSequence:
    """The noise z along absolute time, drawn in order as far as it is needed: N(0, 1), or zeros.

    Args:
        shape: of the network.
        kind: "normal" | "zeros".
        seed: int.

    One vector lasts `multiple` samples; the sequence begins half a window before the sound, where the first window of
    `Overlap` lies.
    """

    def __init__(self, shape: NetworkShape, kind: str, seed: int):
        if kind not in ("normal", "zeros"):
            raise AudioConfigError(f"`z` must be normal or zeros. Received: z={kind!r}.")
        if seed < 0:
            raise AudioConfigError(f"`seed` must not be negative. Received: seed={seed}.")
        self._shape, self._random = shape, np.random.default_rng(seed) if kind == "normal" else None
        self._first = -(shape.window // 2) // shape.multiple
        self._vectors = np.zeros((0, shape.latent_channels), np.float32)

    def at(self, start: int, samples: int) -> np.ndarray:
        """float32 (samples/S, channels) for the sound from sample `start` on; starts may not go back."""
        first, count = start // self._shape.multiple, samples // self._shape.multiple
        if self._random is None:
            return np.zeros((count, self._shape.latent_channels), np.float32)
        missing = first + count - self._first - len(self._vectors)
        if missing > 0:
            fresh = self._random.standard_normal((missing, self._shape.latent_channels), np.float32)
            self._vectors = np.concatenate([self._vectors, fresh])
        self._vectors, self._first = self._vectors[first - self._first:], first
        return self._vectors[:count]


class Mode:
    """A way to run a generator over consecutive blocks.

    Args:
        generator: {"latent": (batch, time/S, channels), "noisy": (batch, time, 1)} -> (batch, time, 1), float32.
        shape: of the network.
        latents: its noise.
        channels: int, of the sound.
        batch: int, windows per call.
    """

    def __init__(self, generator: Generator, shape: NetworkShape, latents: LatentSequence, channels: int, batch: int):
        self.generator, self.shape, self.latents = generator, shape, latents
        self.channels, self.batch = channels, batch
        self._read = self._written = 0

    def push(self, block: np.ndarray) -> np.ndarray:
        """Enhanced sound (time', channels) that the next block (time, channels) makes available."""
        self._read += len(block)
        return self._count(self._push(block))

    def finish(self) -> np.ndarray:
        """The rest, so that all outputs together are as long as all inputs."""
        return self._count(self._finish())

    def _push(self, block):
        raise NotImplementedError

    def _finish(self):
        raise NotImplementedError

    def _count(self, result: np.ndarray) -> np.ndarray:
        result = result[: self._read - self._written]
        self._written += len(result)
        return result

    def run(self, windows: np.ndarray, starts: list[int]) -> np.ndarray:
        """Enhance (count, time, channels) windows that begin at absolute samples `starts`."""
        count, time, channels = windows.shape
        latent = np.repeat(np.stack([self.latents.at(start, time) for start in starts]), channels, axis=0)
        noisy = np.ascontiguousarray(windows.transpose(0, 2, 1).reshape(-1, time, 1), np.float32)
        result = np.asarray(self.generator({"latent": latent, "noisy": noisy}))
        if result.shape != noisy.shape:
            raise CheckpointError(f"the generator must keep the shape of `noisy`. Received: {noisy.shape}, "
                                  f"returned: {result.shape}.")
        if not np.isfinite(result).all():
            raise CheckpointError("the generator returns NaN or infinite samples: its weights have diverged. "
                                  "Use an earlier checkpoint.")
        return result.reshape(count, channels, time).transpose(0, 2, 1)


class _Windows(Mode):
    """Windows of fixed length every `hop` samples, run `batch` at a time."""

    def __init__(self, *arguments, hop: int, lead: int):
        super().__init__(*arguments)
        self._hop, self._start = hop, -lead
        self._pending = np.zeros((lead, self.channels), np.float32)
        self._queue: list[np.ndarray] = []

    def _push(self, block):
        self._pending = np.concatenate([self._pending, block])
        results, position = [], 0
        while position + self.shape.window <= len(self._pending):
            self._queue.append(self._pending[position : position + self.shape.window])
            position += self._hop
            if len(self._queue) == self.batch:
                results.append(self._run_queue())
        self._pending = self._pending[position:]
        return np.concatenate(results) if results else np.zeros((0, self.channels), np.float32)

    def _run_queue(self) -> np.ndarray:
        if not self._queue:
            return np.zeros((0, self.channels), np.float32)
        starts = [self._start + index * self._hop for index in range(len(self._queue))]
        results = self.run(np.stack(self._queue), starts)
        self._start += len(self._queue) * self._hop
        self._queue = []
        return self._join(results)

    def _join(self, results: np.ndarray) -> np.ndarray:
        raise NotImplementedError


class Overlap(_Windows):
    """Windows that overlap by half; their outputs are weighted by a periodic Hann window and added.

    The weights sum to 1 everywhere and are 0 at the borders of each window: there is no seam. The inputs are not
    weighted, since the network learned from rectangular windows. Needs half a window of look-ahead (0.51 s).
    """

    def __init__(self, *arguments):
        shape = arguments[1]
        hop = shape.window // 2
        if shape.window % (2 * shape.multiple):
            raise AudioConfigError(f"mode \"overlap\" needs a window that is a multiple of {2 * shape.multiple} "
                                   f"samples. Received: window={shape.window}. Use mode=\"concat\" or \"full\".")
        super().__init__(*arguments, hop=hop, lead=hop)
        self._weights = hann(shape.window)[:, None].astype(np.float32)
        # complementary to the last bit, so that the sum of both halves is exactly 1
        self._weights[hop:] = 1 - self._weights[:hop]
        self._tail, self._skip = np.zeros((hop, self.channels), np.float32), hop

    def _join(self, results):
        weighted, hop = results * self._weights, self._hop
        tails = np.concatenate([self._tail[None], weighted[:, hop:]])
        joined = (weighted[:, :hop] + tails[:-1]).reshape(-1, self.channels)
        self._tail = tails[-1]
        joined, self._skip = joined[self._skip:], max(self._skip - len(joined), 0)
        return joined

    def _finish(self):
        padding = np.zeros((self._hop + -self._read % self._hop, self.channels), np.float32)
        return np.concatenate([self._push(padding), self._run_queue()])


class Concat(_Windows):
    """Windows side by side: what the paper and both author releases do. Seams are audible: each border saw zeros."""

    def __init__(self, *arguments):
        super().__init__(*arguments, hop=arguments[1].window, lead=0)

    def _join(self, results):
        return results.reshape(-1, self.channels)

    def _finish(self):
        padding = np.zeros((-self._read % self.shape.window, self.channels), np.float32)
        return np.concatenate([self._push(padding), self._run_queue()])


class Full(Mode):
    """The whole sound in one pass, padded to a multiple of S. Memory grows with length, so there is a limit.

    Args:
        limit: int, samples.
    """

    def __init__(self, *arguments, limit: int):
        super().__init__(*arguments)
        self._limit, self._blocks = limit, []

    def _push(self, block):
        self._blocks.append(block)
        if self._read > self._limit:
            raise AudioDataError(f"mode \"full\" needs memory in proportion to length and takes at most {self._limit} "
                                 f"samples. Received: more than {self._read}. Use mode=\"overlap\", "
                                 "or raise `full_limit`.")
        return np.zeros((0, self.channels), np.float32)

    def _finish(self):
        if not self._read:
            return np.zeros((0, self.channels), np.float32)
        padding = np.zeros((-self._read % self.shape.multiple, self.channels), np.float32)
        whole = np.concatenate([*self._blocks, padding])
        self._blocks = []
        return self.run(whole[None], [0])[0]


MODES = {"overlap": Overlap, "concat": Concat, "full": Full}
