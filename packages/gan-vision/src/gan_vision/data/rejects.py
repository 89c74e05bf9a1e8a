"""Decode many images, and decide what happens to the ones that cannot be used."""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from gan_core.errors import DataError, choose
from gan_core.images.decode import ImageError

SKIP_CEILING = 0.10
POLICIES = {"error": "stop, and list the rejects", "skip": "leave the rejects out, up to 10 %",
            "list": "leave the rejects out, however many, for a check"}
_SHOWN = 10
Item = TypeVar("Item")
Decoded = TypeVar("Decoded")


@dataclass(frozen=True)
class Reject:
    """A file that cannot be used, and why."""

    path: str
    reason: str


def decode_all(items: Iterable[Item], decode: Callable[[Item], Decoded]) -> Iterator[
        tuple[Item, Decoded | Reject]]:
    """Decode `items` on all processors, in order.

    Args:
        items: anything; read lazily, only a few ahead of what was yielded.
        decode: item -> what was read, raising ImageError.

    Yields:
        (item, what was read or Reject).
    """

    def attempt(item):
        try:
            return item, decode(item)
        except ImageError as error:
            return item, Reject(error.path, error.reason)

    workers = min(os.cpu_count() or 1, 8)
    pool, waiting = ThreadPoolExecutor(workers), deque()
    try:
        for item in items:  # a bounded window: submitting everything at once would hold every decoded picture
            waiting.append(pool.submit(attempt, item))
            if len(waiting) > 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def apply_policy(rejects: Sequence[Reject], total: int, on_bad: str, *, name: str) -> None:
    """Accept or refuse a data set with these rejects.

    Args:
        rejects: what could not be decoded.
        total: int, how many images were tried.
        on_bad: "error" refuses any reject; "skip" logs them, and refuses more than 10 %; "list" refuses none.
        name: str, the data set in messages.

    Raises:
        DataError: the policy refuses; the message lists the first rejects.
    """
    choose("on_bad", on_bad, POLICIES)
    if not rejects or on_bad == "list":
        return
    head = f"{len(rejects)} of {total} images of {name} cannot be used"
    table = "".join(f"\n  {reject.path}: {reject.reason}" for reject in rejects[:_SHOWN])
    if len(rejects) > _SHOWN:
        table += f"\n  ... and {len(rejects) - _SHOWN} more"
    if on_bad == "error":
        raise DataError(f"{head}:{table}\nRepair or remove them, or leave them out with on_bad='skip' (--on-bad "
                        "skip).")
    if len(rejects) > SKIP_CEILING * total or len(rejects) == total:
        raise DataError(f"{head}, more than the {SKIP_CEILING:.0%} that on_bad='skip' leaves out:{table}\n"
                        "Repair or remove them: so many point to a wrong folder or a broken copy.")
    logging.getLogger(__name__).warning("%s and are left out:%s", head, table)
