"""What the explorations of a run have in common: opening it, pictures of its inputs, a file and how to repeat it.

Imports no TensorFlow until a run is opened.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError
from gan_core.files import whole_file, write_whole
from gan_core.images.sheet import FORMATS, TINY, image_grid, save_picture
from gan_core.progress import say, stage
from gan_vision.explore.animation import ANIMATION, save_animation
from gan_vision.explore.interpolation import Inputs, parts
from gan_vision.image_run import ARRAYS, ImageRun

BATCH = 64  # pictures at a time
PICTURES = tuple(suffix for suffix in FORMATS if suffix != ANIMATION)


def open_for(run: Path | str, verb: str, *, data: bool = False) -> ImageRun:
    """A run whose generator makes pictures of noise, opened to be explored.

    Args:
        run: its folder.
        verb: what is done with it, for the message.
        data: whether to read the run's data as well, as `run.data`.

    Raises:
        ConfigError: its generator reads no noise, as those that translate pictures.
        RunError: there is no run.
        CheckpointError: no checkpoint can be used.

    Example:
        >>> run = open_for("runs/00000-dcgan-digits", "interpolate")
    """
    from gan_core.run.folder import RunFolder
    from gan_vision.recipes import RECIPES
    from gan_vision.translation.translation_run import TranslationRun

    recipe, _ = RECIPES.of_run(RunFolder.open(run))
    if issubclass(recipe.run_class, TranslationRun):  # before the slow part
        raise ConfigError(f"`{verb}` is for runs that make pictures of noise. Received: {run}, of the recipe "
                          f"{recipe.name}, which translates pictures. Use `gan-vision translate {run} IN OUT`.")
    say("starting TensorFlow ...")
    opened = RECIPES.open_run(run, data=data)
    for complaint in opened.complaints:
        say(f"{complaint}: using {opened.saved.path.name}")
    if not opened.gan.latent.shape:
        raise ConfigError(f"`{verb}` is for runs that make pictures of noise. Received: {run}, of the recipe "
                          f"{recipe.name}, whose generator reads none. Use another run.")
    return opened


def pictures_of(run: ImageRun, inputs: Inputs, *, raw: bool = False) -> np.ndarray:
    """The pictures of given inputs, made in batches, so that only bytes are kept of many.

    Args:
        run: as `open_for` gives it.
        inputs: name -> array (n, ...), as `ImageRun.inputs` gives them.
        raw: whether to use the trained generator instead of its average.

    Returns:
        uint8 (n, height, width, channels).
    """
    batches = list(parts(inputs, BATCH))
    with stage(f"pictures of step {run.step:,}", sum(map(_count, batches)), brief=True) as advance:
        made = []
        for batch in batches:
            made.append(run.images_of(batch, raw=raw))
            advance(_count(batch))
    return np.concatenate(made)


def joined(inputs: Sequence[Inputs]) -> dict[str, np.ndarray]:
    """The rows of several inputs of the same names, one after the other."""
    return {name: np.concatenate([part[name] for part in inputs]) for name in inputs[0]}


def enlargement(images: np.ndarray) -> int:
    """How many pixels each pixel of images (n, height, width, channels) becomes in files, for at least 64 a side."""
    return -(-TINY // min(TINY, *images.shape[1:3]))


def sheet(images: np.ndarray, columns: int, **texts) -> np.ndarray:
    """`image_grid` of uint8 images (n, height, width, channels), tiny ones enlarged; `texts` are its options.

    Returns:
        uint8 (H, W) or (H, W, 3).
    """
    return image_grid(images, columns, scale=enlargement(images), **texts)


def check_out(out: Path | str, verb: str, *, kinds: Sequence[str] = (*PICTURES, ARRAYS),
              frames: int | None = None) -> Path:
    """The place to write to, before the slow part.

    Args:
        out: as it was asked for.
        verb: what is done, for the message.
        kinds: endings that the verb can write.
        frames: how many, where a folder can be given too.

    Raises:
        ConfigError: another ending, a file where a folder is asked for or the other way round, or a folder that holds
            anything but so many frames.
    """
    out = Path(out).expanduser()
    if frames is not None and not out.suffix:
        if out.exists() and not out.is_dir():
            raise ConfigError(f"`--out` must be a folder, or end in one of {', '.join(kinds)}. Received: {out}, which "
                              "is a file. Choose another.")
        _frames_in(out, frames)
        return out
    if out.suffix.lower() == ANIMATION not in kinds:
        raise ConfigError(f"`{verb}` writes no animation. Received: out={str(out)!r}. Use .png, or `interpolate` for a "
                          f"{ANIMATION}.")
    if out.suffix.lower() not in kinds:
        folder = "" if frames is None else ", or be a folder, which has no ending"
        raise ConfigError(f"`--out` must end in one of {', '.join(kinds)}{folder}. Received: out={str(out)!r}.")
    if out.is_dir():
        raise ConfigError(f"`--out` must be a file. Received: {out}, which is a folder. Choose another.")
    return out


def write_exploration(out: Path | str, picture: np.ndarray, about: Mapping, *, repeat: Sequence[str],
                      fps: float = 12.0) -> tuple[Path, Path]:
    """Write a picture, an animation, frames or an array, and beside it a JSON that says how it was made.

    Args:
        out: a picture (.png, ...) for one; for frames .gif for an animation that begins again and again, .npy for the
            array, or a folder for 0000.png, 0001.png, ...; `check_out` refuses others.
        picture: uint8 (height, width) or (height, width, 3) for one picture; (n, height, width, channels) for frames,
            which are enlarged to 64 pixels except in arrays.
        about: what the JSON shall hold; arrays become lists and paths texts.
        repeat: the words of the command line that does it again.
        fps: frames per second of an animation.

    Returns:
        The path of what was written, and that of the JSON: the same with the ending .json.

    Raises:
        ConfigError: an ending that does not fit, or a folder that holds anything but so many frames.
        OSError: a file cannot be written.

    Example:
        >>> write_exploration("grid.png", sheet(images, 8), {"seeds": [0, 1]}, repeat=["gan-vision", "grid", "RUN"])
        (PosixPath('grid.png'), PosixPath('grid.json'))
    """
    out = Path(out)
    if out.suffix.lower() == ARRAYS:
        with whole_file(out) as file:
            np.save(file, picture)
    elif picture.ndim < 4:
        save_picture(out, picture)
    elif out.suffix.lower() == ANIMATION:
        save_animation(out, picture, fps=fps, scale=enlargement(picture))
    else:
        _save_frames(out, picture)
    beside = out.with_name(f"{out.stem}.json") if out.suffix else out.with_name(f"{out.name}.json")
    content = {**about, "out": str(out), "repeat": shlex.join(map(str, repeat))}
    write_whole(beside, json.dumps(content, indent=2, ensure_ascii=False, default=_plain) + "\n")
    return out, beside


def command(verb: str, run: ImageRun, options: Mapping[str, object]) -> list[str]:
    """The words of the command line that does the same again.

    Args:
        verb: of `gan-vision`.
        run: it was done with.
        options: name as in Python -> value; True is a flag, None and False are left out, a list of numbers is one word
            with commas, and a tuple of texts repeats the option.

    Example:
        >>> command("vary", run, {"dimension": [3, 5], "label": ("cat",), "raw": False})
        ['gan-vision', 'vary', 'runs/00000-conditional', '--dimension=3,5', '--label=cat']
    """
    return ["gan-vision", verb, str(run.folder.path), *options_as_words(options)]


def options_as_words(options: Mapping[str, object]) -> list[str]:
    """The words of the options of a command line, as `command` writes them."""
    words = []
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif isinstance(value, tuple):
            words += [f"{option}={text}" for text in value]
        elif value is not None and value is not False:
            words.append(f"{option}={','.join(map(str, value)) if isinstance(value, list) else value}")
    return words


def _save_frames(folder: Path, frames: np.ndarray) -> None:
    """The frames as 0000.png, 0001.png, ..."""
    names = _frames_in(folder, len(frames))
    folder.mkdir(parents=True, exist_ok=True)
    scale = enlargement(frames)
    for name, frame in zip(names, frames, strict=True):
        save_picture(folder / name, image_grid(frame[None], 1, padding=0, scale=scale))


def _frames_in(folder: Path, count: int) -> list[str]:
    """The names of so many frames; a folder that exists may hold no other files."""
    names = [f"{number:04}.png" for number in range(count)]
    others = sorted({path.name for path in folder.iterdir()} - set(names)) if folder.is_dir() else []
    if others:  # a film made of the folder would go on with another walk
        raise ConfigError(f"a folder of {count} frames must hold nothing else. Received: {folder}, which holds "
                          f"{others[0]}. Empty it, or choose another.")
    return names


def _count(inputs: Inputs) -> int:
    return len(next(iter(inputs.values())))


def _plain(value):
    """What JSON does not know."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else str(value)
