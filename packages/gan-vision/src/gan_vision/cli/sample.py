"""`gan-vision sample RUN`: pictures of a run, of a class if it knows classes. Imports no TensorFlow."""

from __future__ import annotations

import collections
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter

from gan_core.cli import verbs
from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError
from gan_core.images.sheet import FORMATS
from gan_vision.growing_run import GrowingRun
from gan_vision.image_run import ARRAYS, ImageRun, rows_of
from gan_vision.recipes import RECIPES
from gan_vision.sample_folder import SamplePart, check_sample_folder, means_folder, write_samples
from gan_vision.text_to_image_run import TextToImageRun
from gan_vision.translation.translation_run import TranslationRun

Flag = Annotated[bool, Parameter(negative="")]
SHOWN = 20  # classes in a line


def sample(run: Annotated[Path, Parameter(help="The run folder that `train` printed.")], /, *,
           count: Annotated[int, Parameter(name=["--count", "-n"])] = 64,
           out: str | Path | None = None,  # a text first: a Path knows no slash at its end
           overwrite: Flag = False, label: Annotated[tuple[str, ...], Parameter(negative="")] = (),
           balance: Flag = False, text: Annotated[tuple[str, ...], Parameter(negative="")] = (),
           encoder: str | None = None, nearest_caption: Flag = False, level: int | None = None, seed: int = 0,
           raw: Flag = False, quiet: Quiet = False) -> None:
    """Write samples of a run's averaged generator. Needs the run folder only, not the pictures.

    gan-vision sample RUN -n 64 --out samples.png
    gan-vision sample RUN -n 10000 --out SAMPLES/

    A folder gets a file for each sample, 00000.png and so on, in a folder for each class or `text`, one class after the
    other in turn; `folder:SAMPLES` (`captions:SAMPLES` for runs on captions) reads them again. Sample 7 is the same
    however many there are.

    Args:
        count: How many; of each `text`.
        out: Picture to write (.png, .jpg, .webp, .bmp, .gif or .tif), or .npy for bytes (count, height, width,
            channels), or a folder, which ends in a slash or exists; samples.png by default.
        overwrite: Replace samples in a folder that holds some.
        label: The class of all samples, by name or number, for conditional runs; by default a row of each class.
            Attributes can be given several times.
        balance: Equally many samples of each class, also where that makes no full rows; the first classes get what is
            left over. Those in folders are, with or without.
        text: What the pictures shall show, for runs on captions; several make a row each, with the same noise. By
            default captions that the run was trained on.
        encoder: MODULE:FUNCTION, what made the vectors of captions that came with the data: texts -> numbers (n, k).
        nearest_caption: For such runs without that function: take the caption of the data that is most like `text`.
        level: Pixels of each side, for runs that grow: a level that is finished; by default the newest.
        seed: Of the noise.
        raw: Use the trained generator instead of its average.
        quiet: Show no progress.
    """
    from gan_core.progress import quietly

    verbs.refuse_no_samples(count)  # before the slow part
    folder = _folder(out, overwrite=overwrite)
    place = Path("samples.png" if out is None else out)
    with quietly(quiet):
        opened = verbs.open_run(RECIPES, run)
        if isinstance(opened, TextToImageRun):
            _refuse_beside_text(opened, label, level, balance=balance)
            if encoder is not None:
                from gan_vision.data.text_encoders import encoder_by_name

                opened.encoder = encoder_by_name(encoder)
            opened.nearest_caption = nearest_caption
        elif text or encoder or nearest_caption:
            raise ConfigError(f"`--text` is for runs on captions. Received: {run}, of the recipe "
                              f"{opened.recipe.name}. Train text_to_image.")
        further = {}
        if level is not None:
            if not isinstance(opened, GrowingRun):
                raise ConfigError(f"`--level` is for runs that grow (progan). Received: {run}. Leave it out.")
            further["level"] = level
        if folder is not None:
            options = {"count": count, "label": label, "balance": balance, "text": text, "encoder": encoder,
                       "nearest_caption": nearest_caption, "seed": seed, "raw": raw, **further}
            _write_folder(opened, folder, options, overwrite=overwrite)
        elif isinstance(opened, TextToImageRun):
            _sample_of_text(opened, text, count, place, seed=seed, raw=raw)
        elif isinstance(opened, TranslationRun):
            if balance:
                opened.condition_of(None, count, balance=True)  # refuses
            opened = verbs.open_run(RECIPES, run, data=True)  # pictures are made of pictures: of the held-out ones
            verbs.report_samples(opened, opened.generate(count, seed=seed, label=label or None, raw=raw), place)
        else:
            images = opened.generate(count, seed=seed, label=label or None, raw=raw, balance=balance, **further)
            _save(opened, images, opened.label_names(count, label=label or None, balance=balance), place)


def _folder(out: str | Path | None, *, overwrite: bool) -> Path | None:
    """The folder to write to; None where `out` is a file of a known format."""
    if out is not None and means_folder(out):
        return check_sample_folder(Path(out), overwrite=overwrite)
    if overwrite:
        raise ConfigError("`--overwrite` is for samples in a folder; a file is replaced without. Received: "
                          f"out={None if out is None else str(out)!r}. Leave it out, or end `--out` in a slash.")
    known = (*FORMATS, ARRAYS)
    if out is not None and Path(out).suffix.lower() not in known:
        raise ConfigError(f"`path` must end in a picture format. Received: path={str(out)!r}. Use {', '.join(known)}, "
                          f"or {out}/ for a folder with a file for each sample.")
    return None


def _refuse_beside_text(run: TextToImageRun, label: tuple[str, ...], level: int | None, *, balance: bool) -> None:
    wrong = "label" if label else "level" if level is not None else "balance" if balance else None
    if wrong is not None:
        raise ConfigError(f"`--{wrong}` is not for runs on captions. Received: {run.folder.path}. Say it with "
                          "`--text`.")


def _save(run: ImageRun, images: np.ndarray, names: Sequence[str] | None, out: Path) -> None:
    """Write a sheet or an array, and say what is where."""
    from gan_core.progress import stdout

    if names is None:
        verbs.report_samples(run, images, out)
        return
    stdout().print(f"{len(images)} samples of step {run.step:,} -> {run.save_named(out, images, names)}\n"
                   f"{_in_order(names)}\n{_amounts(collections.Counter(names))}", markup=False)


def _sample_of_text(run: TextToImageRun, texts: tuple[str, ...], count: int, out: Path, *, seed: int,
                    raw: bool) -> None:
    """`count` pictures of each text, or one of each of so many captions of the training."""
    from gan_core.progress import stdout

    captions = list(texts) or run.texts(count)
    made = np.concatenate([run.generate(count, seed=seed, text=caption, raw=raw) for caption in texts]
                          or [run.generate(count, seed=seed, raw=raw)])
    run.save_captioned(out, made, captions)
    stdout().print(f"{len(made)} pictures of {len(captions)} captions at step {run.step:,} -> {out}", markup=False)


def _write_folder(run: ImageRun, folder: Path, options: Mapping, *, overwrite: bool) -> None:
    """A file for each sample."""
    from gan_core.progress import stdout
    from gan_vision.explore.exploration import command

    if isinstance(run, TranslationRun):
        raise ConfigError("a folder of samples is for runs that make pictures of noise. Received: "
                          f"{run.folder.path}, which translates pictures. Use `gan-vision translate "
                          f"{run.folder.path} IN OUT`.")
    count, seed, raw = options["count"], options["seed"], options["raw"]
    if isinstance(run, TextToImageRun):
        parts = [SamplePart(count, run.generate_batches(count, seed=seed, raw=raw, text=text),
                            run.names_by_number(count, text=text), folders=text is not None)
                 for text in dict.fromkeys(options["text"] or [None])]
    else:
        label = options["label"] or None
        if options["balance"]:
            run.condition_of(label, count, balance=True)  # refuses
        further = {"level": options["level"]} if "level" in options else {}
        parts = [SamplePart(count, run.generate_batches(count, seed=seed, label=label, raw=raw, **further),
                            run.names_by_number(count, label=label), folders=run.labels is not None)]
    words = command("sample", run, {**options, "out": f"{folder}/", "overwrite": True})  # it is there by then
    about = {"command": "sample", "run": str(run.folder.path), "recipe": run.recipe.name, "step": run.step,
             **{name: value for name, value in options.items() if value not in (None, ()) and value is not False},
             "repeat": shlex.join(words)}
    written = write_samples(folder, parts, about, captions=isinstance(run, TextToImageRun), overwrite=overwrite)
    amounts = "" if set(written) == {""} else f"\n{_amounts(written)}"
    stdout().print(f"{sum(written.values()):,} samples of step {run.step:,} -> {folder}{amounts}", markup=False)


def _in_order(names: Sequence[str]) -> str:
    """Which classes the samples are of, from the first to the last."""
    stretches = [name if size == 1 else f"{name} ({size})" for name, size in rows_of(names)]
    return f"in this order: {_listed(stretches)}"


def _amounts(counts: Mapping[str, int]) -> str:
    """How many there are of which class."""
    alike: dict[int, list[str]] = {}
    for name, number in counts.items():
        alike.setdefault(number, []).append(name)
    return "; ".join(f"{number:,} {'each ' if len(names) > 1 else ''}of {_listed(names)}"
                     for number, names in sorted(alike.items(), reverse=True))


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
