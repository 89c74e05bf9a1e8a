"""Which layers normalise: clipping must spare them, and some do not go with a gradient penalty."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import keras

# These divide a kernel, not activations: the layer is an ordinary one.
_KERNEL_NORMALIZATIONS = ("Spectral", "WeightNorm")


def is_normalization(layer: keras.Layer) -> bool:
    """Whether `layer` normalises activations.

    Known by name, so that custom layers count as well: a class of the layer's ancestry is called
    `...Normalization` or `...Norm`.
    """
    names = [cls.__name__ for cls in type(layer).__mro__]
    return any(name.endswith(("Normalization", "Norm")) for name in names) and not any(
        kind in name for name in names for kind in _KERNEL_NORMALIZATIONS)


def normalizes_over_batch(layer: keras.Layer) -> bool:
    """Whether each output of `layer` depends on the other samples of the batch.

    Known by name: a class of the layer's ancestry has `BatchNorm` in its name and none has `Virtual`, whose
    statistics are those of a fixed reference batch.
    """
    names = [cls.__name__ for cls in type(layer).__mro__]
    return any("BatchNorm" in name for name in names) and not any("Virtual" in name for name in names)


def layers_of(network: keras.Model) -> list[keras.Layer]:
    """All layers of a network, nested ones included."""
    return list(network._flatten_layers(include_self=False))


def warn_of_batch_normalization(discriminators: Iterable[keras.Model]) -> list[str]:
    """Warn if a critic under a gradient penalty couples the samples of a batch.

    The penalty constrains the gradient of each sample's own score; batch normalisation makes every score depend on
    the whole batch (Gulrajani et al. 2017, arXiv:1704.00028, section 4).

    Args:
        discriminators: the networks that the penalty is applied to.

    Returns:
        The names of the layers found.

    Example:
        >>> warn_of_batch_normalization([critic])
        []
    """
    found = [layer.name for network in discriminators for layer in layers_of(network) if normalizes_over_batch(layer)]
    if found:
        warnings.warn(
            "A gradient penalty assumes that a critic scores each sample by itself, which batch normalisation breaks. "
            f"Found: {', '.join(found)}. Use LayerNormalization or GroupNormalization.", stacklevel=2)
    return found
