"""How real a run's discriminators take pictures to be, as logits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gan_core.errors import ConfigError
from gan_vision.image_run import ImageRun

BATCH = 64


def discriminator_logits(run: ImageRun, images: np.ndarray,
                         conditions: Mapping[str, np.ndarray] | None = None) -> np.ndarray:
    """The logit of each picture, in inference mode and without augmentation; of a map of logits the mean.

    Args:
        run: as `open_for` gives it.
        images: float32 (n, height, width, channels) in the generator's range, at its size.
        conditions: name -> array (n, ...): what the discriminators read beside them.

    Returns:
        float64 (n, discriminators). High means real; what that says, `meaning` tells.

    Raises:
        ConfigError: a condition is missing; the message names it.
    """
    from gan_core.game.batch import call_discriminator, input_names

    given, columns = dict(conditions or {}), []
    for network in run.gan.discriminators:
        names = input_names(network)
        missing = [name for name in names if name != "sample" and name not in given]
        if missing:
            option = f"--{missing[0]}" if missing[0] in ("label", "text") else f"`{missing[0]}`"
            raise ConfigError(f"the discriminator of {run.folder.path} judges pictures together with their "
                              f"{missing[0]}. Received: none. Give {option}.")
        logits = []
        for start in range(0, len(images), BATCH):
            part = slice(start, start + BATCH)
            answer = call_discriminator(network, images[part], {
                name: values[part] for name, values in given.items() if name in names}, training=False)
            logits.append(np.asarray(answer.logits, np.float64).reshape(len(images[part]), -1).mean(axis=1))
        columns.append(np.concatenate(logits))
    return np.stack(columns, axis=1)


def boundary_of(run: ImageRun) -> float | None:
    """The logit above which a picture is taken for real; None where only differences mean anything."""
    loss = run.gan.objective.adversarial
    return None if loss.relativistic else loss.boundary


def meaning(run: ImageRun) -> str:
    """What the logits of a run say, in one sentence."""
    from gan_vision.layers import MinibatchStandardDeviation

    loss, boundary = run.gan.objective.adversarial, boundary_of(run)
    if loss.relativistic:
        said = "logits of a relativistic game, which compares real with generated pictures: only differences count"
    elif boundary is None:
        said = "scores of a critic without a boundary: only differences count"
    else:
        said = f"logits: above {boundary:g} the discriminator takes a picture for real"
    layers = (layer for network in run.gan.discriminators for layer in network._flatten_layers(include_self=False))
    if any(isinstance(layer, MinibatchStandardDeviation) for layer in layers):
        said += "; it also sees how much the pictures of a batch differ, so that their choice matters a little"
    return said
