"""docs/real_data.py: layout, split and repetition, on small things made here; nothing is fetched."""

import csv
import importlib.util
import json
import struct
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SCRIPT = Path(__file__).parents[2] / "docs" / "real_data.py"
spec = importlib.util.spec_from_file_location("real_data_script", SCRIPT)
script = sys.modules["real_data_script"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)

README = """| Apple     | macOS | Emoji 16.0 | 3 |
| Twitter   | [Twemoji (fork)](https://example.org/twemoji), v16 | Emoji 16.0 | 0 |
* Twitter images are available under the [Creative Commons Attribution 4.0 license](https://example.org/licence).
"""


def entry(name, short_name, unified, category="Smileys & Emotion", has_picture=True, **more):
    return {"name": name, "short_name": short_name, "unified": unified, "image": f"{unified.lower()}.png",
            "category": category, "subcategory": "face-smiling", "has_img_twitter": has_picture, **more}


@pytest.fixture
def package(tmp_path):
    """An npm package: a skin tone, one entry said to have no picture, one whose file is missing, two equal short names."""
    folder = tmp_path / "package"
    pictures = folder / "img/twitter/64"
    pictures.mkdir(parents=True)
    entries = [
        entry("GRINNING FACE WITH SMILING EYES", "grin", "1F601"),
        entry("WAVING HAND SIGN", "wave", "1F44B", "People & Body",
              skin_variations={"1F3FB": {"image": "1f44b-1f3fb.png", "has_img_twitter": True}}),
        entry("UNKNOWN", "unknown", "1F999", has_picture=False),
        entry("LOST", "lost", "1F998"),
        entry("Åland Islands Flag", "flag", "1F1E6-1F1FD", "Flags"),
        entry("Aruba Flag", "flag", "1F1E6-1F1FC", "Flags"),
    ]
    (folder / "emoji.json").write_text(json.dumps(entries), encoding="utf-8")
    (folder / "README.md").write_text(README, encoding="utf-8")
    draw = np.random.default_rng(0)
    for name in ("1f601", "1f44b", "1f44b-1f3fb", "1f999", "1f1e6-1f1fd"):
        Image.fromarray(draw.integers(0, 256, (8, 8, 4), dtype=np.uint8)).save(pictures / f"{name}.png")
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([10, 20, 30, 40, 50, 60])
    palette.save(pictures / "1f1e6-1f1fc.png", transparency=1)
    return folder


# --- split


def test_the_split_depends_on_the_name_alone_and_holds_out_a_tenth():
    names = [f"picture-{number}.png" for number in range(2000)]
    test = {name for name in names if script.held_out(name)}
    assert 150 < len(test) < 250
    assert {name for name in reversed(names[:500]) if script.held_out(name)} == test & set(names[:500])
    assert [script.held_out(name) for name in ("dart.png", "bamboo.png", "grin.png")] == [True, True, False]


def test_equal_contents_lie_on_one_side():
    names = [f"picture-{number}.png" for number in range(200)]
    apart = script.sides({name: name for name in names})
    assert set(apart.values()) == {"train", "test"}
    assert apart == {name: "test" if script.held_out(name) else "train" for name in names}
    together = script.sides(dict.fromkeys(names, "the same"))
    assert set(together.values()) == {apart["picture-0.png"]}


# --- emoji


def test_emoji_are_laid_out_with_captions_and_attribution(package, tmp_path, capsys):
    target = tmp_path / "emoji"
    target.mkdir()
    assert script.lay_out_emoji(package, target) == 4
    assert "6 base emoji, 2 of them without a picture" in capsys.readouterr().out

    with (target / "captions.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    files = {path.relative_to(target).as_posix() for path in target.rglob("*.png")}
    assert {row["file"] for row in rows} == files
    assert {file.split("/", 1)[1] for file in files} == {
        "smileys-emotion/grin.png", "people-body/wave.png", "flags/flag-1f1e6-1f1fd.png", "flags/flag-1f1e6-1f1fc.png"}
    assert all(file.split("/")[0] == ("test" if script.held_out(file.split("/")[-1]) else "train") for file in files)
    captions = {row["file"].split("/")[-1]: row for row in rows}
    assert captions["grin.png"]["caption"] == "grinning face with smiling eyes"
    assert captions["grin.png"]["category"] == "smileys-emotion"
    assert captions["grin.png"]["subcategory"] == "face-smiling"
    assert captions["flag-1f1e6-1f1fd.png"]["caption"] == "åland islands flag"

    licence = (target / "LICENSE.txt").read_text(encoding="utf-8")
    assert README.splitlines()[2] in licence
    assert "creativecommons.org/licenses/by/4.0" in licence
    assert "Apple" not in licence


def test_emoji_keep_their_bytes_and_palettes_become_rgba(package, tmp_path):
    target = tmp_path / "emoji"
    target.mkdir()
    script.lay_out_emoji(package, target)
    (grin,) = target.rglob("grin.png")
    assert grin.read_bytes() == (package / "img/twitter/64/1f601.png").read_bytes()
    (flag,) = target.rglob("flag-1f1e6-1f1fc.png")
    with Image.open(flag) as picture:
        assert picture.mode == "RGBA"
        assert picture.getpixel((0, 0)) == (40, 50, 60, 0)


def test_pictures_without_a_licence_are_refused():
    with pytest.raises(script.PartFailed, match="licence"):
        script.emoji_licence("nothing about pictures")


# --- photos


def noise(width, height):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def test_patches_do_not_overlap_and_are_centred():
    picture = noise(70, 50)
    cut = script.patches(picture, size=32)
    assert [place for place, _ in cut] == ["0-0", "0-1"]
    pixels = np.asarray(picture)
    np.testing.assert_array_equal(cut[0][1], pixels[9:41, 3:35])
    np.testing.assert_array_equal(cut[1][1], pixels[9:41, 35:67])


def test_flat_patches_are_left_out():
    pixels = np.asarray(noise(64, 32)).copy()
    pixels[:, :32] = 128 + pixels[:, :32] // 64
    assert [place for place, _ in script.patches(Image.fromarray(pixels), size=32)] == ["0-1"]


def test_large_pictures_are_shrunk_first():
    assert len(script.patches(noise(600, 400), size=100, shorter_side=200)) == 6
    assert script.patches(noise(60, 40), size=50) == []


def test_patches_of_one_picture_lie_on_one_side(tmp_path):
    pictures = [tmp_path / f"Photo_{number}.png" for number in range(12)]
    for path in pictures:
        noise(512, 512).save(path)
    target = tmp_path / "photos"
    target.mkdir()
    assert script.lay_out_photos(pictures, target) == 48
    for path in pictures:
        side = "test" if script.held_out(path.name, script.PHOTOS_HELD_OUT) else "train"
        number = path.stem.split("_")[1]
        assert {file.parent.name for file in target.rglob(f"photo-{number}-?-?.png")} == {side}
    assert {path.name for path in target.iterdir()} == {"train", "test"}


def test_two_pictures_of_one_name_are_refused(tmp_path):
    with pytest.raises(script.PartFailed, match="same name"):
        script.lay_out_photos([tmp_path / "a/Wood.jpg", tmp_path / "b/wood.png"], tmp_path)


def test_a_package_that_lost_a_picture_is_noticed(tmp_path):
    (tmp_path / "rocket.jpg").write_bytes(b"")
    assert script.photographs(tmp_path, ["rocket.jpg"]) == [tmp_path / "rocket.jpg"]
    with pytest.raises(script.PartFailed, match=r"no longer holds coffee\.png"):
        script.photographs(tmp_path, ["rocket.jpg", "coffee.png"])


# --- speech


def test_recordings_are_split_and_what_is_no_speech_is_left_out(tmp_path):
    sounds = tmp_path / "en_US_f_Speaker"
    names = [*(f"digits/{number}" for number in range(60)), "hello", "beep", "silence/1", "tt-monkeys", "empty"]
    for position, name in enumerate(names):
        path = sounds / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"" if name == "empty" else struct.pack("<h", position) * 80)
    target = tmp_path / "speech/en"
    assert script.lay_out_speech(sounds, target, ".wav", script.shutil.copyfile) == 61
    found = {path.name: path for path in target.rglob("*.wav")}
    assert set(found) == {"hello.wav", *(f"digits-{number}.wav" for number in range(60))}
    assert all(path.parent.name == ("test" if script.held_out(name) else "train") for name, path in found.items())
    assert found["digits-7.wav"].read_bytes() == (sounds / "digits/7.wav").read_bytes()


def test_encoded_recordings_get_the_names_and_sides_of_the_others(tmp_path):
    (tmp_path / "sounds/digits").mkdir(parents=True)
    (tmp_path / "sounds/digits/1.g722").write_bytes(b"12345678")
    script.lay_out_speech(tmp_path / "sounds", tmp_path / "en", ".g722", lambda source, place: place.write_bytes(b"wav"))
    side = "test" if script.held_out("digits-1.wav") else "train"
    assert [path.relative_to(tmp_path / "en").as_posix() for path in tmp_path.glob("en/*/*")] == [f"{side}/digits-1.wav"]


# --- text


def test_fortunes_are_lines():
    text = "One\nlong   line.\n\t\t-- Someone\n%\nA _\bl__\b\bie\a\n%\n%\n100 % sure\n"
    assert script.fortunes([text, "last\n"]) == ["One long line. -- Someone", "A lie", "100 % sure", "last"]


def test_verses_are_found_in_windows():
    windows = [b"Holy Bible\nGe1:1 In the beg", b"inning.\n1Jo2:3 And hereby.\n"]
    head = script.BIBLE_MAGIC.ljust(script.BIBLE_HEADER, b"\0")
    starts = [len(head) + 20, len(head) + 20 + len(windows[0])]
    data = head + struct.pack(">5I", 0, 65536, 2, *starts) + b"".join(windows)

    def expand(window):
        assert window[:3] == b"\x1f\x9d\x90"
        return window[3:]

    assert script.bible_verses(data, expand) == ["In the beginning.", "And hereby."]
    with pytest.raises(script.PartFailed, match="expected"):
        script.bible_verses(b"another file", expand)


# --- parts


@pytest.fixture
def calls(monkeypatch):
    """Parts that write one file each, and the list of those that were made."""
    made = []

    def part(name):
        def make(work, target):
            made.append(name)
            (work / "download").write_text("large")
            (target / "file.txt").write_text(name)
            return 1
        return make

    monkeypatch.setattr(script, "PARTS", {name: part(name) for name in ("emoji", "photos", "speech", "text")})
    monkeypatch.setattr(script, "EXTRA", {"speech16k": part("speech16k")})
    return made


def test_a_second_run_does_nothing(calls, tmp_path, capsys):
    assert script.main(["--out", str(tmp_path)]) == 0
    assert calls == ["emoji", "photos", "speech", "speech16k", "text"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["emoji", "photos", "speech", "speech16k", "text"]
    assert (tmp_path / "text/file.txt").read_text() == "text"
    before = capsys.readouterr().out.partition("part ")[2]
    assert script.main(["--out", str(tmp_path)]) == 0
    assert len(calls) == 5
    assert capsys.readouterr().out.partition("part ")[2] == before


def test_only_the_parts_asked_for_are_made(calls, tmp_path, capsys):
    assert script.main(["text", "emoji", "--out", str(tmp_path)]) == 0
    assert calls == ["emoji", "text"]
    with pytest.raises(SystemExit) as ended:
        script.main(["music", "--out", str(tmp_path)])
    assert ended.value.code == 2
    assert "no such part: music; there are emoji, photos, speech, text" in capsys.readouterr().err


def test_an_interrupted_part_is_made_again(calls, tmp_path, monkeypatch):
    whole = script.PARTS["emoji"]

    def interrupted(work, target):
        whole(work, target)
        raise KeyboardInterrupt

    monkeypatch.setitem(script.PARTS, "emoji", interrupted)
    with pytest.raises(KeyboardInterrupt):
        script.main(["emoji", "--out", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []

    # what a killed process leaves: a folder that is not whole, and one in the right place without a marker
    for folder in (tmp_path / ".emoji-unfinished/downloads", tmp_path / "emoji"):
        folder.mkdir(parents=True)
        (folder / "half").write_text("half")
    monkeypatch.setitem(script.PARTS, "emoji", whole)
    assert script.main(["emoji", "--out", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["emoji"]
    assert sorted(path.name for path in (tmp_path / "emoji").iterdir()) == [script.MARKER, "file.txt"]


def test_a_missing_program_skips_its_part_only(calls, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(script.PARTS, "emoji", script.make_emoji)
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert script.main(["--out", str(tmp_path)]) == 1
    assert calls == ["photos", "speech", "speech16k", "text"]
    out = capsys.readouterr().out
    assert "emoji: skipped: the program npm is missing; install it and run this again" in out
    assert "not done: emoji; the lines above say why" in out


@pytest.mark.parametrize(("part", "program"), [("photos", "apt-get"), ("speech", "apt-get"), ("text", "gzip")])
def test_every_part_names_the_program_it_misses(part, program, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert script.main([part, "--out", str(tmp_path)]) == 1
    assert f"{part}: skipped: the program {program} is missing" in capsys.readouterr().out


def test_without_ffmpeg_speech_at_16_khz_is_skipped_and_no_failure(calls, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(script, "EXTRA", {"speech16k": script.make_speech16k})
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert script.main(["speech", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "speech16k: skipped: the program ffmpeg is missing" in out
    assert "not there" in out


def test_a_program_that_fails_is_quoted(tmp_path):
    with pytest.raises(script.PartFailed, match=r"ended with exit code 3: out of order \(try later\)"):
        script.call(sys.executable, "-c", "import sys; print('out of order', file=sys.stderr); sys.exit(3)",
                    folder=tmp_path, hint=" (try later)")
