# An optional extra, which the type check does not install.
from typing import Any

def __getattr__(name: str) -> Any: ...
