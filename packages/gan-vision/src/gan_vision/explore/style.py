"""The style encoder of a run: learned from its own pictures, kept in its folder, and what it is used for.

S is trained to give back the noise of generated pictures, E ‖z - S(G(z, c))‖² (Reed et al. 2016, arXiv:1605.05396,
section 4.4). G(S(x), c) then shows a condition c as the picture x is: its background, pose and colours, as far as the
condition does not say them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.files import whole_path, write_whole
from gan_core.progress import say, track
from gan_vision.explore.own_pictures import conditions_of, in_range, picture_shape
from gan_vision.image_run import ImageRun

if TYPE_CHECKING:
    import keras

FILE = "style-encoder.keras"  # in the run folder
STEPS = 1000
BATCH = 64
LEARNING_RATE = 2e-4
POOL = 512  # conditions that generated pictures get at random
JUDGED = 512  # new pictures that tell how well it has learned


def style_encoder(run: ImageRun, *, steps: int | None = None, seed: int | None = None) -> keras.Model:
    """The encoder in the run folder if it belongs to the run's newest checkpoint, else one trained now and kept.

    Args:
        run: as `open_for` gives it.
        steps: int >= 1, of its training: one of another number is trained anew. By default any is taken, or 1,000 are
            done.
        seed: of its training, likewise; by default any, or 0.

    Returns:
        Keras model: pictures (batch, height, width, channels) in the generator's range -> latents.

    Raises:
        ConfigError: pictures whose sides are no multiples of 16, or `steps` below 1.

    Example:
        >>> latents = style_encoder(run)(pictures)
    """
    from gan_core.model_files import load_network

    path = Path(run.folder.path) / FILE
    notes = _notes(path)
    wanted = {"step": run.step, "steps": steps, "seed": seed}
    if path.is_file() and all(value in (None, notes.get(name)) for name, value in wanted.items()):
        try:
            encoder = load_network(path)
        except DataError as error:  # an interrupted copy, another Keras: it can be had again
            say(f"{error} Training it anew.")
        else:
            if tuple(encoder.input_shape[1:]) == picture_shape(run):
                return encoder
    return train_style_encoder(run, steps=STEPS if steps is None else steps, seed=seed or 0)


def train_style_encoder(run: ImageRun, *, steps: int = STEPS, seed: int = 0) -> keras.Model:
    """Train the encoder on generated pictures of random noise and conditions, and keep it in the run folder.

    Adam with 2e-4 on batches of 64, as the generator samples: averaged, in inference mode. The same seed gives the
    same encoder.

    Args:
        run: as `open_for` gives it.
        steps: int >= 1.
        seed: int, of weights, noise and conditions.

    Returns:
        As `style_encoder`. RUN/style-encoder.json says of which step of the run it is, and what share of the noise's
        variance it does not find in new pictures: 0 is perfect, 1 is nothing.

    Raises:
        ConfigError: as `style_encoder`.
    """
    import keras
    import tensorflow as tf

    from gan_core.game.batch import call_network
    from gan_core.random import Stream
    from gan_vision.models.style_encoder import build_style_encoder

    if steps < 1:
        raise ConfigError(f"`--encoder-steps` must be at least 1. Received: encoder_steps={steps}.")
    gan = run.gan
    generator, latent = gan.sampling_network(gan.sampler), gan.latent
    height, width, channels = picture_shape(run)
    encoder = build_style_encoder((height, width), channels, latent=latent.shape, seed=seed)
    pool = {name: tf.constant(values) for name, values in conditions_of(run.inputs(POOL)).items()}
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    optimizer.build(encoder.trainable_variables)

    def drawn(stream, count):
        rows = stream.integers((count,), "conditions", POOL)
        noise = latent.sample(count, stream)
        conditions = {name: tf.gather(values, rows) for name, values in pool.items()}
        return noise, tf.cast(call_network(generator, {"latent": noise, **conditions}, False), tf.float32)

    @tf.function(jit_compile=False, autograph=False)
    def step(number):
        noise, images = drawn(Stream(seed, number, "style"), BATCH)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((noise - encoder(images, training=True)) ** 2)
        optimizer.apply(tape.gradient(loss, encoder.trainable_variables), encoder.trainable_variables)

    for number in track(range(steps), "training the style encoder"):
        step(tf.constant(number, tf.int64))
    noise, images = drawn(Stream(seed, 0, "style/judged"), JUDGED)
    guessed = encoder.predict(images, batch_size=BATCH, verbose=0)
    missed = float(np.mean((np.asarray(noise) - guessed) ** 2) / np.var(noise))
    say(f"style encoder: {steps:,} steps; of the noise's variance it finds {max(0.0, 1 - missed):.0%} in new pictures")
    _keep(encoder, Path(run.folder.path) / FILE,
          {"step": run.step, "steps": steps, "seed": seed, "missed_variance": missed})
    return encoder


def transferred(run: ImageRun, styles: np.ndarray, conditions: Mapping[str, np.ndarray], encoder: keras.Model, *,
                raw: bool = False) -> np.ndarray:
    """Every condition in the style of every picture: G(S(x), c).

    Args:
        run: as `open_for` gives it.
        styles: uint8 (n, height, width, channels), at the size that the generator makes.
        conditions: name -> array (m, ...), m >= 1 of what the generator reads beside the noise.
        encoder: of `style_encoder`.
        raw: whether to use the trained generator instead of its average.

    Returns:
        uint8 (m, n, height, width, channels).

    Raises:
        ConfigError: the run's generator reads nothing but noise.
    """
    check_conditions(run, conditions)
    latents = np.asarray(encoder(in_range(styles, run.value_range), training=False))
    count, number = len(next(iter(conditions.values()))), len(styles)
    repeated = {name: np.repeat(values, number, axis=0) for name, values in conditions.items()}
    images = run.images_of({"latent": np.tile(latents, (count, *[1] * (latents.ndim - 1))), **repeated}, raw=raw)
    return images.reshape(count, number, *images.shape[1:])


def check_conditions(run: ImageRun, conditions: Mapping[str, np.ndarray]) -> None:
    """Refuse a run that has nothing to transfer a style to.

    Raises:
        ConfigError: there are no conditions.
    """
    if not conditions:
        raise ConfigError(f"`style-transfer` shows labels or captions in the style of a picture. Received: "
                          f"{run.folder.path}, of the recipe {run.recipe.name}, whose generator reads neither. Use a "
                          "run with classes or captions, or `invert`.")


def _notes(path: Path) -> dict:
    try:
        notes = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return notes if isinstance(notes, dict) else {}


def _keep(encoder: keras.Model, path: Path, notes: dict) -> None:
    try:
        path.with_suffix(".json").unlink(missing_ok=True)  # notes of another encoder must not be found beside this one
        with whole_path(path) as temporary:
            encoder.save(temporary)
        write_whole(path.with_suffix(".json"), json.dumps(notes))
        say(f"style encoder: {path}")
    except OSError as error:
        say(f"the style encoder cannot be kept at {path}: {error.strerror or error}")
