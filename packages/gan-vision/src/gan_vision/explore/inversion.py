"""The noise that a run's generator would make a given picture of, as nearly as it can."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import ConfigError
from gan_core.metrics.functional.paired import peak_signal_to_noise
from gan_core.progress import say
from gan_vision.explore.anchors import reads_text
from gan_vision.explore.own_pictures import asked_inputs, conditions_of, in_range
from gan_vision.image_run import ImageRun

if TYPE_CHECKING:
    import keras

    from gan_core.game.inversion import Features

BATCH = 64  # searches at a time
RANGES = {(-1.0, 1.0): "signed", (0.0, 1.0): "unit"}
FEATURES = "features"  # the layer of a discriminator that ends what looks at the picture


@dataclasses.dataclass(frozen=True)
class Inversion:
    """What was found for n pictures.

    Attributes:
        inputs: name -> array (n, ...): "latent" and the conditions, as `ImageRun.images_of` takes them.
        images: uint8 (n, height, width, channels), made of them.
        labels: n names of classes that were tried and won; None where there was nothing to try.
        restarts: int64 (n,), the number of the search that won.
        loss: float64 (n,), the least: mean squared difference of pixels of [0, 1], and of features by their weight.
        losses: float32 (steps + 1, n), of the search that won.
        rmse: float64 (n,), root mean squared difference of the bytes, as a share of the range.
        psnr: float64 (n,), in dB; infinite for equal pictures.
    """

    inputs: dict[str, np.ndarray]
    images: np.ndarray
    labels: tuple[str, ...] | None
    restarts: np.ndarray
    loss: np.ndarray
    losses: np.ndarray
    rmse: np.ndarray
    psnr: np.ndarray

    def facts(self) -> list[dict]:
        """What a JSON says of each picture; how far its noise lies from 0 tells whether the prior ever draws it."""
        return [{"found_label": None if self.labels is None else self.labels[index], "rmse": float(self.rmse[index]),
                 "psnr": float(self.psnr[index]) if np.isfinite(self.psnr[index]) else None,
                 "loss": float(self.loss[index]), "restart": int(self.restarts[index]),
                 "latent_norm": float(np.linalg.norm(self.inputs["latent"][index])),
                 "losses": self.losses[:, index].tolist()} for index in range(len(self.images))]


def invert_images(run: ImageRun, targets: np.ndarray, *, label: str | None = None, text: str | None = None,
                  restarts: int = 4, steps: int = 1000, feature_weight: float = 0.0,
                  encoder: keras.Model | None = None, raw: bool = False, seed: int = 0,
                  batch_size: int = BATCH) -> Inversion:
    """Search for the noise of pictures by gradient descent: of several searches, and of all classes, the best.

    Args:
        run: as `open_for` gives it.
        targets: uint8 (n, height, width, channels), at the size that the generator makes.
        label: their class by name or number, or attributes joined by "+"; by default every class is tried.
        text: their caption, for runs that read captions.
        restarts: int >= 1, searches of each picture and class.
        steps: int >= 0, of each search; 0 only with an encoder, whose answer is then taken as it is.
        feature_weight: float >= 0, of the difference in what the first discriminator sees.
        encoder: of `style_encoder`, whose noise the first search begins with.
        raw: whether to use the trained generator instead of its average.
        seed: int, of the starts.
        batch_size: searches at a time.

    Raises:
        ConfigError: an option out of range; attributes or a caption that are needed; a discriminator without features.

    Example:
        >>> found = invert_images(run, read_pictures(list_pictures(Path("cat.png")), run))
        >>> run.images_of(found.inputs)
    """
    from gan_core.game.inversion import find_latents

    if restarts < 1 or steps < 0 or (steps == 0 and encoder is None):
        raise ConfigError("`restarts` and `steps` must be at least 1 (`--steps 0` is for `--encoder`). "
                          f"Received: restarts={restarts}, steps={steps}.")
    if steps == 0:
        restarts = 1  # the others would be unsearched noise
    candidates = _candidates(run, label, text)
    count, tries = len(targets), len(candidates)
    conditions = {name: np.tile(np.concatenate([given[name] for _, given in candidates]),
                                (count, *[1] * (candidates[0][1][name].ndim - 1))) for name in candidates[0][1]}
    gan = run.gan
    start = None
    if encoder is not None:
        start = np.asarray(encoder(in_range(targets, run.value_range), training=False)).repeat(tries, axis=0)
    of = f" in {tries} classes" if tries > 1 else ""
    say(f"{count * tries * restarts:,} searches of {steps:,} steps ({count} pictures{of}, {restarts} of each)")
    found = find_latents(
        gan.sampling_network(gan.generator if raw else gan.sampler), (targets / 255).repeat(tries, axis=0),
        latent=gan.latent, conditions=conditions, steps=steps, restarts=restarts, start=start, seed=seed,
        output_range=RANGES[run.value_range],
        features=features_of(gan.discriminators[0], run) if feature_weight else None, feature_weight=feature_weight,
        batch_size=batch_size)
    rows = np.arange(count) * tries + found.loss.reshape(count, tries).argmin(axis=1)
    inputs = {"latent": found.latents[rows], **{name: values[rows] for name, values in conditions.items()}}
    images = run.images_of(inputs, raw=raw)
    difference = images.astype(np.float64) - targets
    return Inversion(
        inputs, images, tuple(candidates[row % tries][0] for row in rows) if tries > 1 else None,
        found.restarts[rows], found.loss[rows], found.losses[:, rows],
        np.sqrt((difference**2).mean(axis=(1, 2, 3))) / 255, peak_signal_to_noise(images, targets))


def features_of(discriminator: keras.Model, run: ImageRun) -> Features:
    """What a discriminator sees in pictures: the features that it returns, else its layer "features".

    Args:
        discriminator: with the input "sample".
        run: that it belongs to, for the message.

    Returns:
        (images (batch, ...) in the generator's range, conditions) -> tensors (batch, ...).

    Raises:
        ConfigError: it has neither.
    """
    import keras

    from gan_core.game.batch import call_discriminator

    answers = getattr(discriminator, "_outputs_struct", None)
    if isinstance(answers, Mapping) and FEATURES in answers:
        return lambda images, conditions: call_discriminator(discriminator, images, conditions, False).features
    if not any(layer.name == FEATURES for layer in discriminator.layers):
        raise ConfigError(f"`--features` needs a discriminator that shows its features. Received: {run.folder.path}, "
                          f"of the recipe {run.recipe.name}, which shows none. Leave it out.")
    sample = next(tensor for tensor in discriminator.inputs if tensor.name == "sample")
    seen = keras.Model(sample, discriminator.get_layer(FEATURES).output)
    return lambda images, conditions: [seen(images, training=False)]


def _candidates(run: ImageRun, label: str | None, text: str | None) -> list[tuple[str, dict[str, np.ndarray]]]:
    """(name, conditions of one picture): the one that was given, or all classes."""
    if label is not None or text is not None:
        return [(label or "", conditions_of(asked_inputs(run, 1, label=label, text=text)))]
    if reads_text(run):
        raise ConfigError(f"{run.folder.path} makes pictures of captions. Received: none. Give the picture's caption "
                          "by `--text`.")
    if run.labels is None:
        return [("", {})]
    if run.labels.attributes:
        raise ConfigError(f"{run.folder.path} makes pictures with attributes. Received: none. Give those of the "
                          f"picture by `--label`, as in `--label {'+'.join(run.labels.names[:2])}`.")
    return [(name, conditions_of(run.inputs(1, label=name))) for name in run.labels.names]
