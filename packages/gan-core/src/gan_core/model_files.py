"""Reads networks from `.keras` files of any origin: one door, which only known classes pass.

A `.keras` file is a zip archive of config.json (which classes to build, with which arguments), metadata.json and
model.weights.h5. Keras' own safe mode refuses Python code in it, but builds any class and fetches any function that a
name in the file leads to: a `Lambda` layer of a library's function, layers that open other files, layers that run
another framework's model. Here config.json is read first, and every name in it must be on a list.
"""

from __future__ import annotations

import functools
import importlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from gan_core.errors import DataError

LARGEST_CONFIG = 32 << 20  # bytes of config.json
LARGEST_FILE = 16 << 30  # bytes of all members together, unpacked
LARGEST_RATIO = 200  # unpacked : packed. Keras packs nothing; JSON packed by others reaches about 30
DEEPEST = 100  # nested objects of config.json

# Where the packages register their layers. What a file names decides which of these are imported, never what else is.
REGISTRIES = {"gan_core": "gan_core.layers", "gan_vision": "gan_vision.layers", "gan_audio": "gan_audio.layers",
              "gan_text": "gan_text.layers"}

# Layers that compute from their arguments and weights alone. Not among them: Lambda, TFSMLayer, TorchModuleWrapper,
# JaxLayer and FlaxLayer, which run code; StringLookup, IntegerLookup and TextVectorization, which read files; Pipeline
# and the random preprocessing layers that build others from names.
LAYERS = frozenset("""
    Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention Average
    AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop
    Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D
    Cropping1D Cropping2D Cropping3D Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense
    Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization
    GroupQueryAttention Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D
    MaxPooling3D Maximum MelSpectrogram Minimum MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization
    RNN RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom ReLU
    RepeatVector Rescaling Reshape Resizing STFTSpectrogram SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell
    Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells Subtract
    TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
""".split())
CLASSES = {  # module, as Keras writes it -> the classes that may be built from there
    "keras": frozenset({"Sequential", "Model", "DTypePolicy"}),
    "keras.models": frozenset({"Sequential", "Model", "Functional"}),
    "keras.src.models.functional": frozenset({"Functional"}),
    "keras.src.models.sequential": frozenset({"Sequential"}),
    "keras.dtype_policies": frozenset({"DTypePolicy", "DTypePolicyMap"}),
    "keras.layers": LAYERS,
    "keras.initializers": frozenset("""
        Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform
        Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer TruncatedNormal
        VarianceScaling Zeros""".split()),
    "keras.regularizers": frozenset({"L1", "L2", "L1L2", "OrthogonalRegularizer"}),
    "keras.constraints": frozenset({"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"}),
}
# Operations between layers (`x + y`, keras.ops.mean): only those of these modules, since keras.src.ops.core has loops
# and branches that take functions.
OPERATIONS = re.compile(r"keras\.src\.ops\.(numpy|nn|math|image|linalg)")
VALUES = ("__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__tuple__")
MEMBERS = ("config.json", "metadata.json", "model.weights.h5")


def load_network(path: Path | str, *, registered: bool = False):
    """A network from a `.keras` file, if it is made of nothing but layers that hold neither code nor paths.

    Allowed are the layers, operations, initialisers, regularisers, constraints and activations of Keras that compute
    from their arguments alone, and the classes that gan_core, gan_vision, gan_audio and gan_text register; those are
    imported as the file asks for them. What the model was compiled with is left out. Weights are read by Keras, which
    refuses links to other files.

    Args:
        path: the file; further members with names of their own may lie in it and are not read.
        registered: whether classes that this program has itself registered with Keras may be built, too.

    Returns:
        `keras.Model`, not compiled.

    Raises:
        DataError: the file is missing, damaged or too large, or names something that is not allowed; the message says
            what.

    Example:
        >>> generator = load_network("runs/00001/generator-best.keras")
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path} does not exist. Expected: a Keras model saved with model.save('name.keras').")
    config = _read_config(path)
    for place, found in _named(path, config):
        _check(path, place, found, registered)
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # a damaged file can fail at any point of the construction
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DataError(f"{path} is no Keras model that can be read: {reason}. "
                        "Save it again with model.save('name.keras').") from error


def _read_config(path: Path) -> dict:
    """config.json, after a look at the sizes of all members; nothing else is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            config = json.loads(archive.read("config.json"))
    except DataError:
        raise
    except Exception as error:  # zipfile alone raises eight kinds
        raise DataError(f"{path} is no Keras model that can be read: {error or type(error).__name__}. "
                        "Save it with model.save('name.keras').") from error
    if not isinstance(config, dict) or "class_name" not in config:
        raise DataError(f"{path} is no Keras model: its config.json describes none. "
                        "Save it with model.save('name.keras').")
    return config


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    missing = [name for name in ("config.json", "model.weights.h5") if name not in names]
    if missing:
        raise DataError(f"{path} is no Keras model: {' and '.join(missing)} are missing. "
                        "Save it with model.save('name.keras').")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: {twice[0]} is in the file twice. Save the model again.")
    kept = [name for name in names if name.startswith("assets")]
    if kept:
        raise DataError(f"{path} holds a file for one of its layers ({kept[0]}), which is not allowed. "
                        "Leave layers out that keep files, such as vocabularies.")
    total = sum(member.file_size for member in members)
    if total > LARGEST_FILE:
        raise DataError(f"{path} would take {total:,} bytes, more than the limit of {LARGEST_FILE:,}.")
    for member in members:
        if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
            raise DataError(f"{path}: {member.filename} would grow from {member.compress_size:,} to "
                            f"{member.file_size:,} bytes, more than {LARGEST_RATIO} times. Save the model again.")
    size = archive.getinfo("config.json").file_size
    if size > LARGEST_CONFIG:
        raise DataError(f"{path}: config.json has {size:,} bytes, more than the limit of {LARGEST_CONFIG:,}.")


def _named(path: Path, config: dict) -> Iterator[tuple[str, dict]]:
    """(where, object) for everything in a config that names a class or function.

    Left out is what the model was compiled with: `compile=False` drops it.
    """
    waiting = [("the model", {key: value for key, value in config.items() if key != "compile_config"}, 0)]
    while waiting:
        place, found, depth = waiting.pop()
        if depth > DEEPEST:
            raise DataError(f"{path}: objects are nested more than {DEEPEST} deep in its config.json. "
                            "Save a model with fewer models inside models.")
        if isinstance(found, dict):
            if "class_name" in found:
                inner = found.get("config")
                name = found.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
                place = f"the layer {name!r}" if isinstance(name, str) and depth else place
                yield place, found
            waiting += [(place, value, depth + 1) for value in found.values() if isinstance(value, dict | list)]
        else:
            waiting += [(place, value, depth + 1) for value in found if isinstance(value, dict | list)]


def _check(path: Path, place: str, found: dict, registered: bool) -> None:
    """Refuse an object of the config unless it is known to hold neither code nor paths."""
    name, module, key = found["class_name"], found.get("module"), found.get("registered_name")
    function = found.get("config") if name == "function" else None
    if function is None:
        allowed = isinstance(name, str) and _is_class_allowed(path, name, module, key, registered)
        what = f"{module}.{name}" if module else f"{name}"
        if key not in (None, name):
            what += f" (registered as {key!r})"
    else:  # Keras looks a function up by its own name, whatever it is registered as
        allowed = _is_function_allowed(path, function, module, key, registered)
        what = f"the function {module}.{function}"
    if not allowed:
        raise DataError(
            f"{path}: {what} in {place} is not allowed: only layers of Keras and of gan_core, gan_vision, gan_audio "
            "and gan_text that hold neither code nor paths are loaded. Save a model made of such layers, or load it in "
            "your own program and pass the model instead of the file.")


def _is_class_allowed(path: Path, name: str, module, key, registered: bool) -> bool:
    if name.startswith("__"):  # Keras' notation for values
        return name in VALUES
    if key not in (None, name):
        return _is_ours(path, key) or (registered and _is_registered(key))
    if module is None:
        return any(name in names for names in CLASSES.values())
    return isinstance(module, str) and (name in CLASSES.get(module, ()) or _is_operation(module, name))


def _is_function_allowed(path: Path, name, module, key, registered: bool) -> bool:
    if not isinstance(name, str) or key not in (None, "function", name):
        return False
    if ">" in name:
        return _is_ours(path, name) or (registered and _is_registered(name))
    return module in ("keras.activations", "builtins") and name in activations()


def _is_ours(path: Path, key) -> bool:
    """Whether a registered name is that of a class of the four packages, which is imported if it must be."""
    package, _, name = key.partition(">") if isinstance(key, str) else ("", "", "")
    if package not in REGISTRIES or not name:
        return False
    try:
        importlib.import_module(REGISTRIES[package])
    except ModuleNotFoundError as error:
        raise DataError(f"{path} holds layers of {package.replace('_', '-')}, which is not installed. "
                        f"Install it with `pip install {package.replace('_', '-')}`.") from error
    return _is_registered(key)


def _is_registered(key) -> bool:
    import keras

    return isinstance(key, str) and ">" in key and keras.saving.get_registered_object(key) is not None


def _is_operation(module: str, name: str) -> bool:
    if not OPERATIONS.fullmatch(module):
        return False
    import keras

    found = getattr(importlib.import_module(module), name, None)
    return isinstance(found, type) and issubclass(found, keras.Operation) and found.__module__ == module


@functools.cache
def activations() -> frozenset[str]:
    """The names of Keras' own activation functions."""
    import keras

    return frozenset(name for name in dir(keras.activations)
                     if callable(getattr(keras.activations, name)) and not name.startswith("_")
                     and name not in ("get", "serialize", "deserialize"))
