"""The oracles import torchvision for weights and transforms that these tests never touch: an empty stand-in serves.

Only the session `oracles` collects this folder; its requirements are in the two text files beside this one.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

import pytest


class _Anything(type):
    """A class that stands for every name: may be called, subclassed and asked for attributes."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *args, **kwargs):
        return cls


class Anything(metaclass=_Anything):
    pass


class StandIn(types.ModuleType):
    __version__ = "0.0"
    __path__: list[str] = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.split(".")[0] == "torchvision":
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        pass


if importlib.util.find_spec("torchvision") is None:
    sys.meta_path.append(Finder())


def pytest_configure(config):
    config.addinivalue_line("markers", "oracles: compares with other implementations, in a session of its own")


def pytest_collection_modifyitems(items):
    for item in items:
        if "oracles" in item.path.parts:
            item.add_marker(pytest.mark.oracles)
