"""The image files below a folder, in an order that every machine agrees on."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from gan_core.errors import DataError
from gan_core.images.decode import printable

EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def _sort_key(path: Path) -> tuple[str, str]:
    # Composed and decomposed accents sort alike, so a copy made on another system keeps its order.
    name = path.as_posix()
    return unicodedata.normalize("NFC", name), name


def list_images(root: str | os.PathLike) -> list[Path]:
    """All image files below `root`, at any depth, sorted by code point of the NFC-normalised relative path.

    Extensions .jpg .jpeg .png .bmp .gif .webp .tif .tiff in any case. Hidden files and folders (leading dot) are
    skipped; links are followed, every folder once, so that loops end.

    Args:
        root: a folder.

    Returns:
        Paths that start with `root`, at least one.

    Raises:
        DataError: `root` is missing or no folder, a sub-folder cannot be read, or there are no images.

    Example:
        >>> [path.name for path in list_images("photos")]
        ['a.jpg', 'b.png']
    """
    root, shown = Path(root), printable(root)
    if not root.is_dir():
        what = "it is a file" if root.exists() else "no such folder"
        raise DataError(f"cannot read the image folder {shown}: {what}. Pass an existing folder, as in folder:PATH.")

    def refuse(error: OSError):
        raise DataError(f"cannot read the folder {printable(error.filename)}: {error.strerror}. Check its permissions, "
                        "or move it out of the data set.")

    found, others, visited = [], 0, set()
    for folder, subfolders, files in os.walk(root, followlinks=True, onerror=refuse):
        status = os.stat(folder)
        identity = (status.st_dev, status.st_ino)
        if identity in visited:
            subfolders.clear()
            continue
        visited.add(identity)
        # Sorted: which of two links to a folder is visited first must not depend on the file system.
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in files:
            path = Path(folder, name)
            if name.startswith("."):
                continue
            # A dangling link is listed, so that it is reported; a pipe or a device is not an image file.
            if path.suffix.lower() in EXTENSIONS and (path.is_file() or not path.exists()):
                found.append(path)
            else:
                others += 1
    if not found:
        patterns = " ".join(f"**/*{extension}" for extension in EXTENSIONS)
        raise DataError(f"the folder {shown} has no images. Tried: {patterns} (in any case, hidden files skipped). "
                        f"Found: {others} other files. Pass the folder that holds the images.")
    return sorted(found, key=lambda path: _sort_key(path.relative_to(root)))
