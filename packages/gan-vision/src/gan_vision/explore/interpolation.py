"""Ways between points of a generator's inputs: paths, closed walks, and the plane between four corners. Pure NumPy.

Inputs are what `ImageRun.inputs` gives: name -> array (k, ...), "latent" and the conditions. Noise is turned along the
sphere, since a normal prior has hardly any points inside: half way between two of 128 dimensions the norm is about 11.3
as that of the prior, straight across it is 8. Conditions of numbers (text vectors, attributes) go straight; a class
switches at the half way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from gan_core.errors import ConfigError, choose
from gan_core.metrics.functional.interpolation import lerp, slerp

Inputs = Mapping[str, np.ndarray]
How = Literal["lerp", "slerp"]
LATENT = "latent"
HOW = {"lerp": "straight", "slerp": "along the sphere"}
SMALLEST_SINE = 1e-6  # of an angle that has a plane to turn in
MOST_FRAMES = 2000  # pictures of one exploration, which are held in memory


def path(anchors: Inputs, frames: int, *, closed: bool = False, how: str = "slerp") -> dict[str, np.ndarray]:
    """Inputs on the way from anchor to anchor.

    Args:
        anchors: name -> array (k, ...), k >= 2.
        frames: int >= 2, of each stretch, both of its anchors included.
        closed: whether a last stretch leads back to the first anchor, which is not repeated.
        how: "slerp" turns latents along the sphere, "lerp" takes the straight way, as latents of a uniform prior need;
            latents on one line with the origin are joined straight.

    Returns:
        name -> array (m, ...) of the same dtypes, m = (k - 1)(frames - 1) + 1, or k (frames - 1) if closed. Anchor i is
        at i (frames - 1), to the last bit.

    Raises:
        ConfigError: fewer than two anchors or frames, too many frames, unequal lengths, or an unknown `how`.

    Example:
        >>> path({"latent": np.eye(2)}, 3)["latent"].round(2).tolist()
        [[1.0, 0.0], [0.71, 0.71], [0.0, 1.0]]
    """
    count = _count(anchors)
    check_way(count, frames, closed=closed)
    starts, ends, fractions = _stretches(count, frames, closed=closed)
    return between(_rows(anchors, starts), _rows(anchors, ends), fractions, how=how)


def stretches(count: int, frames: int, *, closed: bool = False) -> np.ndarray:
    """Which of the inputs of `path` belong to each stretch, both ends included.

    Returns:
        int (stretches, frames): rows of a sheet.

    Example:
        >>> stretches(2, 3, closed=True).tolist()
        [[0, 1, 2], [2, 3, 0]]
    """
    step, rows = frames - 1, count if closed else count - 1
    index = np.arange(rows)[:, None] * step + np.arange(frames)
    return index % (rows * step) if closed else index


def bilinear(corners: Inputs, rows: int, columns: int, *, how: str = "slerp") -> dict[str, np.ndarray]:
    """Inputs on the plane between four corners: down the two sides first, then across.

    Args:
        corners: name -> array (4, ...): top left, top right, bottom left, bottom right.
        rows: int >= 2.
        columns: int >= 2.
        how: as in `path`.

    Returns:
        name -> array (rows · columns, ...), row by row, of the same dtypes; the corners to the last bit. A class is
        that of the nearest corner.

    Raises:
        ConfigError: another number of corners, fewer than 2 rows or columns, or as `path`.

    Example:
        >>> bilinear({"latent": np.array([[0.0], [1.0], [2.0], [3.0]])}, 3, 2)["latent"][:, 0].tolist()
        [0.0, 1.0, 1.0, 2.0, 2.0, 3.0]
    """
    check_plane(_count(corners), rows, columns)
    down, across = np.linspace(0, 1, rows), np.linspace(0, 1, columns)
    left, right = (between(_rows(corners, np.full(rows, top)), _rows(corners, np.full(rows, top + 2)), down, how=how)
                   for top in (0, 1))
    index = np.arange(rows).repeat(columns)
    return between(_rows(left, index), _rows(right, index), np.tile(across, rows), how=how)


def between(start: Inputs, end: Inputs, fraction: np.ndarray, *, how: str = "slerp") -> dict[str, np.ndarray]:
    """Inputs a fraction of the way from `start` to `end`, row by row.

    Args:
        start: name -> array (m, ...).
        end: the same names and shapes.
        fraction: float (m,) of [0, 1]; at 0 and 1 the result is the end itself, to the last bit.
        how: as in `path`.

    Raises:
        ConfigError: an unknown `how`.
    """
    choose("way", how, HOW)
    return {name: _between(values, end[name], fraction, turned=name == LATENT and how == "slerp")
            for name, values in start.items()}


def usual_way(latent) -> How:
    """How latents of a prior are joined: straight for `Uniform`, whose cube has an inside; else along the sphere.

    Args:
        latent: the prior, as `gan.latent`.
    """
    from gan_core.game.latent import Uniform

    return "lerp" if isinstance(latent, Uniform) else "slerp"


def check_way(count: int, frames: int, *, closed: bool = False) -> int:
    """How many pictures `path` makes of so many anchors, known before the slow part.

    Raises:
        ConfigError: as `path`.
    """
    if count < 2:
        raise ConfigError(f"a way needs at least two anchors. Received: {count}. Give more seeds, labels or texts.")
    if frames < 2:
        raise ConfigError(f"`frames` must be at least 2, the two ends. Received: frames={frames}.")
    total = count * (frames - 1) if closed else (count - 1) * (frames - 1) + 1
    check_frames(total)
    return total


def check_plane(corners: int, rows: int, columns: int) -> None:
    """Make sure that `bilinear` can fill the plane, before the slow part.

    Raises:
        ConfigError: as `bilinear`.
    """
    if corners != 4:
        raise ConfigError(f"a grid has four corners. Received: {corners}. Give four seeds, labels or texts.")
    for name, value in (("rows", rows), ("columns", columns)):
        if value < 2:
            raise ConfigError(f"`{name}` must be at least 2. Received: {name}={value}.")
    check_frames(rows * columns)


def check_frames(count: int) -> None:
    """Make sure that so many pictures can be held in memory.

    Raises:
        ConfigError: they are more than 2,000.
    """
    if count > MOST_FRAMES:
        raise ConfigError(f"at most {MOST_FRAMES:,} pictures are made at once. Received: {count:,}. Ask for fewer, or "
                          "for a part at a time.")


def parts(inputs: Inputs, size: int) -> Iterator[dict[str, np.ndarray]]:
    """The inputs in parts of at most `size` rows."""
    for start in range(0, _count(inputs), size):
        yield {name: values[start:start + size] for name, values in inputs.items()}


def _count(inputs: Inputs) -> int:
    """How many rows all inputs have."""
    lengths = {name: len(values) for name, values in inputs.items()}
    if len(set(lengths.values())) != 1:
        raise ConfigError(f"all inputs must have one number of rows. Received: {lengths or 'none'}.")
    return next(iter(lengths.values()))


def _rows(inputs: Inputs, index: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.asarray(values)[index] for name, values in inputs.items()}


def _stretches(count: int, frames: int, *, closed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each frame: the anchor before it, the one after it, and how far it is."""
    step, rows = frames - 1, count if closed else count - 1
    starts, fractions = np.arange(rows).repeat(step), np.tile(np.arange(step) / step, rows)
    if not closed:
        starts, fractions = np.append(starts, rows - 1), np.append(fractions, 1.0)
    return starts, (starts + 1) % count, fractions


def _between(start: np.ndarray, end: np.ndarray, fraction: np.ndarray, *, turned: bool) -> np.ndarray:
    over_rows = fraction.reshape(-1, *[1] * (start.ndim - 1))
    if not np.issubdtype(start.dtype, np.floating):  # a class: there is nothing between two of them
        return np.where(over_rows < 0.5, start, end)
    a, b = (values.reshape(len(values), -1).astype(np.float64) for values in (start, end))
    moved = lerp(a, b, fraction)
    if turned and (angled := _angled(a, b)).any():
        moved[angled] = slerp(a[angled], b[angled], fraction[angled])
    moved = moved.reshape(start.shape).astype(start.dtype)
    return np.where(over_rows == 0, start, np.where(over_rows == 1, end, moved))


def _angled(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rows that are not on one line with the origin: sin w = |u - v| |u + v| / 2 of their directions u and v."""
    lengths = [np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b)]
    u, v = (x / np.where(length > 0, length, 1) for x, length in zip((a, b), lengths, strict=True))
    sine = np.linalg.norm(u - v, axis=1) * np.linalg.norm(u + v, axis=1) / 2
    return (sine >= SMALLEST_SINE) & (lengths[0][:, 0] > 0) & (lengths[1][:, 0] > 0)
