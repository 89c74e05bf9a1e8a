"""Translate a picture, or every picture of a folder, from files to files."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.files import whole_file
from gan_core.images.decode import ImageError, convert_channels, decode_as, decode_image, printable
from gan_core.images.ids import Color, decode_ids
from gan_core.images.listing import list_images
from gan_core.images.resize import resize_image
from gan_core.images.sheet import save_image_grid
from gan_core.metrics.functional.paired import absolute_error, peak_signal_to_noise
from gan_core.progress import track
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.label_maps import connected_regions
from gan_vision.data.made_pairs import transparency
from gan_vision.data.pairs import DIRECTIONS
from gan_vision.data.rejects import Reject, decode_all
from gan_vision.translation.translator import Fitted, Translator

STRIPS = 16  # of the picture that shows what was made
STRIP_HEIGHT = 256  # pixels at most
SHOWN = 10


@dataclasses.dataclass(frozen=True)
class Reading:
    """What the files of a translation are.

    Args:
        pairs: "AtoB" or "BtoA" where each file is a pair side by side, whose one half is read and the other the target.
        targets: folder of the wanted pictures, by the same names; or None.
        make_source: whether files are plain pictures, of which the source is made as in training.
        instances: folder of instance maps by the same names, or "regions"; None where the network reads none.
        colors: RGB -> id, for label maps in colours.
    """

    pairs: str | None = None
    targets: Path | None = None
    make_source: bool = False
    instances: Path | str | None = None
    colors: dict[Color, int] | None = None


@dataclasses.dataclass
class Report:
    """What a translation of files did.

    Attributes:
        written: the files made.
        translated: how many files they were made of.
        rejects: the files that could not be read.
        strip: the picture input | output | target, or None.
        l1: mean absolute difference from the targets of one size, a share of the range; None without targets.
        psnr: the same in dB.
    """

    written: list[Path] = dataclasses.field(default_factory=list)
    translated: int = 0
    rejects: list[Reject] = dataclasses.field(default_factory=list)
    strip: Path | None = None
    l1: float | None = None
    psnr: float | None = None

    def refused(self) -> DataError | None:
        """The error that names the rejects, if there are any."""
        if not self.rejects:
            return None
        table = "".join(f"\n  {reject.path}: {reject.reason}" for reject in self.rejects[:SHOWN])
        more = f"\n  ... and {len(self.rejects) - SHOWN} more" if len(self.rejects) > SHOWN else ""
        total = len(self.rejects) + self.translated
        return DataError(f"{len(self.rejects)} of {total} files could not be translated; the others were:{table}"
                         f"{more}\nRepair or remove them, or pass --on-bad skip.")


@dataclasses.dataclass(frozen=True)
class Job:
    """One file to translate: where it is, its name inside the folder, and where the pictures made of it go."""

    path: Path
    name: str
    targets: tuple[Path, ...]


def jobs_of(source: Path, target: Path, *, variants: int = 1, overwrite: bool = False) -> list[Job]:
    """What is to be translated, and where to.

    Args:
        source: a file, or a folder, whose sub-folders are kept.
        target: a file for a file (a folder, if it is one or has no ending), a folder for a folder.
        variants: pictures made of each; above 1 they are numbered.
        overwrite: whether files that exist are replaced.

    Raises:
        DataError: no such file, or no pictures.
        ConfigError: it would write into its input, or over files that exist.
    """
    if variants < 1:
        raise ConfigError(f"`--variants` must be at least 1. Received: variants={variants}.")
    folder = source.is_dir()
    paths = list_images(source) if folder else [source]
    if not folder and not source.is_file():
        raise DataError(f"{printable(source)}: no such file or folder. Give a picture, or a folder of pictures.")
    names = [path.relative_to(source) if folder else Path(path.name) for path in paths]
    stems = [name.with_suffix("").as_posix().casefold() for name in names]
    jobs = []
    for path, name, stem in zip(paths, names, stems, strict=True):
        # Two files that differ in their ending alone keep it: neither may take the other's place.
        made = name if stems.count(stem) > 1 else name.with_suffix("")
        single = target if not folder and target.suffix and not target.is_dir() else None
        places = []
        for number in range(1, variants + 1):
            mark = f"-{number}" if variants > 1 else ""
            places.append(single.with_stem(single.stem + mark) if single is not None
                          else target / made.with_name(f"{made.name}{mark}.png"))
        jobs.append(Job(path, name.with_suffix("").as_posix(), tuple(places)))
    inside = source.resolve()
    for place in (place for job in jobs for place in job.targets):
        resolved = place.resolve()
        if resolved == inside or (folder and inside in resolved.parents):
            raise ConfigError(f"a translation never writes into its input. Received: {printable(place)}, inside "
                              f"{printable(source)}. Name another folder.")
    existing = [place for job in jobs for place in job.targets if place.exists()]
    if existing and not overwrite:
        raise ConfigError(f"{len(existing)} files are there already, {printable(existing[0])} among them. Name another "
                          "folder, or pass --overwrite.")
    return jobs


def translate_files(translator: Translator, jobs: Sequence[Job], reading: Reading | None = None, *, seed: int = 0,
                    batch_size: int = 8, strip: Path | None = None) -> Report:
    """Translate files: decoded ahead and written behind, pictures of one size together.

    Args:
        translator: what translates.
        jobs: of `jobs_of`; variant k of a picture has the noise of seed + k.
        reading: what the files are.
        seed: of the noise.
        batch_size: pictures of the size of training at a time.
        strip: file for a picture of the first ones: input | output | target.

    Returns:
        What was done; files that could not be read are in it.
    """
    reading, report, strips, distances = reading or Reading(), Report(), [], []
    waiting: dict[tuple[int, int], list[tuple[Job, _Read]]] = {}
    with ThreadPoolExecutor(2, "write") as pool:
        writing: list[Future] = []

        def make(group: list[tuple[Job, _Read]]) -> None:
            made: list[list[np.ndarray]] = [[] for _ in group]
            for number in range(len(group[0][0].targets)):
                for place, image in enumerate(translator.batch([read.fitted for _, read in group], seed=seed + number)):
                    made[place].append(image)
            for (job, read), images in zip(group, made, strict=True):
                writing.extend(map(lambda *one: pool.submit(_write, *one), job.targets, images))
                report.written.extend(job.targets)
                report.translated += 1
                if len(strips) < STRIPS and strip is not None:
                    strips.append((read.shown, *images[:4], *([] if read.target is None else [read.target])))
                if read.target is not None and read.target.shape == images[0].shape:
                    distances.append((absolute_error(read.target[None], images[0][None])[0],
                                      peak_signal_to_noise(read.target[None], images[0][None])[0]))
            while len(writing) > 4 * batch_size:  # a bounded queue: pictures wait for the disk, not in memory
                writing.pop(0).result()

        read_one = _reader(translator, reading)
        for job, found in track(decode_all(jobs, read_one), "translating", len(jobs)):
            if isinstance(found, Reject):
                report.rejects.append(found)
                continue
            group = waiting.setdefault(found.fitted.outer, [])
            group.append((job, found))
            height, width = found.fitted.outer  # large pictures go in smaller groups: memory is that of training
            if len(group) >= max(1, batch_size * math.prod(translator.size) // (height * width)):
                make(waiting.pop(found.fitted.outer))
            elif sum(map(len, waiting.values())) >= 4 * batch_size:  # many sizes: the largest group goes first
                make(waiting.pop(max(waiting, key=lambda size: len(waiting[size]))))
        for group in waiting.values():
            make(group)
        for future in writing:
            future.result()
    if strips and strip is not None:
        report.strip = _write_strip(strip, strips)
    if distances:
        report.l1, report.psnr = (float(np.mean(values)) for values in zip(*distances, strict=True))
    return report


# -------------------------------------------------------------------------------------------- one file


@dataclasses.dataclass(frozen=True)
class _Read:
    fitted: Fitted
    shown: np.ndarray
    """uint8 (height, width, 1 or 3): what a strip shows of the input."""
    target: np.ndarray | None


def _reader(translator: Translator, reading: Reading) -> Callable[[Job], _Read]:
    """Job -> what was read of it; raises ImageError."""
    labels = translator.conditions.get("labels")
    instances_of = _partner_finder(reading.instances, "instance map") if isinstance(reading.instances, Path) else None
    target_of = None if reading.targets is None else _partner_finder(reading.targets, "target")
    if "instances" in translator.conditions and reading.instances is None:
        raise ConfigError("this run reads instance maps beside label maps. Received: none. Pass --instances DIR, or "
                          "--instances regions to take connected regions of a class for objects.")

    def source(job: Job) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
        if isinstance(labels, LabelMap):
            ids = decode_ids(job.path, colors=reading.colors)
            if found := labels.unknown(ids):
                raise ImageError(printable(job.path), found)
            maps = {"labels": ids}
            if "instances" in translator.conditions:
                maps["instances"] = connected_regions(ids) if instances_of is None else decode_ids(
                    instances_of(job.name)).astype(np.uint16)
            return maps, None
        if reading.make_source and translator.kind == "silhouette":
            return {"source": decode_as(job.path, transparency)}, decode_image(job.path)
        picture = decode_image(job.path)
        if reading.pairs is None:
            return {"source": picture}, picture if reading.make_source else None
        if picture.shape[1] % 2:
            raise ImageError(printable(job.path), f"found {picture.shape[1]} x {picture.shape[0]} pixels; expected an "
                                                  "even width, A on the left and B on the right.")
        sides, (reads, makes) = np.split(picture, 2, axis=1), DIRECTIONS[reading.pairs]
        return {"source": np.ascontiguousarray(sides[reads])}, np.ascontiguousarray(sides[makes])

    def read(job: Job) -> _Read:
        maps, target = source(job)
        if target_of is not None:
            target = decode_image(target_of(job.name))
        try:
            fitted = translator.fitted(translator.read(maps), make_source=reading.make_source)
        except DataError as error:
            raise ImageError(printable(job.path), str(error)) from None
        if isinstance(labels, LabelMap):
            shown = labels.pictures(maps["labels"])
        else:
            shown = fitted.maps["source"]
            top, left, height, width = fitted.inner
            shown = shown[top:top + height, left:left + width]
        return _Read(fitted, shown, target)

    return read


def _partner_finder(folder: Path, what: str) -> Callable[[str], Path]:
    known = {path.relative_to(folder).with_suffix("").as_posix(): path for path in list_images(folder)}

    def find(name: str) -> Path:
        if name not in known:
            raise ImageError(name, f"found no {what} of this name in {printable(folder)}. Add it, or leave the picture "
                                   "out.")
        return known[name]

    return find


def _write(path: Path, image: np.ndarray) -> None:
    from PIL import Image

    from gan_core.images.sheet import FORMATS

    picture = Image.fromarray(image if image.shape[-1] == 3 else image[..., 0])
    with whole_file(path) as file:
        picture.save(file, format=FORMATS[path.suffix.lower()])


def _write_strip(path: Path, strips: Sequence[tuple[np.ndarray, ...]]) -> Path:
    """One row for each picture, its parts side by side, all of one size."""
    height, width = strips[0][1].shape[:2]
    scale = min(1.0, STRIP_HEIGHT / height)
    size = (max(1, round(height * scale)), max(1, round(width * scale)))
    rows = []
    for parts in strips:
        same = [resize_image(convert_channels(part, 3), size, fit="pad") for part in parts]
        rows.append(np.concatenate([piece for part in same for piece in (
            part, np.full((size[0], 2, 3), 255, np.uint8))][:-1], axis=1))
    return save_image_grid(path, np.stack([row for row in rows if row.shape == rows[0].shape]),
                           columns=1 if len(rows) < 4 else 2)
