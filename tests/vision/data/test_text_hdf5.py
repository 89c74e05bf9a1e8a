"""gan_vision.data.text_hdf5: five captions of a picture make one example, and only what lies in the file is read."""

import io
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pytest
from PIL import Image

from gan_core.errors import DataError
from gan_vision.data import load_text_hdf5
from gan_vision.data.checked_hdf5 import CheckedHdf5

CLASSES = {"red": ("fire", "rose"), "blue": ("sea", "sky")}
COLOURS = {"fire": (200, 10, 10), "rose": (250, 60, 90), "sea": (10, 20, 200), "sky": (90, 120, 250)}
SIZE = 3  # of the vectors
ON_DEMAND = pytest.mark.parametrize("memory_limit", [None, 0], ids=["in memory", "on demand"])


def png(colour, zeros=0):
    """The bytes of a picture; zeros at the end of a file do not change what it shows."""
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "PNG")
    return stream.getvalue() + bytes(zeros)


def jpeg(colour):
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(stream, "JPEG", quality=95)
    return stream.getvalue()


def vector(number, caption):
    return np.array([number, caption, 1], np.float64)


def write_group(parent, key, content, text, numbers=None, class_name=None):
    group = parent.create_group(key)
    group["img"] = content if isinstance(content, np.ndarray) else np.void(content)
    group["txt"] = text
    group["name"] = key
    if numbers is not None:
        group["embeddings"] = numbers
    if class_name is not None:
        group["class"] = class_name


def write(path, splits=("train",), *, vectors=True, classes=True, captions=5):
    """Two classes of two pictures with five captions each, in every split."""
    with h5py.File(path, "w") as file:
        for split in splits:
            parent = file.create_group(split)
            for class_name, images in CLASSES.items():
                for image in images:
                    number = sorted(COLOURS).index(image)
                    for caption in range(captions):
                        write_group(parent, f"image_0000{number}_{caption}", png(COLOURS[image], zeros=7),
                                    f"{image} of {split}, said in way {caption}\n",
                                    vector(number, caption) if vectors else None, class_name if classes else None)
    return path


@pytest.fixture
def archive(tmp_path):
    return write(tmp_path / "colours.hdf5")


def change(path, action):
    """Open a file to spoil it."""
    with h5py.File(path, "r+") as file:
        action(file)
    return path


def replace(group, name, value):
    """The action that gives a data set of a group another value; None takes it away."""
    def action(file):
        del file[group][name]
        if value is not None:
            file[group][name] = value

    return action


# ----------------------------------------------------------------------------------------------- what is read


@ON_DEMAND
def test_the_captions_of_a_picture_make_one_example(archive, memory_limit):
    examples = load_text_hdf5(archive, size=8, memory_limit=memory_limit)
    found = examples.gather([3, 0])
    assert len(examples) == 4
    assert found["captions"][1] == tuple(f"fire of train, said in way {k}" for k in range(5))
    assert (found["real"] == np.array([COLOURS["sky"], COLOURS["fire"]])[:, None, None]).all()
    assert found["text"].tolist() == [[[number, k, 1] for k in range(5)] for number in (3, 0)]
    assert found["label"].tolist() == [0, 1]
    assert examples.class_names == ("blue", "red")


def test_networks_read_the_mean_of_the_vectors(archive):
    found = load_text_hdf5(archive, size=8).conditions([1, 2], (-1, 1))
    assert found["text"].tolist() == [[1, 2, 1], [2, 2, 1]]


def test_the_bytes_of_a_picture_come_back_with_the_zeros_at_their_end(archive):
    checked = CheckedHdf5(archive)
    with checked.opened() as file:
        assert checked.image(file["train/image_00003_4"], "img") == png(COLOURS["sky"], zeros=7)


def test_bytes_may_be_a_row_of_numbers_and_a_jpeg(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        write_group(file.create_group("train"), "one", np.frombuffer(jpeg((90, 90, 90)), np.uint8), "gray")
    found = load_text_hdf5(tmp_path / "a.h5", size=8).gather([0])
    assert abs(found["real"].astype(int) - 90).max() <= 1


def test_a_key_without_the_number_of_a_caption_is_a_picture_of_its_own(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number, key in enumerate(["image_00012", "image_00011", "bird_10", "bird_9", "bird"]):
            write_group(file.require_group("train"), key, png((9, 9, 9)), f"text {number}")
    assert load_text_hdf5(tmp_path / "a.h5", size=8).source.field("captions") == [
        ("text 4",), ("text 3", "text 2"), ("text 1",), ("text 0",)]


def test_a_picture_with_fewer_captions_has_rows_of_zeros(archive):
    def remove(file):
        for k in (1, 3, 4):
            del file[f"train/image_00002_{k}"]

    found = load_text_hdf5(change(archive, remove), size=8).gather([2])
    assert found["text"].tolist() == [[[2, 0, 1], [2, 2, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]]
    assert len(found["captions"][0]) == 2


def test_equal_captions_are_both_kept(archive):
    change(archive, replace("train/image_00000_1", "txt", "fire of train, said in way 0"))
    assert load_text_hdf5(archive, size=8).gather([0])["captions"][0][:2] == ("fire of train, said in way 0",) * 2


def test_a_file_without_vectors_has_no_text_and_one_without_classes_no_labels(tmp_path):
    path = write(tmp_path / "a.hdf5", vectors=False, classes=False)
    assert set(load_text_hdf5(path, size=8).fields) == {"real", "captions"}


@pytest.mark.parametrize(("splits", "held_out"), [
    (("train", "valid", "test"), "valid"), (("train", "test"), "test"), (("train",), None)])
def test_the_held_out_part_is_valid_or_else_test(tmp_path, splits, held_out):
    found = load_text_hdf5(write(tmp_path / "a.hdf5", splits), size=8).held_out
    assert (None if found is None else found.gather([0])["captions"][0][0].split()[2][:-1]) == held_out


def test_classes_of_all_parts_are_numbered_together(tmp_path):
    path = write(tmp_path / "a.hdf5", ("train", "valid"))

    def rename(file):
        for key in file["valid"]:
            replace(f"valid/{key}", "class", "amber")(file)

    train = load_text_hdf5(change(path, rename), size=8)
    assert train.class_names == train.held_out.class_names == ("amber", "blue", "red")
    assert train.held_out.labels.tolist() == [0] * 4


def test_another_split_is_read_when_it_is_asked_for(tmp_path):
    found = load_text_hdf5(write(tmp_path / "a.hdf5", ("train", "test")), size=8, split="test")
    assert found.gather([0])["captions"][0][0].startswith("fire of test")
    assert found.held_out is None


def test_a_limit_takes_so_many_pictures(archive):
    assert len(load_text_hdf5(archive, size=8, limit=3)) == 3


def test_threads_read_one_file_at_once(archive):
    examples = load_text_hdf5(archive, size=8, memory_limit=0)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: examples.gather([row % 4])["real"][0, 0, 0, 0], range(200)))
    assert found == [200, 250, 10, 90] * 50


def _first_red(examples, queue):
    queue.put([int(examples.gather([row])["real"][0, 0, 0, 0]) for row in (3, 2, 1, 0)])


def test_a_forked_process_opens_the_file_itself(archive):
    examples = load_text_hdf5(archive, size=8, memory_limit=0)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=_first_red, args=(examples, queue))
    process.start()
    assert queue.get(timeout=60) == [90, 10, 250, 200]
    process.join(timeout=60)
    assert examples.gather([1])["real"][0, 0, 0, 0] == 250


@ON_DEMAND
def test_the_same_bytes_have_the_same_hash_wherever_they_lie(archive, tmp_path, memory_limit):
    for name in ("copy.hdf5", "changed.hdf5"):
        (tmp_path / name).write_bytes(archive.read_bytes())
    change(tmp_path / "changed.hdf5", replace("train/image_00000_1", "txt", "another"))
    one, same, changed = (load_text_hdf5(path, size=8, memory_limit=memory_limit).content_hash
                          for path in (archive, tmp_path / "copy.hdf5", tmp_path / "changed.hdf5"))
    assert one == same != changed


def test_a_sheet_prints_the_first_caption(archive):
    assert load_text_hdf5(archive, size=64).sheet().shape[0] > 2 * 64


# ----------------------------------------------------------------------------------------------- what is refused


@ON_DEMAND
def test_bytes_that_are_no_picture_are_a_reject(archive, memory_limit):
    for caption in range(5):
        change(archive, replace(f"train/image_00001_{caption}", "img", np.void(b"no picture")))
    with pytest.raises(DataError, match=r"(?s)1 of 4 images .*colours.hdf5, train/image_00001_0: found text; expected a JPEG"):
        load_text_hdf5(archive, size=8, memory_limit=memory_limit)


def every(split, name, value):
    """The action that changes a data set of all groups; `value` may be a function of the number of the group."""
    def action(file):
        for number, key in enumerate(sorted(file[split])):
            replace(f"{split}/{key}", name, value(number) if callable(value) else value)(file)
    return action


def link(name, value):
    return replace("train/image_00001_2", name, value)


def external_storage(file):
    group = file["train/image_00001_2"]
    del group["img"]
    group.create_dataset("img", (100,), np.uint8, external=[("/etc/passwd", 0, 100)])


def virtual(file):
    group = file["train/image_00001_2"]
    del group["embeddings"]
    layout = h5py.VirtualLayout((SIZE,), np.float64)
    layout[:] = h5py.VirtualSource("other.hdf5", "numbers", (SIZE,))
    group.create_virtual_dataset("embeddings", layout)


def bomb(name, shape, kind, **options):
    def action(file):
        group = file["train/image_00001_2"]
        del group[name]
        group.create_dataset(name, shape, kind, **options)
    return action


GROUP = "colours.hdf5, train/image_00001_2"
SPOILED = {
    "no picture": (link("img", None), f"{GROUP}/img: found nothing of this name; expected it to be there"),
    "no caption": (link("txt", None), f"{GROUP}/txt: found nothing of this name"),
    "no vector": (link("embeddings", None), f"{GROUP}: found a group without `embeddings` beside others that have them"),
    "no vectors of a picture": (lambda file: [replace(f"train/image_00001_{k}", "embeddings", None)(file) for k in range(5)],
                                "train/image_00001_0: found a group without `embeddings`"),
    "no class": (link("class", None), "image_00001_0 and image_00001_2 are captions of image_00001 and must have one class. "
                                      "Found: red and None"),
    "no class of a picture": (lambda file: [replace(f"train/image_00001_{k}", "class", None)(file) for k in range(5)],
                              "all pictures must have a class, or none. Found: 1 of 4 without, the first of them .*train/image_00001_0"),
    "two pictures": (link("img", np.void(png((1, 2, 3)) + bytes(99))), "image_00001_0 and image_00001_2 .* must have one picture. Found"),
    "a soft link": (link("img", h5py.SoftLink("/train/image_00001_1/img")), f"{GROUP}/img: found a soft link; expected something that lies here"),
    "a soft link to a group": (lambda file: file["train"].__setitem__("x_0", h5py.SoftLink("/train/image_00001_1")),
                               "train/x_0: found a soft link"),
    "an external link": (link("txt", h5py.ExternalLink("other.hdf5", "/txt")), f"{GROUP}/txt: found an external link"),
    "an external group": (lambda file: file["train"].__setitem__("x_0", h5py.ExternalLink("other.hdf5", "/")),
                          "train/x_0: found an external link"),
    "external storage": (external_storage, f"{GROUP}/img: found external storage; expected values that lie in this file"),
    "a virtual data set": (virtual, f"{GROUP}/embeddings: found a virtual data set; expected values that lie in this file"),
    "a named type": (link("img", np.dtype("f4")), f"{GROUP}/img: found a named type; expected a data set"),
    "a data set for a group": (lambda file: file["train"].__setitem__("x_0", 1.0), "train/x_0: found a data set; expected a group"),
    "a group for a data set": (lambda file: (link("txt", None)(file), file.create_group("train/image_00001_2/txt")),
                               f"{GROUP}/txt: found a group; expected a data set"),
    "a picture of 4 TiB": (bomb("img", (1 << 42,), np.uint8), r"img: found 4,398,046,511,104 bytes declared; expected at most \d"),
    "a compressed picture of 4 TiB": (bomb("img", (1 << 42,), np.uint8, chunks=(1 << 20,), compression="gzip"),
                                      "img: found 4,398,046,511,104 bytes declared; expected at most 268,435,456"),
    "a chunk of 2 GiB": (bomb("img", (10,), np.uint8, maxshape=(None,), chunks=(1 << 31,), compression="gzip"),
                         "img: found 2,147,483,648 bytes declared"),
    "a vector of a billion": (bomb("embeddings", (1 << 30,), np.float32), "embeddings: found 4,294,967,296 bytes declared"),
    "a long vector": (bomb("embeddings", (65_537,), np.float32, compression="gzip", fillvalue=1),
                      r"embeddings: found float32 \(65537,\); expected numbers \(k,\) with k at most 65,536"),
    "an empty data space": (link("embeddings", h5py.Empty("f4")), "embeddings: found no values"),
    "a picture of floats": (link("img", np.zeros(9)), r"img: found float64 \(9,\); expected the bytes of a picture as one opaque value"),
    "a picture of records": (link("img", np.zeros((), [("a", "u1"), ("b", "u1")])), "img: found .* expected the bytes of a picture"),
    "a vector of rows": (link("embeddings", np.zeros((2, 3))), r"embeddings: found float64 \(2, 3\); expected numbers \(k,\)"),
    "a vector of texts": (link("embeddings", np.array([b"a", b"b"])), r"embeddings: found \|S1 \(2,\); expected numbers"),
    "ragged vectors": (link("embeddings", np.ones(4)), "train/image_00001_0: all vectors must have one length. Found: 3 and 4 numbers"),
    "another length": (lambda file: [replace(f"train/image_00001_{k}", "embeddings", np.ones(4))(file) for k in range(5)],
                       "train/image_00001_0: all vectors must have one length. Found: 4 numbers, beside 3 in .*train/image_00000_0"),
    "not a number": (link("embeddings", np.array([1, np.nan, 1])),
                     r"text vectors of .*train/image_00001_0 must be finite. Found: nan at position 1 of that of caption 2 \('rose of"),
    "too large a number": (link("embeddings", np.array([1, 1e300, 1])), "must be finite. Found: inf at position 1"),
    "zeros": (every("train", "embeddings", np.zeros(3)), "train/image_00000_0 must be other than zero. Found: zeros alone"),
    "not UTF-8": (link("txt", np.bytes_(b"caf\xe9")), f"{GROUP}/txt: found the byte 0xe9 at position 3; expected text in UTF-8"),
    "an empty caption": (link("txt", " \n"), f"{GROUP}/txt: found an empty text; expected a text"),
    "a caption of numbers": (link("txt", 7), rf"{GROUP}/txt: found int64 \(\); expected one text"),
    "two captions": (link("txt", ["a", "b"]), r"txt: found object \(2,\); expected one text"),
    "no groups": (lambda file: [file["train"].__delitem__(key) for key in list(file["train"])], "colours.hdf5, train: found no groups"),
    "no split": (lambda file: file.move("train", "training"), r"has no group 'train' at its root. Found: training. Expected the splits train and"),
    "a split elsewhere": (lambda file: (file.move("train", "other"), file.__setitem__("train", h5py.SoftLink("/other"))),
                          "colours.hdf5, train: found a soft link"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_what_is_not_as_it_should_be_is_named(archive, case):
    action, message = SPOILED[case]
    with pytest.raises(DataError, match=message) as caught:
        load_text_hdf5(change(archive, action), size=8, memory_limit=0)
    assert "\n" not in str(caught.value)


def test_an_external_file_is_not_even_opened(archive, tmp_path):
    with h5py.File(tmp_path / "other.hdf5", "w") as other:
        other["txt"] = "a secret"
    change(archive, link("txt", h5py.ExternalLink("other.hdf5", "/txt")))
    (tmp_path / "other.hdf5").chmod(0)
    with pytest.raises(DataError, match="found an external link"):
        load_text_hdf5(archive, size=8)


@pytest.mark.parametrize(("content", "message"), [
    (b"", "found an empty file; expected an HDF5 file"),
    (b"no hdf5 at all", "found a file that begins with 6e 6f 20 68 64 66 35 20; expected an HDF5 file"),
    ("half", r"found a damaged or truncated HDF5 file \(.*truncated file.*\). Copy or download it again"),
])
def test_what_is_no_whole_file_is_named(archive, content, message):
    archive.write_bytes(archive.read_bytes()[:9000] if content == "half" else content)
    with pytest.raises(DataError, match=f"cannot read .*colours.hdf5: {message}"):
        load_text_hdf5(archive, size=8)


@pytest.mark.parametrize(("name", "found"), [("gone.hdf5", "no such file"), (".", "a folder")])
def test_what_is_no_file_is_named(tmp_path, name, found):
    with pytest.raises(DataError, match=f"found {found}; expected an HDF5 file"):
        load_text_hdf5(tmp_path / name, size=8)


def test_a_damaged_middle_is_an_error_of_one_line(archive):
    content = bytearray(archive.read_bytes())
    content[2000:-2000] = bytes(len(content) - 4000)
    archive.write_bytes(bytes(content))
    with pytest.raises(DataError, match=r"colours.hdf5") as caught:
        load_text_hdf5(archive, size=8)
    assert "\n" not in str(caught.value)
