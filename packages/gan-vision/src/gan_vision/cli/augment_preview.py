"""`gan-vision augment-preview`: pictures as a discriminator sees them. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError


def augment_preview(*, data: Annotated[str, Parameter(help="folder:PATH, tfds:NAME[/split], npy:FILE, npz:FILE, "
                                                           "digits, cub:DIR; captions:DIR, hdf5:FILE, shapes.")],
                    out: Path = Path("augment-preview.png"),
                    preset: Annotated[tuple[str, ...], Parameter(negative="")] = (),
                    count: Annotated[int, Parameter(name=["--count", "-n"])] = 8,
                    size: int = 64, channels: int | None = None, seed: int = 0, data_dir: str | None = None,
                    quiet: Quiet = False) -> None:
    """Show what augmentation makes of pictures before a discriminator sees them: choose it by looking.

    gan-vision augment-preview --data folder:MY_PICTURES --preset keras_example --preset paper --preset diffaugment

    The first row has the pictures themselves, the next ones each preset at the probabilities 0.2, 0.5 and 0.8.

    Args:
        out: Picture to write. A JSON beside it holds the command that does it again.
        preset: keras_example or paper (those of --augment-preset), diffaugment (which changes every picture), or
            transforms: blit, geom, color, filter, noise, cutout, bg, bgc, bgcf, bgcfn, bgcfnc; repeatable, all of them
            by default.
        count: How many pictures.
        size: Pixels of each side.
        channels: 1 for gray, 3 for RGB, 4 with opacity; by default what the source has.
        seed: Of the choice of pictures, and of what is drawn.
        data_dir: Where TensorFlow Datasets looks.
        quiet: Show no progress.
    """
    from gan_core.progress import quietly, say, stdout
    from gan_vision.explore.augmentations import augmentation_sheet, augmented_rows, preview_presets
    from gan_vision.explore.exploration import PICTURES, check_out, options_as_words, write_exploration

    chosen = preview_presets(preset)
    if count < 1:
        raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")
    place = check_out(out, "augment-preview", kinds=PICTURES)
    with quietly(quiet):
        say("starting TensorFlow ...")
        from gan_core.run.device import start_tensorflow

        start_tensorflow(seed=seed)
        images = _pictures(data, size=size, channels=channels, limit=count, seed=seed, data_dir=data_dir)
        rows = augmented_rows(images, chosen, seed=seed)
        picture = augmentation_sheet(rows)
    about = {"command": "augment-preview", "data": data, "pictures": len(images), "size": size, "seed": seed,
             "rows": [{"preset": row.preset, "p": row.probability, "clipped": row.clipped} for row in rows]}
    options = {"data": data, "out": place, "preset": preset, "count": count, "size": size, "channels": channels,
               "seed": seed, "data_dir": data_dir}
    written, beside = write_exploration(place, picture, about,
                                        repeat=["gan-vision", "augment-preview", *options_as_words(options)])
    most = max(rows, key=lambda row: row.clipped)
    shown = "" if not most.clipped else (f"\nvalues beyond black and white are clipped in the picture alone: "
                                         f"{most.clipped:.0%} of them in the row {most.name!r}, less in others")
    stdout().print(f"{len(images)} pictures in {len(rows)} rows -> {written}{shown}\nhow to repeat it: {beside}",
                   markup=False)


def _pictures(data: str, *, size: int, channels: int | None, limit: int, seed: int, data_dir: str | None):
    """`limit` pictures of a source, uint8 (n, size, size, channels)."""
    from gan_vision.data.caption_sources import CAPTION_SOURCES, load_captioned
    from gan_vision.data.sources import SOURCES, load_images, parse_source

    scheme, _ = parse_source(data, SOURCES | CAPTION_SOURCES)
    if scheme in SOURCES:
        examples = load_images(data, size=size, channels=channels, limit=limit, seed=seed, data_dir=data_dir)
    else:
        examples = load_captioned(data, size=size, channels=channels or 3, limit=limit, seed=seed)
    return examples.gather(range(min(limit, len(examples))), ["real"])["real"]
