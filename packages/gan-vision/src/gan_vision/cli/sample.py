"""`gan-vision sample RUN`: pictures of a run, of a class if it knows classes. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.errors import ConfigError


def sample(run: Annotated[Path, Parameter(help="The run folder that `train` printed.")], /, *,
           count: Annotated[int, Parameter(name=["--count", "-n"])] = 64, out: Path | None = None,
           label: Annotated[tuple[str, ...], Parameter(negative="")] = (), seed: int = 0,
           raw: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Write samples of a run's averaged generator. Needs the run folder only, not the pictures.

    Args:
        count: How many.
        out: File to write: a picture (.png, .jpg, .webp, .bmp, .gif or .tif), or .npy for bytes (count, height,
            width, channels); samples.png by default.
        label: The class of all samples, by name or number, for conditional runs; by default a row of each class.
            Attributes can be given several times.
        seed: Of the noise.
        raw: Use the trained generator instead of its average.
    """
    from gan_core.cli import verbs
    from gan_core.images.sheet import FORMATS, check_suffix
    from gan_vision.cli.app import MODALITY
    from gan_vision.data.labels import Labels

    if out is not None:  # before the slow part
        check_suffix(out, (*FORMATS, ".npy"))

    def asked(config) -> dict:
        names = getattr(config, "classes", None)
        if names is None:
            raise ConfigError(f"`--label` is for conditional runs. Received: {run}, whose generator reads no label. "
                              "Leave it out, or train `conditional`.")
        return {"label": Labels(names, bool(config.attributes)).named(label, count)}

    verbs.sample(MODALITY, run, count=count, out=out, seed=seed, raw=raw, condition=asked if label else None)
