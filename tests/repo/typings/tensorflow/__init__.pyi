# The type checker ships partial stubs of TensorFlow that contradict code which runs: here everything of it is Any.
from typing import Any

def __getattr__(name: str) -> Any: ...
