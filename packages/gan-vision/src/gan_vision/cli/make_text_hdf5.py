"""`gan-vision make-text-hdf5 SOURCE OUT.hdf5`: pictures, captions and their vectors into one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError

Flag = Annotated[bool, Parameter(negative="")]


def make_text_hdf5(data: str, out: Path, /, *, encoder: str | None = None, vectors: Path | None = None,
                   overwrite: Flag = False, quiet: Quiet = False) -> None:
    """Write the pictures of a folder with their captions, and the vectors of the captions, into one HDF5 file.

    gan-vision make-text-hdf5 captions:BIRDS birds.hdf5 --encoder my_encoder:encode
    gan-vision train gan_cls --data hdf5:birds.hdf5

    The captions lie in BIRDS/captions.csv, captions.tsv or captions.jsonl. An encoder is a function of your own that
    turns a list of n texts into numbers (n, k); without one, and without vectors, the file has captions alone.

    Args:
        data: captions:DIR.
        out: New file.
        encoder: module:function, from the current folder or an installed package. Its code runs.
        vectors: .npy file of numbers (captions, size), a row for each caption in the order of the captions file.
        overwrite: Replace OUT if it is there.
        quiet: Show no progress.
    """
    from gan_core.progress import quietly, stdout
    from gan_vision.data.captions_folder import captioned_pictures
    from gan_vision.data.sources import parse_source
    from gan_vision.data.text_encoders import encoder_by_name
    from gan_vision.data.write_text_hdf5 import write_text_hdf5

    _, place = parse_source(data, {"captions": "captions:DIR"})
    if encoder is not None and vectors is not None:
        raise ConfigError("`--encoder` and `--vectors` both give vectors. Received: "
                          f"encoder={encoder!r}, vectors={str(vectors)!r}. Keep one of them.")
    encode = None if encoder is None else encoder_by_name(encoder)
    with quietly(quiet):
        train, held_out = captioned_pictures(place, vectors=vectors)
        count = write_text_hdf5(out, train, held_out, encode=encode, overwrite=overwrite)
    pictures = f"{len(train):,} pictures" + (f" and {len(held_out):,} held out" if held_out else "")
    without = "" if encoder or vectors else ", without vectors"
    stdout().print(f"{pictures}, {count:,} captions{without} -> {out}", markup=False)
