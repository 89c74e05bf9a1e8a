"""Examples: named fields over a source, and the ways out of it: batches, a split, a check, a sheet, a hash."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.images.resize import image_size
from gan_vision.data.example_source import Columns, ExampleSource
from gan_vision.data.fields.attributes import Attributes
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.kind import Kind, Origin
from gan_vision.data.fields.photo import Photo
from gan_vision.data.rejects import Reject
from gan_vision.data.row_choice import shuffled
from gan_vision.data.row_subset import RowSubset

if TYPE_CHECKING:
    from gan_core.data.loader import Loader
    from gan_vision.data.check_report import CheckReport
    from gan_vision.data.preparation import Preparation


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Examples:
    """Examples that each have the same named fields.

    Args:
        source: where they are; a mapping is taken as the columns of `Columns`.
        fields: name -> kind. "real" is what a generator shall learn to make, the others are its conditions.
        name: the data set, for messages.
        rejects: files that were left out.
        held_out: the source's own validation examples, if it has any.
        validation: fraction that `split` takes unless told otherwise.
        seed: int, the seed that `split` takes unless told otherwise.
        joined: name of what networks read -> the names of prepared fields that it is made of, side by side as channels:
            {"source": ("labels", "instances")}.

    Raises:
        ConfigError: there is no photo "real".
        DataError: no examples, or values that their kind cannot have: those of arrays in memory at once, others when
            they are gathered.

    Example:
        >>> pairs = Examples({"real": photos, "labels": maps}, {"real": Photo(3), "labels": LabelMap(35)})
        >>> train, validation = pairs.split(0.1, seed=0)
        >>> gan = GAN(generator, discriminator, objective, NoLatent(), prepare=train.prepare((-1, 1)))
        >>> gan.fit(train.loader(16, seed=0, flip=True).dataset(), steps_per_epoch=1000)
    """

    source: ExampleSource
    fields: Mapping[str, Kind]
    name: str = "examples"
    rejects: tuple[Reject, ...] = ()
    held_out: Examples | None = None
    validation: float = 0.1
    seed: int = 0
    joined: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        if not isinstance(self.fields.get("real"), Photo):
            raise ConfigError("`fields` must have a Photo called 'real': what a generator learns to make. "
                              f"Received: {dict(self.fields)}.")
        if isinstance(self.source, Mapping):
            object.__setattr__(self, "source", Columns(self.source))
        if not len(self.source):
            raise DataError(f"{self.name} has no examples.")
        origin, stored = Origin.of_rows(self.name), {}
        for name, kind in self.fields.items():
            column = self.source.field(name)
            if isinstance(column, np.memmap | RowSubset):
                if kind.is_map:
                    kind.checked(column[:0], name, origin)  # the form alone: values when they are gathered
                    continue
                column = np.asarray(column)
            if isinstance(column, np.ndarray | list | tuple):
                stored[name] = kind.checked(column, name, origin)
        if stored and isinstance(self.source, Columns):
            object.__setattr__(self, "source", self.source.replaced(stored))

    @classmethod
    def of_images(cls, images, labels=None, class_names: Sequence[str] = (), **options) -> Examples:
        """Pictures of one size with optional labels.

        Args:
            images: uint8 (n, height, width, 1, 3 or 4): an array, a memory map or rows of one.
            labels: whole numbers (n,), the classes; or numbers (n, k), attributes of 0 or 1; or None.
            class_names: the names of the classes or attributes.
            **options: `name`, `rejects`, ... of `Examples`.

        Example:
            >>> images = Examples.of_images(np.zeros((100, 32, 32, 3), np.uint8))
        """
        options.setdefault("name", "images")
        channels = images.shape[-1] if images.ndim == 4 and images.shape[-1] in (1, 3, 4) else 3
        columns: dict = {"real": images}
        fields: dict[str, Kind] = {"real": Photo(channels)}
        if labels is not None:
            if len(labels) != len(images):
                raise DataError(f"`labels` must be as many as the images of {options['name']}. "
                                f"Received: {len(labels)} labels, {len(images)} images.")
            columns["label"] = labels
            fields["label"] = label_kind(labels, class_names)
        return cls(Columns(columns, content_hash=options.pop("content_hash", None)), fields, **options)

    def __len__(self):
        return len(self.source)

    def __repr__(self):
        height, width, channels = self.image_shape
        labels = f", {len(self.class_names) or 'unnamed'} classes" if "label" in self.fields else ""
        others = "".join(f", {name}" for name in self.fields if name not in ("real", "label"))
        return f"<Examples {self.name}: {len(self)} images {height}x{width}x{channels}{labels}{others}>"

    # ------------------------------------------------------------------------------------------ what they are

    @functools.cached_property
    def spec(self) -> dict[str, tuple[tuple[int, ...], np.dtype]]:
        """Name -> (shape, dtype) of one stored value, of the fields that travel in batches.

        Raises:
            DataError: the maps of an example have several sizes.
        """
        names = [name for name, kind in self.fields.items() if not kind.stays_on_host]
        first = self.gather(np.zeros(1, np.int64), names)
        spec = {name: (first[name].shape[1:], first[name].dtype) for name in names}
        sizes = {name: spec[name][0][:2] for name in self.maps}
        if len(set(sizes.values())) > 1:
            raise DataError(f"all maps of {Origin.of_rows(self.name).row(0)} must have one size. Found: "
                            f"{', '.join(f'{name} {height} x {width}' for name, (height, width) in sizes.items())}. "
                            "Resize them alike when they are read.")
        return spec

    @property
    def maps(self) -> tuple[str, ...]:
        """The names of the fields that have pixels."""
        return tuple(name for name, kind in self.fields.items() if kind.is_map)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of "real"."""
        height, width, channels = self.spec["real"][0]
        return height, width, channels

    @property
    def channels(self) -> int:
        """1 for gray, 3 for RGB, 4 for RGB with opacity."""
        return self.image_shape[-1]

    @property
    def images(self) -> Any:
        """All values of "real", uint8 (n, height, width, channels): an array, or what is read when it is indexed."""
        return self.source.field("real")

    @property
    def labels(self) -> Any:
        """The classes int32 (n,) or attributes float32 (n, k) of the field "label"; None without it."""
        return self.source.field("label") if "label" in self.fields else None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes or attributes of "label"; empty if it has none."""
        kind = self.fields.get("label")
        return kind.names if isinstance(kind, ClassLabel | Attributes) else ()

    @property
    def content_hash(self) -> str | None:
        """SHA-256 (hex) of all bytes: equal content, equal hash, wherever it lies; None where a source does not say.

        That of a part of a set comes from the hash of the whole and the rows: nothing is read twice.
        """
        return self.source.content_hash

    def gather(self, rows, names: Sequence[str] | None = None) -> dict[str, Any]:
        """The stored values of some examples: name -> array (m, ...), or m tuples of texts for captions.

        Args:
            rows: int (m,), positions in 0..len-1.
            names: the fields; all by default.

        Raises:
            DataError: values that their kind cannot have; the message names the row or file.
        """
        names, rows = tuple(self.fields if names is None else names), np.asarray(rows)
        origin = Origin(self.name, lambda position: self.place(int(rows[position])))
        found = self.source.gather(rows, names)
        return {name: self.fields[name].checked(found[name], name, origin) for name in names}

    def place(self, row: int) -> str:
        """What a message calls an example."""
        return f"{self.source.place(row)} of {self.name}"

    # ------------------------------------------------------------------------------------------ ways out

    def check(self) -> CheckReport:
        """Read every example once: counts, sizes, classes, and the files that cannot be used."""
        from gan_vision.data.check_report import check_examples

        return check_examples(self)

    def sheet(self, rows=None, *, columns: int | None = None) -> np.ndarray:
        """Examples as one picture: the fields of each side by side, what is text printed beneath.

        Args:
            rows: int (m,); 16 from all over the set by default.
            columns: how many examples stand in a row of the sheet.

        Returns:
            uint8 (H, W) or (H, W, 3).
        """
        from gan_vision.data.preview import sheet

        return sheet(self, np.linspace(0, len(self) - 1, min(len(self), 16)).astype(int) if rows is None else rows,
                     columns=columns)

    def loader(self, batch_size: int, *, seed: int, flip: bool = False, crop: int | tuple[int, int] | None = None,
               shuffle: bool = True) -> Loader:
        """Endless batches of stored values, without captions: bytes and ids, for a GAN with `prepare(...)` of these.

        Args:
            batch_size: int, at most len(self).
            seed: int; batch k is a function of (seed, k).
            flip: bool; mirrors all maps of an example with probability 1/2, drawn anew in every epoch.
            crop: pixels, or (height, width): the same random part of all maps of an example.
            shuffle: bool.

        Raises:
            DataError: fewer examples than one batch.
        """
        from gan_core.data.loader import FetchedSource, Loader
        from gan_vision.data.geometry import JointGeometry

        names = tuple(self.spec)
        source = FetchedSource(lambda rows: self.gather(rows, names), len(self), self.spec,
                               JointGeometry(self.maps, self.image_shape[:2], flip=flip, crop=crop),
                               content_hash=lambda: self.content_hash)
        return Loader(source, batch_size, seed=seed, shuffle=shuffle, name=self.name)

    def prepare(self, value_range: tuple[float, float], *, dequantize: bool = False) -> Preparation:
        """The `prepare` of a GAN on these examples: it turns every field into what networks read, on the device.

        Args:
            value_range: (low, high) of the generator: what 0 and 255 of photos become.
            dequantize: spread the 256 levels of "real" over the range with noise, anew at every step.
        """
        from gan_vision.data.preparation import Preparation

        return Preparation(self.fields, value_range, ("real",) if dequantize else (), self.joined)

    def conditions(self, rows, value_range: tuple[float, float], *, real: bool = False) -> dict[str, np.ndarray]:
        """What a generator is asked for with some examples: every field but "real", as networks read it.

        Args:
            rows: int (m,).
            value_range: (low, high) of the generator.
            real: bool; True gives "real" too, for networks that read it.
        """
        names = [name for name, kind in self.fields.items() if (real or name != "real") and not kind.stays_on_host]
        prepared = self.prepare(value_range)(self.gather(rows, names)) if names else {}
        return {name: np.asarray(values) for name, values in prepared.items()}

    def select(self, rows: np.ndarray) -> Examples:
        """The examples at `rows`, int (m,), in that order; what lies on disk stays there."""
        return dataclasses.replace(self, source=self.source.select(np.asarray(rows)), held_out=None)

    def resized(self, size: int | tuple[int, int]) -> Examples:
        """The same examples with all maps at another size, resized each time they are asked for.

        Args:
            size: pixels, or (height, width); pictures are stretched to it.
        """
        from gan_vision.data.resized_source import ResizedSource

        sides = image_size(size)
        return dataclasses.replace(self, source=ResizedSource(self.source, self.fields, sides),
                                   held_out=None if self.held_out is None else self.held_out.resized(sides))

    def split(self, validation: float | None = None, seed: int | None = None) -> tuple[Examples, Examples | None]:
        """Training and validation examples: disjoint, together everything, the same for the same seed everywhere.

        A source with its own validation examples (`held_out`) gives those, whatever `seed` is.

        Args:
            validation: fraction in [0, 1), rounded to whole examples, at least one. 0 gives None as the second part.
            seed: int, selects which examples are held out.

        Raises:
            ConfigError: `validation` is out of range.
            DataError: fewer than two examples.
        """
        fraction = self.validation if validation is None else validation
        if not 0 <= fraction < 1:
            raise ConfigError(f"`validation` must be a fraction in [0, 1). Received: validation={fraction!r}.")
        if fraction == 0:
            return dataclasses.replace(self, held_out=None), None
        if self.held_out is not None:
            return dataclasses.replace(self, held_out=None), self.held_out
        if len(self) < 2:
            raise DataError(f"{self.name} has {len(self)} example, which cannot be split into training and "
                            "validation. Add some, or pass `validation`=0.")
        count = min(max(1, round(fraction * len(self))), len(self) - 1)
        order = shuffled(len(self), self.seed if seed is None else seed)
        return self.select(np.sort(order[count:])), self.select(np.sort(order[:count]))


def label_kind(labels, names: Sequence[str] = ()) -> ClassLabel | Attributes:
    """What labels are: attributes (n, k), or classes (n,)."""
    return Attributes(labels.shape[1], tuple(names)) if labels.ndim == 2 else ClassLabel(tuple(names))
