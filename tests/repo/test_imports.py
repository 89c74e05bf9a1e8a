"""Who may import whom, what is declared, what stays light, and which calls and names are not allowed anywhere."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {"gan-core": "gan_core", "gan-vision": "gan_vision", "gan-audio": "gan_audio", "gan-text": "gan_text"}
FILES = {package: sorted((ROOT / "packages" / package / "src" / module).rglob("*.py"))
         for package, module in PACKAGES.items()}
ALL_FILES = [(package, path) for package, paths in FILES.items() for path in paths]
HEAVY = ("tensorflow", "keras", "scipy", "matplotlib", "librosa", "sklearn", "numba", "tensorflow_datasets", "torch")
# distribution -> what it is imported as, where the two differ
IMPORT_NAMES = {"pillow": "PIL", "scikit-image": "skimage", "pyyaml": "yaml", "protobuf": "google"}
# Dependencies that are needed but nowhere imported by us.
NOT_IMPORTED = {"gan-core": {"tensorboard": "TensorFlow's summary writers import it"},
                "gan-vision": {"importlib-resources": "tensorflow-datasets imports it without declaring it"}}


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT / "packages")).split("/src/")[1]


def imported_by(path: Path) -> set[str]:
    """Full names of the modules that a file imports anywhere, also inside functions."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module)
    return found


def calls_in(path: Path):
    """(dotted name, call) of every call in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def declared_by(package: str) -> dict[str, str]:
    """Import name -> distribution, of everything that a package's pyproject.toml names, extras included."""
    project = tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in project.get("optional-dependencies", {}).values() for line in extra)]
    names = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower().replace("_", "-") for line in lines}
    return {IMPORT_NAMES.get(name, name.replace("-", "_")): name for name in names}


def test_the_four_packages_are_found():
    assert all(len(paths) > 10 for paths in FILES.values())


# ---------------------------------------------------------------------- direction

@pytest.mark.parametrize("package", PACKAGES)
def test_dependencies_point_one_way(package):
    """gan-vision, gan-audio and gan-text know gan-core; nobody knows anybody else."""
    allowed = {"gan_core", PACKAGES[package]}
    strangers = {(short(path), name) for path in FILES[package] for name in imported_by(path)
                 if name.split(".")[0] in set(PACKAGES.values()) - allowed}
    assert strangers == set()


ROOMS = {  # a room -> the rooms that it must not look into
    "layers": ("models", "data", "recipes", "cli"),
    "models": ("data", "recipes", "cli"),
    "data": ("models", "recipes", "cli"),
    "recipes": ("cli",),
}


@pytest.mark.parametrize("package", ["gan-vision", "gan-audio", "gan-text"])
@pytest.mark.parametrize("room", ROOMS)
def test_inside_a_package_imports_point_from_the_command_line_to_the_layers(package, room):
    module = PACKAGES[package]
    forbidden = tuple(f"{module}.{other}" for other in ROOMS[room])
    wrong = {(short(path), name) for path in FILES[package] if f"/{module}/{room}/" in str(path)
             for name in imported_by(path) if (name + ".").startswith(tuple(f"{place}." for place in forbidden))}
    assert wrong == set()


# game/gan.py is the game; what it is made of must not need it, nor the run that trains it.
BELOW_THE_GAME = ("losses", "regularizers", "auxiliary", "constraints", "augment", "layers", "data", "images",
                  "metrics/functional", "errors.py", "random.py", *(f"game/{part}.py" for part in (
                      "batch", "latent", "terms", "forward_pass", "objective", "averaging", "schedules", "mismatched_pairs",
                      "running_means", "sampling", "per_sample", "spectator", "optimizers")))


@pytest.mark.parametrize("part", BELOW_THE_GAME)
def test_the_parts_of_the_game_do_not_know_the_game(part):
    wrong = {(short(path), name) for path in FILES["gan-core"] if short(path).startswith(f"gan_core/{part}")
             for name in imported_by(path) if re.match(r"gan_core\.(game\.(gan|keras_training)|run|cli|testing)(\.|$)", name)}
    assert wrong == set()


# ---------------------------------------------------------------------- declared dependencies

@pytest.mark.parametrize("package", PACKAGES)
def test_every_third_party_import_is_declared(package):
    """The dependencies of a dependency may change without notice."""
    known = set(sys.stdlib_module_names) | {PACKAGES[package]} | set(declared_by(package))
    missing = {(short(path), name) for path in FILES[package] for name in imported_by(path) if name.split(".")[0] not in known}
    assert missing == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_declared_dependency_is_used(package):
    used = {name.split(".")[0] for path in FILES[package] for name in imported_by(path)}
    excused = NOT_IMPORTED.get(package, {})
    idle = {name for module, name in declared_by(package).items() if module not in used and name not in excused}
    assert idle == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_console_script_names_a_function(package):
    scripts = tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text())["project"]["scripts"]
    assert list(scripts) == [package]
    module, function = scripts[package].split(":")
    place = ROOT / "packages" / package / "src" / module.replace(".", "/")
    path = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    assert path.is_file(), f"{scripts[package]}: there is no {path}"
    assert function in {node.name for node in tree_of(path).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("package", PACKAGES)
def test_version_and_metadata_agree(package):
    """The module names its version without reading metadata at import: the two must not drift apart."""
    version = tomllib.loads((ROOT / "packages" / package / "pyproject.toml").read_text())["project"]["version"]
    (line,) = re.findall(r'^__version__ = "(.+)"$', FILES[package][0].parent.joinpath("__init__.py").read_text(), re.M)
    assert line == version == importlib.metadata.version(package)


# ---------------------------------------------------------------------- light imports

def light_modules(package: str) -> list[str]:
    """What must load no TensorFlow: the package, its command line, errors, settings, recipes, and the pure metrics.

    `layers` and `losses` are not among them: they are made of Keras classes and TensorFlow functions.
    """
    module = PACKAGES[package]
    light = re.compile(rf"{module}/(__init__|cli|errors|config|demo|check|cli/.*|recipes/.*|(run|data)/__init__|.*/config"
                       r"|run/(folder|signals|finding|history|metrics_file|run_report|doctor|device|recipe|recipe_settings"
                       r"|trained_run|recipe_training)|progress|image_run|text_run|enhancement/enhancement_run|metrics/functional/.*"
                       r"|data/(settings|sources)|(baselines|metrics|grammar|models)/__init__)\.py")
    return sorted(short(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                  for path in FILES[package] if light.fullmatch(short(path)))


@pytest.mark.slow
@pytest.mark.parametrize("package", PACKAGES)
def test_packages_command_lines_and_recipes_load_no_heavy_library(package, tmp_path):
    program = ("import importlib, json, sys\nfound = {}\nfor name in json.loads(sys.argv[1]):\n"
               "    importlib.import_module(name)\n"
               "    for heavy in json.loads(sys.argv[2]):\n"
               "        if heavy in sys.modules: found.setdefault(heavy, name)\n"
               "print(json.dumps(found))")
    modules = light_modules(package)
    assert PACKAGES[package] in modules
    done = subprocess.run([sys.executable, "-c", program, json.dumps(modules), json.dumps(HEAVY)], cwd=tmp_path,
                          capture_output=True, text=True, env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_has_its_home(package):
    """`__init__` resolves names on first use: a moved one would fail only then."""
    module = PACKAGES[package]
    for path in FILES[package]:
        if path.name != "__init__.py":
            continue
        homes = [ast.literal_eval(node.value) for node in tree_of(path).body if isinstance(node, ast.Assign)
                 and ast.unparse(node.targets[0]) == "_HOMES"]
        for home, names in (item for table in homes for item in table.items()):
            # A home is a module beside the file, or a full path below the package.
            places = [path.parent / home.replace(".", "/"), path.parents[len(path.parts) - path.parts.index(module) - 2]
                      / home.replace(".", "/")]
            files = [file for place in places for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()]
            assert files, f"{short(path)}: no module {home}"
            text = files[0].read_text()
            for name in names:
                assert re.search(rf"\b{name}\b", text), f"{short(path)}: {home} has no {name}"


# ---------------------------------------------------------------------- names and calls

def test_no_file_has_a_name_that_says_nothing():
    nothing = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [short(path) for _, path in ALL_FILES if nothing & set(path.relative_to(ROOT).with_suffix("").parts)] == []


def test_nothing_is_unpickled_evaluated_or_read_from_unsafe_yaml():
    found = []
    for _, path in ALL_FILES:
        found += [(short(path), name) for name in imported_by(path)
                  if name.split(".")[0] in ("pickle", "dill", "joblib", "marshal", "shelve", "cloudpickle", "torch")]
        for name, call in calls_in(path):
            pickled = [word for word in call.keywords if word.arg == "allow_pickle" and ast.unparse(word.value) != "False"]
            unsafe = [word for word in call.keywords if word.arg == "safe_mode" and ast.unparse(word.value) != "True"]
            if pickled or unsafe or name in ("eval", "exec", "__import__", "os.system", "yaml.load", "yaml.unsafe_load",
                                             "yaml.full_load", "torch.load", "keras.config.enable_unsafe_deserialization"):
                found.append((short(path), ast.unparse(call)))
    assert found == []


# One file, one reason. A new reader of binary files belongs here only after its limits are tested.
READERS = {
    "load_model": {
        "gan_core/model_files.py": "every network: only classes on its list, sizes looked at first, Keras' safe mode on",
    },
    "np.load": {
        "gan_core/data/array_files.py": "npy and npz files of a user: plain numbers, size checked against the header",
        "gan_core/metrics/feature_cache.py": "features that the cache itself has written",
        "gan_core/testing/saved.py": "arrays that the test itself has just saved",
        "gan_vision/data/digits.py": "the digits that come with the package",
        "gan_vision/data/storage.py": "decoded images that the cache itself has written",
        "gan_text/data/corpus.py": "a corpus that `prepare` has written: length checked against its manifest",
    },
    "h5py.File": {
        "gan_audio/data/cache.py": "waves that the cache itself has written",
        "gan_vision/data/checked_hdf5.py": "captioned pictures of a user: no links, nothing outside the file, sizes looked "
                                           "at first",
        "gan_vision/data/write_text_hdf5.py": "writes the file, and reads nothing",
    },
    "load_weights": {},
    "tf.saved_model.load": {},
}
READING = {"keras.saving.load_model": "load_model", "keras.models.load_model": "load_model",
           "np.load": "np.load", "numpy.load": "np.load", "np.memmap": "np.load", "h5py.File": "h5py.File",
           "np.lib.format.open_memmap": "np.load", "tf.saved_model.load": "tf.saved_model.load",
           "tf.keras.models.load_model": "load_model"}


@pytest.mark.parametrize("reader", READERS)
def test_binary_files_are_read_in_known_places_only(reader):
    found = {short(path) for _, path in ALL_FILES for name, _ in calls_in(path)
             if READING.get(name) == reader or (reader == "load_weights" and name.endswith(".load_weights"))}
    assert found == set(READERS[reader])


def test_no_import_of_a_package_sets_a_seed_or_a_policy():
    """Only functions may: a module-level call would change every program that imports us."""
    calls = ("set_random_seed", "set_seed", "np.random.seed", "set_global_policy", "set_dtype_policy", "os.environ")
    found = [(short(path), ast.unparse(node)) for _, path in ALL_FILES for node in tree_of(path).body
             if isinstance(node, ast.Expr | ast.Assign) and any(call in ast.unparse(node) for call in calls)
             and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    assert found == []
