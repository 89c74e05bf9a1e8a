"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

Flag = Annotated[bool, Parameter(negative="")]
Mode = Literal["overlap", "concat", "full"]
SOURCES = "folder:ROOT, voicebank:ROOT, pairs:CLEAN,NOISY, damage:CLEAN, or synthetic."
Model = Annotated[Path | None, Parameter(name="--run", help="Run folder, or a .keras file that `export` wrote.")]
Models = Annotated[tuple[Path, ...], Parameter(name="--run", negative="", help="Run folder or .keras file; repeat it.")]
