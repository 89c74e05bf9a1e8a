"""`gan-vision translate RUN IN OUT`: a picture, or every picture of a folder, from a trained run."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.cli.app import Json, Quiet
from gan_core.errors import ConfigError

Flag = Annotated[bool, Parameter(negative="")]
Run = Annotated[Path, Parameter(help="The run folder that `train` printed.")]


def translate(run: Run, source: Path, target: Path, /, *, variants: int = 1, native: Flag = False,
              noise: Literal["on", "off"] | None = None, seed: int = 0, pairs: Flag = False,
              targets: Path | None = None, make_source: Flag = False, instances: str | None = None,
              colors: Path | None = None, style: Annotated[tuple[str, ...], Parameter(negative="")] = (),
              batch_size: int = 8, on_bad: Literal["error", "skip"] = "error", raw: Flag = False,
              overwrite: Flag = False, strip: bool = True, json: Json = False, quiet: Quiet = False) -> None:
    """Translate a picture, or every picture of a folder: any size, aspect and mode; sub-folders are kept.

    gan-vision translate RUN drawing.png photo.png
    gan-vision translate RUN DRAWINGS PHOTOS --variants 3

    Pictures are fitted as in training and the result brought back to their own size. Files that cannot be read are
    listed at the end, after all others are done; the exit code is then 3.

    Args:
        source: File or folder: what the run reads (drawings, label maps, ...).
        target: File or folder to write, as PNG; never inside the source.
        variants: Pictures made of each, of different noise.
        native: Keep the size of each picture, padded by reflection to what the network takes; a super-resolution run
            always does, after it has enlarged its input.
        noise: Whether the generator's dropout draws; by default as the run was trained.
        seed: Of the noise: a picture comes out the same alone and among others.
        pairs: Each file is a pair side by side, as `aligned:` has them: its source is read, the other half is the
            target.
        targets: Folder of the wanted pictures, by the same names, for the strip and the distance.
        make_source: The files are plain pictures, of which the source (edges, gray, a hole) is made as in training.
        instances: Folder of instance maps by the same names, or "regions" for connected regions of a class.
        colors: File of lines id,name,red,green,blue, for label maps in colours; by default that of the run.
        style: CLASS=NUMBER, the style of all objects of a class, for runs with an encoder of features; repeatable.
        batch_size: Pictures at a time.
        on_bad: error leaves with code 3 if a file could not be read, skip with 0; either way all others are translated.
        raw: Use the trained generator instead of its average.
        overwrite: Replace files that exist.
        strip: Also write TARGET-strip.png, the first pictures as input | output | target.
        json: Print JSON.
        quiet: Print nothing but errors.
    """
    from gan_core.cli.verbs import open_run
    from gan_core.progress import quietly, say, stdout
    from gan_vision.data.label_maps import read_colors
    from gan_vision.recipes import RECIPES
    from gan_vision.translation.files import Reading, jobs_of, translate_files
    from gan_vision.translation.translation_run import TranslationRun

    if batch_size < 1:
        raise ConfigError(f"`--batch-size` must be at least 1. Received: batch_size={batch_size}.")
    jobs = jobs_of(source, target, variants=variants, overwrite=overwrite)  # before the slow part
    opened = open_run(RECIPES, run)
    if not isinstance(opened, TranslationRun):
        raise ConfigError(f"`translate` is for runs that read pictures. Received: {run}, of the recipe "
                          f"{opened.recipe.name}. Train pix2pix, pix2pix_hd or resnet_translation.")
    if make_source and opened.kind is None:
        raise ConfigError("`--make-source` is for runs on edges:, gray:, small:, hole: or silhouette:. "
                          f"Received: {run}, trained on {opened.config.data}. Leave it out.")
    table = colors or opened.config.colors
    reading = Reading(pairs=opened.config.direction if pairs else None, targets=targets, make_source=make_source,
                      instances=_instances(instances, opened.config.instances),
                      colors=None if table is None else read_colors(table))
    with quietly(quiet):
        say("starting TensorFlow ...")
        translator = opened.translator(native=native, noise=None if noise is None else noise == "on", raw=raw)
        if style:
            translator.styles = _styled(translator.styles, style, run)
        report = translate_files(translator, jobs, reading, seed=seed, batch_size=batch_size,
                                 strip=_strip(target, folder=source.is_dir()) if strip and (
                                     source.is_dir() or pairs or targets) else None)
    if json:
        print(json_format.dumps({
            "run": str(run), "step": opened.step, "written": [str(path) for path in report.written],
            "rejects": [{"path": reject.path, "reason": reject.reason} for reject in report.rejects],
            "strip": None if report.strip is None else str(report.strip), "l1": report.l1, "psnr": report.psnr}))
    elif not quiet:
        stdout().print(f"{len(report.written)} pictures of step {opened.step:,} -> {target}", markup=False)
        if report.strip is not None:
            parts = "input | output | target" if report.l1 is not None else "input | output"
            stdout().print(f"{parts}: {report.strip}", markup=False)
        if report.l1 is not None:
            stdout().print(f"against the targets: L1 {report.l1:.4f} of the range, PSNR {report.psnr:.2f} dB",
                           markup=False)
    if (refused := report.refused()) is not None:
        if on_bad == "error" or not report.written:
            raise refused
        say(str(refused))


def _instances(given: str | None, trained: str | None) -> Path | str | None:
    """A folder, "regions", or None: as typed, else connected regions where the run was trained on such."""
    if given is None:
        return "regions" if trained == "regions" else None
    return given if given == "regions" else Path(given)


def _styled(styles, wanted: tuple[str, ...], run: Path):
    """The styles with a choice for some classes."""
    if styles is None:
        raise ConfigError(f"`--style` is for runs with an encoder of features. Received: {run}, which has none. Train "
                          "pix2pix_hd with --features 3.")
    chosen = {}
    for choice in wanted:
        kind, _, number = choice.partition("=")
        if not (kind.isdecimal() and number.isdecimal()):
            raise ConfigError(f"`--style` must be CLASS=NUMBER, such as 26=3. Received: {choice!r}.")
        chosen[int(kind)] = int(number)
    return styles.with_choice(chosen)


def _strip(target: Path, *, folder: bool) -> Path:
    """Beside what is written, never among it: the folder may be read again."""
    name = target.name if folder or not target.suffix else target.stem
    return target.with_name(f"{name}-strip.png")
