"""Pre-emphasis, its inverse, and a high-pass: first-order filters over whole files or block by block.

Pre-emphasis flattens the spectrum of speech before a network sees it, p[n] = x[n] - c·x[n-1] with p[0] = x[0];
de-emphasis is the recursion y[n] = p[n] + c·y[n-1]. Both have memory: they are applied to the whole file before
windows are cut, and once to the joined output, never per window. De-emphasis amplifies the lowest frequencies by
1/(1-c), 26 dB for c = 0.95, so a small slow error of a network becomes a large one.
"""

from __future__ import annotations

import numpy as np

from gan_audio.errors import AudioConfigError


def check_coefficient(coefficient: float) -> float:
    """`coefficient` as a float.

    Raises:
        AudioConfigError: it is outside [0, 1); at 1 the inverse filter is not stable.
    """
    if not 0.0 <= coefficient < 1.0:
        raise AudioConfigError(
            f"`preemphasis` must lie in [0, 1). Received: preemphasis={coefficient}. Use 0.95, or 0 to switch it off."
        )
    return float(coefficient)


def recursion(samples: np.ndarray, coefficient: float, previous=0.0) -> np.ndarray:
    """y[n] = x[n] + c·y[n-1] along axis 0 in float64, without a loop over samples.

    1/(1 - c·z⁻¹) = (1 + c·z⁻¹)(1 + c²·z⁻²)(1 + c⁴·z⁻⁴)...: each factor is one vectorised addition and doubles the
    length of the impulse response, so 0.95 needs ten of them however long the sound is.

    Args:
        samples: float (time, ...).
        coefficient: float in [0, 1).
        previous: float or (...), y[-1].

    Returns:
        float64 (time, ...).
    """
    result = np.array(samples, dtype=np.float64)
    if not len(result) or coefficient == 0.0:
        return result
    result[0] += coefficient * np.asarray(previous)
    shift, gain = 1, float(coefficient)
    while shift < len(result) and gain > 1e-20:  # beyond that the response is below the rounding of float64
        result[shift:] += gain * result[:-shift]
        shift, gain = 2 * shift, gain * gain
    return result


def preemphasis(samples: np.ndarray, coefficient: float = 0.95, *, previous=0.0) -> np.ndarray:
    """p[n] = x[n] - c·x[n-1] along axis 0.

    Args:
        samples: float (time,) or (time, channels), a whole file.
        coefficient: float in [0, 1); 0 changes nothing.
        previous: float or (channels,), x[-1]: 0 at the start of a file.

    Returns:
        Array of the shape and float type of `samples`.

    Raises:
        AudioConfigError: `coefficient` is out of range.

    Example:
        >>> preemphasis(np.array([1.0, 2.0, 3.0, 4.0]))
        array([1.  , 1.05, 1.1 , 1.15])
    """
    return PreEmphasis(coefficient, previous)(np.asarray(samples))


def deemphasis(samples: np.ndarray, coefficient: float = 0.95, *, previous=0.0) -> np.ndarray:
    """y[n] = p[n] + c·y[n-1] along axis 0: the exact inverse of `preemphasis`.

    Args:
        samples: float (time,) or (time, channels), a whole file.
        coefficient: float in [0, 1).
        previous: float or (channels,), y[-1]: 0 at the start of a file.

    Returns:
        Array of the shape and float type of `samples`.

    Raises:
        AudioConfigError: `coefficient` is out of range.

    Example:
        >>> deemphasis(np.array([1.0, 1.05, 1.1, 1.15]))
        array([1., 2., 3., 4.])
    """
    return DeEmphasis(coefficient, previous)(np.asarray(samples))


class BlockFilter:
    """A causal filter that remembers where the last block ended, so that blocks give what the whole would."""

    def __call__(self, block: np.ndarray) -> np.ndarray:
        """Filter the next `block` (time, ...)."""
        raise NotImplementedError


class PreEmphasis(BlockFilter):
    """`preemphasis` of consecutive blocks.

    Args:
        coefficient: float in [0, 1).
        previous: float or (channels,), the sample before the first block.
    """

    def __init__(self, coefficient: float = 0.95, previous=0.0):
        self.coefficient, self._previous = check_coefficient(coefficient), previous

    def __call__(self, block):  # noqa: D102
        result = np.array(block)
        if len(block):
            result[1:] -= self.coefficient * block[:-1]
            result[0] -= self.coefficient * np.asarray(self._previous, result.dtype)
            self._previous = np.array(block[-1])
        return result


class DeEmphasis(BlockFilter):
    """`deemphasis` of consecutive blocks.

    Args:
        coefficient: float in [0, 1).
        previous: float or (channels,), the output before the first block.
    """

    def __init__(self, coefficient: float = 0.95, previous=0.0):
        self.coefficient, self._previous = check_coefficient(coefficient), previous

    def __call__(self, block):  # noqa: D102
        result = recursion(block, self.coefficient, self._previous)
        if len(result):
            self._previous = result[-1].copy()
        return result.astype(np.asarray(block).dtype, copy=False)


class HighPass(BlockFilter):
    """High-pass y[n] = a·(y[n-1] + x[n] - x[n-1]), a = exp(-2π·cutoff/rate): removes drift after de-emphasis.

    Args:
        cutoff: float, Hz; 20 leaves speech untouched.
        sample_rate: int, Hz.
    """

    def __init__(self, cutoff: float, sample_rate: int):
        if not 0 < cutoff < sample_rate / 2:
            raise AudioConfigError(
                f"`high_pass` must lie between 0 and half the sample rate ({sample_rate / 2:g} Hz). "
                f"Received: high_pass={cutoff}. Use 20, or None to switch it off."
            )
        self.pole = float(np.exp(-2 * np.pi * cutoff / sample_rate))
        self._input, self._output = 0.0, 0.0

    def __call__(self, block):  # noqa: D102
        if not len(block):
            return np.array(block)
        block = np.asarray(block)
        step = np.array(block, dtype=np.float64)
        step[1:] -= block[:-1]
        step[0] -= self._input
        result = recursion(self.pole * step, self.pole, self._output)
        self._input, self._output = np.array(block[-1], np.float64), result[-1].copy()
        return result.astype(block.dtype, copy=False)
