"""Sums of a generator's inputs, and one number of its noise varied. Pure NumPy; inputs are name -> array (k, ...)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import numpy as np

from gan_core.errors import ConfigError
from gan_vision.explore.interpolation import LATENT, Inputs, check_frames

FEW = 3  # samples of a group: the mean of fewer keeps what is their own


def combine(groups: Sequence[Inputs], weights: Sequence[float], *, renormalize: bool = False) -> dict[str, np.ndarray]:
    """The weighted sum of the means of groups: mean(A) - mean(B) + mean(C) with the weights 1, -1, 1.

    (Radford et al. 2016, section 6.3.2.) What all samples of all groups share, such as one class, one caption or one
    latent, stays as it is, so that either the noise or the captions are summed.

    Args:
        groups: of inputs, name -> array (k, ...), the same names in all; k may differ, and should be at least 3 where
            latents are summed.
        weights: of the groups.
        renormalize: whether to scale sums to the mean norm of the samples that went in. Without, means of latents are
            shorter than latents (by the root of k), and sums of captions longer than captions.

    Returns:
        name -> array (1, ...) of the same dtypes: the inputs of one picture.

    Raises:
        ConfigError: no group or an empty one, another number of weights, different inputs, or classes that differ.

    Example:
        >>> combine([{"latent": np.array([[1.0, 0.0], [3.0, 0.0]])}, {"latent": np.array([[0.0, 1.0]])}], [1, -1])
        {'latent': array([[ 2., -1.]])}
    """
    if not groups or len(groups) != len(weights):
        raise ConfigError("`groups` and `weights` must be equally many, at least one. Received: "
                          f"{len(groups)} groups, {len(weights)} weights.")
    shapes = [{name: np.shape(values)[1:] for name, values in group.items()} for group in groups]
    if any(shape != shapes[0] for shape in shapes):
        raise ConfigError(f"all groups must have the same inputs. Received: {shapes}.")
    for group in groups:
        if any(len(values) == 0 for values in group.values()):
            raise ConfigError("a group must hold at least one sample. Received: an empty one. Leave it out.")
    return {name: _combined(name, [np.asarray(group[name]) for group in groups], weights, renormalize=renormalize)
            for name in groups[0]}


def warn_of_few(groups: Mapping[str, int]) -> None:
    """Say which groups are too small for their mean to be more than one of their samples.

    Args:
        groups: name -> samples.
    """
    few = [f"{name} ({count})" for name, count in groups.items() if count < FEW]
    if few:
        logging.getLogger(__name__).warning(
            "the mean of fewer than %d samples keeps what is their own: %s. Give more seeds that show the same.", FEW,
            ", ".join(few))


def vary(inputs: Inputs, dimension: int, values) -> dict[str, np.ndarray]:
    """The inputs of one picture with one number of its latent set to each of `values`.

    Args:
        inputs: name -> array (1, ...), with a "latent".
        dimension: int of 0..n-1, counted over the latent's n numbers in the order of memory.
        values: numbers (m,).

    Returns:
        name -> array (m, ...) of the same dtypes.

    Raises:
        ConfigError: there is no latent or no such dimension, or the inputs are of several pictures.

    Example:
        >>> vary({"latent": np.zeros((1, 3))}, 1, [-2, 2])
        {'latent': array([[ 0., -2.,  0.],
               [ 0.,  2.,  0.]])}
    """
    count = {len(array) for array in inputs.values()}
    if LATENT not in inputs or count != {1}:
        raise ConfigError("`inputs` must be those of one picture, with a latent. Received: "
                          f"{ {name: np.shape(array) for name, array in inputs.items()} }.")
    values = np.asarray(values).reshape(-1)
    check_frames(len(values))
    latent = np.asarray(inputs[LATENT])
    if not 0 <= dimension < latent.size:
        raise ConfigError(f"`dimension` must be of 0..{latent.size - 1}. Received: dimension={dimension}.")
    varied = {name: np.repeat(array, len(values), axis=0) for name, array in inputs.items()}
    varied[LATENT].reshape(len(values), -1)[:, dimension] = values
    return varied


def _combined(name: str, groups: list[np.ndarray], weights: Sequence[float], *, renormalize: bool) -> np.ndarray:
    samples = np.concatenate(groups)
    if (samples == samples[:1]).all():
        return samples[:1]
    if not np.issubdtype(samples.dtype, np.floating):
        raise ConfigError(f"numbers can be summed, and `{name}` holds classes. Received: {np.unique(samples).tolist()}."
                          " Give all samples one class.")
    total = sum(weight * group.astype(np.float64).mean(axis=0, keepdims=True)
                for weight, group in zip(weights, groups, strict=True))
    if renormalize:
        norm = float(np.linalg.norm(total))
        if norm == 0:
            raise ConfigError(f"the sum of `{name}` is zero, which has no direction. Leave `renormalize` out.")
        total = total * (np.linalg.norm(samples.astype(np.float64).reshape(len(samples), -1), axis=1).mean() / norm)
    return np.asarray(total, samples.dtype)
