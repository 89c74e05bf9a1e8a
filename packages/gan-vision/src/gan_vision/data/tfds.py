"""TensorFlow Datasets that are already prepared on this machine; downloads happen only on request.

The encoded bytes go through `decode_image`, like those of any other source.
"""

from __future__ import annotations

import difflib
import importlib.util
import logging
import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError, DataError, MissingDependencyError
from gan_core.images.background import WHITE, Background, parse_background
from gan_core.images.decode import MAX_PIXELS, check_channels, decode_image
from gan_core.images.resize import image_size, resize_image
from gan_core.progress import track
from gan_vision.data.box_crop import BBOX, CROPS_BY_SOURCE, check_square, cut_to_box, resizing
from gan_vision.data.examples import Examples
from gan_vision.data.fields.attributes import Attributes
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.photo import Photo
from gan_vision.data.rejects import Reject, apply_policy, decode_all
from gan_vision.data.storage import Filled, store_examples


@dataclass(frozen=True)
class _Known:
    """What a data set needs beyond its features: its own validation split, a border, its labels, what prepares it."""

    validation: str | None = None
    border: int = 0
    attributes: str | None = None
    preparing_needs: tuple[str, ...] = ()


KNOWN = {
    "mnist": _Known("test", border=2),
    "fashion_mnist": _Known("test", border=2),
    "cifar10": _Known("test"),
    "celeb_a": _Known("validation", attributes="attributes"),
    "cats_vs_dogs": _Known(),
    "caltech_birds2011": _Known("test", preparing_needs=("cv2",)),
    "oxford_flowers102": _Known("validation", preparing_needs=("scipy",)),  # its test split is the largest part
}
PACKAGES = {"cv2": ("OpenCV", "opencv-python-headless"), "scipy": ("SciPy", "scipy")}  # module -> name, what to install
# (rows, columns) of the squares cut from the 218x178 pictures of CelebA.
CELEB_A_CROPS = {
    128: (slice(121 - 64, 121 + 64), slice(89 - 64, 89 + 64)),
    178: (slice(20, 198), slice(0, 178)),
}


def load_tfds(
    name: str,
    *,
    size: int | tuple[int, int],
    channels: int | None = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    validation: float = 0.1,
    limit: int | None = None,
    crop: str | int | None = None,
    square: str = "stretch",
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
    data_dir: str | os.PathLike | None = None,
    download: bool = False,
) -> Examples:
    """Images of a TFDS data set; options as in `load_images`.

    `name` is NAME[:version][/config][/split], as in "mnist", "cifar10/test", "cats_vs_dogs/train[:90%]". Without a
    split, "train" is read, and `held_out` becomes the source's validation or test split, or the end of "train" if
    it has no other (cats_vs_dogs: train[:90%] and train[90%:]). MNIST and Fashion-MNIST are padded by 2 black pixels
    to 32x32 unless 28 is asked for. CelebA is labelled with its 40 attributes.

    `crop` "bbox" cuts every picture to its box, where the set has a feature `bbox` (caltech_birds2011), and `square`
    says what becomes of crops at a border: see `crop_window`. For CelebA 128 cuts the face around row 121, column 89;
    178 the central square. TFDS looks in `data_dir`, else in $TFDS_DATA_DIR or ~/tensorflow_datasets; it downloads only
    if `download` is True.

    Returns:
        Examples whose "real" is uint8 (n, height, width, channels).

    Raises:
        ConfigError: an option that the set does not have.
        DataError: unknown name or split (close matches are named), not prepared, no image feature, bad images or boxes.
        MissingDependencyError: preparing the set needs another package.

    Example:
        >>> load_tfds("mnist", size=32, channels=1).images.shape
        (60000, 32, 32, 1)
    """
    if channels is not None:
        check_channels(channels, opacity=True)
    under = parse_background(background)
    check_square(square, crop)
    if crop not in (None, BBOX) and (not name.startswith("celeb_a") or crop not in CELEB_A_CROPS):
        _refuse_crop(crop, name)
    if limit is not None and limit < 1:
        raise ConfigError(f"`limit` must be at least 1. Received: limit={limit}.")
    builder, split = find_builder(name, data_dir)
    known = KNOWN.get(builder.name, _Known())
    if crop == BBOX and not _has_boxes(builder):
        _refuse_crop(crop, name)
    if download:
        _prepare(builder, known.preparing_needs)
    image_key, label_key, class_names = _features(builder, known)
    if channels is None:
        channels = {1: 1, 4: 4}.get(builder.info.features[image_key].shape[-1], 3)
    edge = known.border if image_size(size) != (28, 28) else 0

    keys = [key for key in (image_key, label_key, BBOX if crop == BBOX else None) if key is not None]
    fields: dict[str, Kind] = {"real": Photo(channels)}
    if label_key is not None:
        fields["label"] = Attributes.named(class_names) if known.attributes else ClassLabel(class_names)

    def decode(item) -> np.ndarray:
        position, data, _, box = item
        title = f"{builder.name} #{position}"
        image = decode_image(data, channels=channels, background=under, refuse_blank=True, name=title,
                             max_pixels=MAX_PIXELS)
        if box is not None:
            image = cut_to_box(image, _in_pixels(box, image), square=square, name=title)
        elif crop is not None:
            image = image[CELEB_A_CROPS[int(crop)]]
        if edge:
            image = np.pad(image, ((edge, edge), (edge, edge), (0, 0)))
            image[..., 3:] = 255  # the border is as opaque as the picture
        return resize_image(image, size, background=under, **resizing(fit, crop, square))

    def load(part: str, held_out: Examples | None = None) -> Examples:
        _check_split(builder, part)
        examples = _open_split(builder, part, keys, name)
        if limit is not None:
            examples = examples.take(limit)
        count = max(int(examples.cardinality()), 0)
        title = f"tfds:{builder.name}/{part}"

        def fill(append) -> Filled:
            items = ((position, example[image_key], _label(example, label_key), example[BBOX] if crop == BBOX else None)
                     for position, example in enumerate(_read(examples, builder)))
            rejects, total = [], 0
            decoded = track(decode_all(items, decode), f"decoding {title}", count or None)
            for (_, _, label, _), image in decoded:
                total += 1
                if isinstance(image, Reject):
                    rejects.append(image)
                else:
                    append(real=image, label=label)
            return Filled(rejects, total)

        settings = {"source": f"tfds:{builder.info.full_name}", "data_dir": str(builder.data_dir), "split": part,
                    "size": image_size(size), "fit": fit, "limit": limit,
                    "crop": [crop, square] if crop == BBOX else crop,
                    **({} if under == WHITE else {"background": under})}
        stored = store_examples(fill, count, fields, image_size(size), settings=settings,
                                fingerprint=lambda: _fingerprint(builder), cache=cache, memory_limit=memory_limit,
                                accept=lambda filled: apply_policy(filled.rejects, filled.total, on_bad, name=title))
        return Examples(stored.source, fields, title, tuple(stored.filled.rejects), held_out)

    if split is not None:
        return load(split)
    own = known.validation or next((part for part in ("validation", "test") if part in builder.info.splits), None)
    if validation == 0:
        return load("train")
    if own is not None:
        return load("train", held_out=load(own))
    percent = min(max(round(100 * (1 - validation)), 1), 99)
    return load(f"train[:{percent}%]", held_out=load(f"train[{percent}%:]"))


def find_builder(name: str, data_dir):
    """The builder, and the split if `name` ends in one."""
    import tensorflow_datasets as tfds

    parts = [part for part in name.split("/") if part]
    plain, _, version = parts[0].partition(":") if parts else ("", "", "")
    names = tfds.list_builders(with_community_datasets=False)  # the default would ask the network
    folder = Path(tfds.core.constants.DATA_DIR if data_dir is None else data_dir).expanduser()
    own = folder / plain  # where a data set of the user's own was prepared
    if plain not in names and not (re.fullmatch(r"\w+", plain) and own.is_dir()):
        close = difflib.get_close_matches(plain, names, n=5, cutoff=0.6)
        hint = f"Close names: {', '.join(close)}. " if close else ""
        raise DataError(f"unknown TFDS data set {plain!r}. {hint}Image data sets of the recipes: {', '.join(KNOWN)}.")
    configs = list(tfds.builder_cls(plain).builder_configs) if plain in names else sorted(
        {path.parents[1].name for path in own.glob("*/*/dataset_info.json")})  # NAME/config/version/
    known = f"Its configs: {', '.join(configs)}." if configs else "It has no configs."
    full = plain
    if len(parts) > 1 and parts[1] in configs:
        full += f"/{parts.pop(1)}"
    if version:
        full += f":{version}"
    if len(parts) > 2:
        raise DataError(f"cannot read tfds:{name}: expected tfds:NAME[/config][/split]. {known}")
    try:
        builder = tfds.builder(full, data_dir=folder)
    except Exception as error:  # builders run code of their own: missing modules, bad versions, ...
        raise DataError(f"TFDS cannot open {full!r}: {error}. {known} Install what the error names, or use "
                        "folder:PATH.") from error
    return builder, parts[1] if len(parts) > 1 else None


def _features(builder, known: _Known) -> tuple[str, str | None, tuple[str, ...]]:
    """Which features hold the image and the label, and the names of the classes."""
    import tensorflow_datasets as tfds

    features = dict(builder.info.features.items())
    images = [key for key, feature in features.items() if type(feature) is tfds.features.Image]
    image_key = "image" if "image" in images else images[0] if len(images) == 1 else None
    if image_key is None:
        raise DataError(f"tfds:{builder.name} must have one image per example. Found the features: "
                        f"{', '.join(f'{key} ({type(feature).__name__})' for key, feature in features.items())}.")
    dtype = np.dtype(features[image_key].np_dtype)
    if dtype not in (np.uint8, np.uint16):  # TFDS writes the bytes of a float as four 8-bit channels of a PNG
        raise DataError(f"tfds:{builder.name} must have images of uint8 or uint16. Found: {dtype} in the feature "
                        f"{image_key!r}. Prepare it with bytes, or save the images as npy:FILE.")
    if known.attributes:
        return image_key, known.attributes, tuple(sorted(features[known.attributes].keys()))
    if isinstance(features.get("label"), tfds.features.ClassLabel):
        return image_key, "label", tuple(features["label"].names)
    return image_key, None, ()


def _has_boxes(builder) -> bool:
    """Whether the set has one box for each picture, as shares of its height and width."""
    import tensorflow_datasets as tfds

    feature = dict(builder.info.features.items()).get(BBOX)
    form = getattr(feature, "bbox_format", None)  # which earlier versions do not have
    return isinstance(feature, tfds.features.BBoxFeature) and getattr(form, "name", "REL_YXYX") == "REL_YXYX"


def _refuse_crop(crop, name: str):
    raise ConfigError(f"`crop` must be {CROPS_BY_SOURCE}. Received: crop={crop!r} with source='tfds:{name}'. "
                      "Leave it out (--crop null).")


def _in_pixels(box: np.ndarray, image: np.ndarray) -> tuple[float, ...]:
    """(y0, x0, y1, x1) in pixels of shares of a picture's sides: thousandths, which give back what TFDS divided."""
    height, width = image.shape[:2]
    return tuple(np.round(np.asarray(box, np.float64) * (height, width, height, width), 3).tolist())


def _label(example: dict, key: str | None):
    if key is None:
        return None
    value = example[key]
    return np.array([value[name] for name in sorted(value)], np.float32) if isinstance(value, dict) else value


def _check_split(builder, split: str) -> None:
    known = list(builder.info.splits)
    if not known:  # not prepared: opening it says so
        return
    for term in split.split("+"):
        base = term.split("[")[0].strip()
        if base not in known and base != "all":
            close = difflib.get_close_matches(base, known, n=1, cutoff=0.5)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            raise DataError(f"tfds:{builder.name} has no split {base!r}. {hint}{_splits_line(builder)}")


def _splits_line(builder) -> str:
    splits = builder.info.splits.items()
    return "Its splits: " + ", ".join(f"{name} ({part.num_examples})" for name, part in splits) + "."


def _open_split(builder, split: str, keys: Sequence[str], name: str):
    """The examples of a split with these features, of which the first is left encoded."""
    import tensorflow_datasets as tfds

    # Nothing else is read, such as the masks of the birds.
    decoders = tfds.decode.PartialDecoding(dict.fromkeys(keys, True), decoders={keys[0]: tfds.decode.SkipDecoding()})
    try:
        return builder.as_dataset(split=split, shuffle_files=False, decoders=decoders,
                                  read_config=tfds.ReadConfig(try_autocache=False))
    except AssertionError as error:  # what TFDS raises for data that are not there
        place = Path(builder.data_dir)
        entries = place.parent.iterdir() if place.parent.is_dir() else ()
        others = sorted(entry.name for entry in entries if entry.is_dir())
        versions = f" Other versions: {', '.join(others)}; ask for tfds:{builder.name}:VERSION." if others else ""
        needs = "".join(f" (with {title}: pip install {package})" for title, package in map(
            PACKAGES.__getitem__, KNOWN.get(builder.name, _Known()).preparing_needs))
        raise DataError(f"tfds:{name} is not prepared. Looked in: {place}.{versions} Prepare it once{needs} with:\n"
                        f"  {prepare_command(builder)}\nor pass download=True (--download), or the right "
                        "data_dir (--data-dir).") from error
    except Exception as error:
        raise DataError(f"cannot read the split {split!r} of tfds:{builder.name}: {error}. "
                        f"{_splits_line(builder)}") from error


def _read(examples, builder):
    """Yield the examples as NumPy; a file that is damaged or gone is an error with a remedy."""
    import tensorflow as tf

    try:
        yield from examples.as_numpy_iterator()
    except tf.errors.OpError as error:
        reason = str(error.message).strip().splitlines()[0]
        raise DataError(f"cannot read the examples of tfds:{builder.info.full_name} in {builder.data_dir}: {reason} "
                        f"The files are damaged or incomplete: delete this folder and prepare it again with:\n"
                        f"  {prepare_command(builder)}") from error


def prepare_command(builder) -> str:
    """The shell command that downloads and prepares a builder's data where it was looked for."""
    config = f"/{builder.builder_config.name}" if builder.builder_config else ""
    levels = 3 if config else 2  # data_dir/NAME[/config]/version
    root = Path(builder.data_dir).parents[levels - 1]
    code = (f"import tensorflow_datasets as tfds; "
            f"tfds.builder({builder.name + config!r}, data_dir={str(root)!r}).download_and_prepare()")
    return f"python -c {shlex.quote(code)}"


def _prepare(builder, needs: Sequence[str] = ()) -> None:
    if not Path(builder.data_dir).is_dir():
        for module in needs:  # else TFDS would find out after the download
            if importlib.util.find_spec(module) is None:
                raise MissingDependencyError(_missing(builder, module))
    try:
        builder.download_and_prepare()
    except ImportError as error:  # TFDS raises it anew, without the name; a library that OpenCV lacks has none
        name = error.name or getattr(error.__cause__, "name", None) or next(iter(needs), str(error).splitlines()[0])
        raise MissingDependencyError(_missing(builder, name)) from error
    except Exception as error:  # network, checksum, disk
        logging.getLogger(__name__).debug("download_and_prepare failed", exc_info=True)
        raise DataError(f"TFDS could not prepare {builder.name!r}: {type(error).__name__}: {error}. "
                        f"Download it by hand from {builder.info.homepage or 'its home page'} and use folder:PATH, "
                        "or try again later.") from error


def _missing(builder, module: str) -> str:
    title, package = PACKAGES.get(module.split(".")[0], (module, module))
    others = ", or unpack the raw data and use cub:DIR, which needs nothing" if "birds2011" in builder.name else ""
    return (f"preparing tfds:{builder.name} needs {title}, and reading it does not. Install it once: "
            f"pip install {package}{others}.")


def _fingerprint(builder) -> str:
    folder = Path(builder.data_dir)
    files: Sequence[Path] = sorted(folder.iterdir()) if folder.is_dir() else []
    return "\n".join(f"{file.name} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
