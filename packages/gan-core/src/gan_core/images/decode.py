"""One careful decoder: any common image file to uint8 (H, W, C), the way the picture is meant to be seen.

Pillow is the baseline. For JPEG its result is bit-identical to `tf.io.decode_jpeg(dct_method="INTEGER_ACCURATE")`;
the default method of TensorFlow is up to four grey levels away. Colour profiles (ICC) are not applied, as there.
"""

from __future__ import annotations

import io
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from PIL import Image

from gan_core.errors import ConfigError, DataError
from gan_core.images.background import WHITE, Background, hidden_as_white, over, parse_background

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
EXPECTED = "a JPEG, PNG, BMP, GIF, WebP or TIFF image"
BLANK = "found a picture of which nothing is visible (opacity 0 everywhere); expected something to see. Remove it."
MAX_PIXELS = 50_000_000

_ORIENTATION_TAG = 0x0112
_PHOTOMETRIC_TAG = 262  # of a TIFF: 0 for WhiteIsZero, which Pillow inverts in 8 bits but not in 16
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = (5, 6, 7, 8)  # orientations that exchange height and width
_GRAY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "I;16N", "F")
_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"BM": "BMP", b"GIF8": "GIF", b"RIFF": "WebP",
    b"II*\0": "TIFF", b"MM\0*": "TIFF", b"%PDF": "PDF", b"PK\x03\x04": "ZIP", b"\x1f\x8b": "gzip",
}
_pillow_limit = threading.Lock()


class ImageError(DataError):
    """One image that cannot be used; `reason` is the message without the path."""

    def __init__(self, path: str, reason: str):
        super().__init__(f"cannot read the image {path}: {reason}")
        self.path, self.reason = path, reason


class BadPixels(ValueError):
    """A picture that is whole but not what it should be; the text is the reason."""


def printable(path: str | os.PathLike) -> str:
    """The path on one line of a message: line breaks and undecodable bytes are escaped."""
    text = os.fspath(path)
    return text if text.isprintable() else ascii(text)


def decode_image(
    source: str | os.PathLike | bytes,
    *,
    channels: int = 3,
    background: Background = WHITE,
    refuse_blank: bool = False,
    max_pixels: int = MAX_PIXELS,
    name: str | None = None,
) -> np.ndarray:
    """The upright picture of one file as uint8.

    The format is found by content, not by the extension, and the size is checked in the header before any
    pixel is decoded. EXIF orientation is applied once. Transparent pixels are laid over `background`, or, in four
    channels, kept with their opacity, and white where nothing is visible; 16-bit values are scaled by 1/257, not
    clipped. 32-bit integer and float files declare no range: theirs is taken as the smallest of 0..1 (float only),
    0..255 and 0..65535 that holds all values. Of an animation or a multi-page file the first frame counts.

    Args:
        source: path, or the bytes of a file.
        channels: 3 for RGB, 1 for luminance (ITU-R 601), 4 for RGB and opacity (0 invisible, 255 opaque, as are files
            without opacity); gray and colour files are converted.
        background: "white", "black", "checker", "#rrggbb" or RGB of 0..255, shown where the picture is transparent.
        refuse_blank: whether a picture of which nothing is visible is an error: it would be learned as a blank.
        max_pixels: int, width times height above which a file is refused (decompression bombs).
        name: str, what error messages call `bytes`.

    Returns:
        uint8 (H, W, channels).

    Raises:
        ImageError: (a DataError) the file is missing, empty, truncated, damaged, too large, or no image.
        ConfigError: other channels or an unknown background.

    Example:
        >>> decode_image("bird.jpg").shape
        (600, 800, 3)
    """
    check_channels(channels, opacity=True)
    under = parse_background(background)
    return decode_as(source, lambda image: _to_array(image, channels, under, refuse_blank), max_pixels=max_pixels,
                     name=name)


def decode_as(source: str | os.PathLike | bytes, convert: Callable[[Image.Image], np.ndarray], *,
              max_pixels: int = MAX_PIXELS, name: str | None = None) -> np.ndarray:
    """What `convert` makes of the upright picture of one file; arguments and errors as those of `decode_image`.

    Args:
        source: path, or the bytes of a file.
        convert: called with the Pillow image. A `BadPixels` that it raises becomes an `ImageError` with the file's
            name.
        max_pixels: int.
        name: str, what error messages call `bytes`.
    """
    label, stream = _open_source(source, name)
    with stream:
        try:
            image = _open_image(stream, label, max_pixels)
            return convert(_upright(image))
        except ImageError:
            raise
        except BadPixels as error:
            raise ImageError(label, str(error)) from None
        except MemoryError as error:
            raise ImageError(label, "it does not fit into memory. Lower `max_pixels` or shrink the picture.") from error
        except Exception as error:  # damaged files make Pillow raise nearly anything
            found = _sniff(stream)
            raise ImageError(label, f"found truncated or damaged {found} data ({error}); expected {EXPECTED}. "
                                    "Copy or download it again, or remove it.") from error


class Header(NamedTuple):
    """What a file says about its picture before any pixel is decoded."""

    size: tuple[int, int]
    """(height, width) of the upright picture."""
    gray: bool
    """Whether it holds no colour."""


def read_header(source: str | os.PathLike | bytes, *, max_pixels: int = MAX_PIXELS, name: str | None = None) -> Header:
    """Size and kind of a picture from its header: a thousand files in a second.

    Args:
        source: path, or the bytes of a file.
        max_pixels: int, width times height above which a file is refused.
        name: str, what error messages call `bytes`.

    Raises:
        ImageError: as `decode_image`; damage behind the header is not noticed.

    Example:
        >>> read_header("bird.jpg")
        Header(size=(600, 800), gray=False)
    """
    label, stream = _open_source(source, name)
    with stream:
        try:
            image = _checked_header(stream, label, max_pixels)
            # A PNG without the chunk before its pixels would be decoded to look for one behind them.
            turned = image.format == "PNG" and "exif" not in image.info
            orientation = None if turned else _orientation(image)
        except ImageError:
            raise
        except Exception as error:  # damaged files make Pillow raise nearly anything
            raise ImageError(label, f"found a damaged {_sniff(stream)} header ({error}); expected {EXPECTED}. "
                                    "Copy or download it again, or remove it.") from error
    width, height = image.size
    return Header((width, height) if orientation in _SIDEWAYS else (height, width), image.mode in _GRAY_MODES)


def check_channels(channels: int, *, opacity: bool = False) -> None:
    """Refuse anything but 1 and 3, and 4 where `opacity` can be kept.

    Raises:
        ConfigError: another number.
    """
    if channels not in ((1, 3, 4) if opacity else (1, 3)):
        known = "1 (gray), 3 (RGB) or 4 (RGB and opacity)" if opacity else "1 (gray) or 3 (RGB)"
        lost = " Opacity cannot be kept here: transparent parts are laid over white." if channels == 4 else ""
        raise ConfigError(f"`channels` must be {known}. Received: channels={channels!r}.{lost}")


def _open_source(source: str | os.PathLike | bytes, name: str | None) -> tuple[str, BinaryIO]:
    if isinstance(source, bytes | bytearray | memoryview):
        return name or f"<{len(source)} bytes>", io.BytesIO(source)
    label = name or printable(source)
    return label, _open_file(Path(source), label)


def _open_file(path: Path, label: str):
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ImageError(label, f"found a directory; expected {EXPECTED}.")
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait forever
            raise ImageError(label, f"found a device, pipe or socket; expected {EXPECTED}.")
        return path.open("rb")
    except FileNotFoundError:
        what = "a link to a file that does not exist" if path.is_symlink() else "no such file"
        raise ImageError(label, f"found {what}; expected {EXPECTED}.") from None
    except (OSError, ValueError) as error:
        raise ImageError(label, f"it cannot be opened ({error}).") from error


def _open_image(stream, label: str, max_pixels: int) -> Image.Image:
    image = _checked_header(stream, label, max_pixels)
    if image.format == "PNG":  # decoding skips the checksums of the chunks; verify reads them, and needs a fresh start
        image.verify()
        image = _read_header(stream)
    image.load()
    # Into `info`, which turning the picture keeps.
    image.info["white_is_zero"] = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG) == 0
    return image


def _checked_header(stream, label: str, max_pixels: int) -> Image.Image:
    head = stream.read(16)
    if not head:
        raise ImageError(label, f"found an empty file (0 bytes); expected {EXPECTED}. Copy or download it again.")
    try:
        image = _read_header(stream)
    except Image.UnidentifiedImageError:
        found = _sniff(stream)
        if found.upper() in FORMATS:
            found = f"a damaged {found} header"
        raise ImageError(label, f"found {found}; expected {EXPECTED}.") from None
    width, height = image.size
    if width * height > max_pixels:
        raise ImageError(label, f"found {width} x {height} = {width * height / 1e6:.0f} million pixels; expected at "
                                f"most {max_pixels / 1e6:g} million. Shrink it, or raise `max_pixels` in Python.")
    return image


def _read_header(stream) -> Image.Image:
    stream.seek(0)
    with _pillow_limit:  # Pillow's own, global limit would warn or refuse before the caller's `max_pixels` is asked
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            return Image.open(stream, formats=FORMATS)
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _sniff(stream) -> str:
    """What the first bytes look like, for the error message."""
    stream.seek(0)
    head = stream.read(512)
    for signature, name in _SIGNATURES.items():
        if head.startswith(signature):
            return name
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<head")):
        return "an HTML page (a failed download?)"
    if text.startswith((b"<?xml", b"<svg")):
        return "XML or SVG text"
    if all(byte >= 32 or byte in b"\t\r\n" for byte in head):
        return "text"
    return f"an unknown format (first bytes {head[:4].hex(' ')})"


def _orientation(image: Image.Image) -> int | None:
    try:
        return image.getexif().get(_ORIENTATION_TAG)
    except Exception:  # a damaged EXIF block does not make the pixels unusable
        return None


def _upright(image: Image.Image) -> Image.Image:
    orientation = _orientation(image)
    # `transpose` keeps no EXIF block: what comes out cannot be rotated a second time.
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def _to_array(image: Image.Image, channels: int, background: Background, refuse_blank: bool) -> np.ndarray:
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        array, alpha = _wide_to_uint8(image)
        array = array[..., None]
    elif image.has_transparency_data or image.mode in ("PA", "LA", "La", "RGBA", "RGBa"):
        if image.mode in ("La", "RGBa"):  # premultiplied: divide first
            image = image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
        rgba = np.asarray(image.convert("RGBA"))
        array, alpha = rgba[..., :3], rgba[..., 3:]
    else:
        array, alpha = np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB")), None
        array = array.reshape(*array.shape[:2], -1)
    if alpha is not None:
        if refuse_blank and not alpha.any():
            raise BadPixels(BLANK)
        array = hidden_as_white(np.concatenate([convert_channels(array, 3), alpha], axis=-1))
    return np.ascontiguousarray(convert_channels(array, channels, background))


def _wide_to_uint8(image: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    values = np.asarray(image)
    key = image.info.get("transparency")
    alpha = None if key is None else np.where(values == key, 0, 255).astype(np.uint8)[..., None]
    if image.mode.startswith("I;16"):
        if image.info["white_is_zero"]:
            values = 65535 - values
        return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8), alpha
    low, high = values.min(), values.max()
    tops = (1, 255, 65535) if image.mode == "F" else (255, 65535)
    top = next((top for top in tops if high <= top), None)
    if not np.isfinite(values).all() or low < 0 or top is None:
        raise ValueError(f"values from {low} to {high}, where 0..65535 is the widest range read from mode {image.mode}")
    return np.round(values.astype(np.float64) * (255 / top)).astype(np.uint8), alpha


def convert_channels(image: np.ndarray, channels: int, background: Background = WHITE) -> np.ndarray:
    """A picture with other channels.

    Gray becomes RGB by repetition, RGB gray by ITU-R 601 luminance; what has no opacity becomes opaque, and what has is
    laid over `background` where it shall have none.

    Args:
        image: uint8 (H, W, 1, 3 or 4).
        channels: 1, 3 or 4.
        background: as in `decode_image`.

    Returns:
        uint8 (H, W, channels); the input itself if it has these channels already.
    """
    if image.shape[-1] == channels:
        return image
    if image.shape[-1] == 4:
        image = over(image, background)
    if channels == 1:
        return np.asarray(Image.fromarray(image).convert("L"))[..., None]
    color = np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image
    return color if channels == 3 else np.concatenate([color, np.full_like(color[..., :1], 255)], axis=-1)
