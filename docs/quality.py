"""Train every image recipe for equal minutes on the same emoji, score all in one protocol: `nox -s quality`.

nox -s quality                                # all rows that are missing, one after the other
nox -s quality -- --only progan,r3gan         # some of them
nox -s quality -- --list                      # the commands
nox -s quality -- --report                    # docs/quality.md from what is there

A run that was stopped goes on where it stopped, and a finished one is not trained again; the minutes of a run are those
of all its pieces. The steps of each row are those that take about ten minutes on two cores without GPU; they are
written down here, so that a row can be repeated anywhere. The page is written anew after every row.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
EMOJI = ROOT / "real_data" / "emoji"
PAGE, IMAGES = ROOT / "docs" / "quality.md", ROOT / "docs" / "images"
METRICS = "kid,prdc,memorisation"
SHOWN = 24  # pictures of each sheet


@dataclasses.dataclass(frozen=True)
class Row:
    """One run.

    Args:
        name: of its folder and its sheet.
        recipe: str.
        options: of `gan-vision train`, steps among them.
    """

    name: str
    recipe: str
    options: str

    @property
    def command(self) -> list[str]:
        """What is typed, without the data and the folder."""
        return ["train", self.recipe, *self.options.split()]


ROWS = (
    Row("dcgan-narrow", "dcgan", "--width 32 --steps 2500"),  # one minute: blobs
    Row("dcgan", "dcgan", "--width 128 --steps 11000"),
    Row("cifar10", "cifar10", "--width 128 --batch-size 64 --steps 13000"),
    Row("tutorial", "tutorial", "--size 32 --steps 6800"),
    Row("ada", "ada", "--size 32 --batch-size 32 --augment --steps 5000"),
    Row("conditional", "conditional", "--width 128 --steps 10500"),
    Row("wgan", "wgan", "--width 64 --steps 1500"),
    Row("wgan_gp", "wgan_gp", "--width 40 --batch-size 32 --steps 4000"),
    Row("relativistic", "relativistic", "--width 40 --batch-size 32 --steps 2600"),
    Row("sngan", "sngan", "--preset small-colour --steps 2500"),
    Row("sngan-unconditional", "sngan", "--preset small-colour --no-conditional --steps 2500"),
    Row("progan", "progan", "--preset small-colour"),
    Row("r3gan", "r3gan", "--preset small-colour --steps 1600"),
    Row("small_pictures", "small_pictures", "--steps 2800"),
    Row("small_pictures-unconditional", "small_pictures", "--no-conditional --steps 2800"),
)
INTRODUCTION = """# Quality against minutes

What each recipe for pictures of noise makes of the same real pictures in the same time: 1,731 emoji at 32 pixels
(`nox -s real_data -- emoji`; graphics by the Twemoji authors, CC BY 4.0), about ten minutes on two cores without GPU.
`nox -s quality` trains what is missing, a run at a time, goes on where it was stopped, and writes this page.

<!-- table: written by quality.py -->
<!-- end of table -->

<!-- sheets: written by quality.py -->
<!-- end of sheets -->
"""


def train(row: Row, folder: Path) -> None:
    """Train a row, or go on with it."""
    if (folder / "checkpoints").is_dir():
        program("resume", str(folder))
    else:
        program(*row.command, "--data", f"folder:{EMOJI / 'train'}", "--seed", seed_of(row), "--out", str(folder))


def seed_of(row: Row) -> str:
    """The last part of a name such as progan-seed-1; 0 without."""
    return row.name.rpartition("-seed-")[2] if "-seed-" in row.name else "0"


def program(*words: str) -> None:
    """`gan-vision` of this environment; its failure ends this program with its exit code."""
    command = [sys.executable, "-c", "from gan_vision.cli.app import main; main()", *words]
    done = subprocess.run(command, check=False)  # noqa: S603 (rows of this file)
    if done.returncode:
        sys.exit(done.returncode)


def scored(row: Row, folder: Path, out: Path) -> dict:
    """Of a finished run: its scores, and how often the category that was asked for is recognised."""
    from gan_core.metrics.score import read_scores

    encoder, found = extractor(out), {}
    for extractor_name, metrics in ((f"encoder:{encoder}", METRICS), ("random", "kid")):
        program("evaluate", str(folder), "--data", f"folder:{EMOJI / 'test'}", "--metrics", metrics,
                "--extractor", extractor_name, "--quiet")
        found[extractor_name.partition(":")[0]] = {
            score.metric: (score.value, score.spread) for score in read_scores(folder / "scores.json")}
    return {**found, "categories": categories(folder, encoder)}


def extractor(out: Path) -> Path:
    """The encoder that tells the ten categories apart, trained once on all training emoji."""
    from gan_core.metrics.extractors.encoder import train_encoder

    path = out / "encoder.keras"
    if not path.exists():
        images = emoji("train")
        train_encoder(np.asarray(images.images), np.asarray(images.labels), seed=0, say=print).save(path)
    return path


def emoji(part: str):
    """Examples of the pictures in "train" or "test"."""
    from gan_vision.data import load_images

    return load_images(f"folder:{EMOJI / part}", size=32, validation=0.0)


def categories(folder: Path, encoder: Path) -> dict[str, float] | None:
    """Of a conditional run: the share of its pictures, and of unseen real ones, whose category is recognised."""
    import gan_vision
    from gan_core.images import to_uint8
    from gan_core.metrics.extractors.encoder import Encoder

    run, judge, unseen = gan_vision.open_run(folder), Encoder.load(encoder), emoji("test")
    if run.labels is None:
        return None
    wanted = np.tile(np.asarray(unseen.labels), 5)
    made = to_uint8(run.samples(len(wanted), seed=3, condition={"label": wanted}), run.value_range)
    return {name: float(np.mean(judge.probabilities(pictures).argmax(1) == labels)) for name, pictures, labels in (
        ("generated", made, wanted), ("real", np.asarray(unseen.images), unseen.labels))}


def draw(row: Row, folder: Path) -> None:
    """The sheet of a run, and beside the first one that of real pictures."""
    import gan_vision
    from gan_core.images import save_image_grid

    run = gan_vision.open_run(folder)
    save_image_grid(IMAGES / f"quality-{row.name}.png", run.generate(SHOWN, seed=1), columns=SHOWN // 2, scale=2)
    real = IMAGES / "quality-real.png"
    if not real.exists():
        shown = emoji("test")
        save_image_grid(real, np.asarray(shown.images)[np.linspace(0, len(shown) - 1, SHOWN).astype(int)],
                        columns=SHOWN // 2, scale=2)


def page(rows: Sequence[Row], results: dict[str, dict]) -> str:
    """docs/quality.md with its table and its sheets written anew."""
    done = sorted((row for row in rows if row.name in results), key=lambda row: results[row.name]["encoder"]["KID"][0])
    first = results[done[0].name]
    real = first["encoder"]
    lines = ["| run | minutes | steps | KID x 1000 | precision | recall | nearer to training | `random`: KID x 1000 |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for row in done:
        result = results[row.name]
        kid, spread = (1000 * number for number in result["encoder"]["KID"])
        lines.append(
            f"| [{row.name}](#{row.name}) | {result['minutes']:.1f} | {result['steps']:,} | {kid:.1f} ({spread:.1f}) | "
            f"{result['encoder']['precision'][0]:.2f} | {result['encoder']['recall'][0]:.2f} | "
            f"{result['encoder']['memorisation'][0]:.2f} | {1000 * result['random']['KID'][0]:.1f} |")
    kid, spread = (1000 * number for number in real["KID of real images"])
    lines.append(f"| real training emoji | | | {kid:.1f} ({spread:.1f}) | {real['precision of real images'][0]:.2f} | "
                 f"{real['recall of real images'][0]:.2f} | | {1000 * first['random']['KID of real images'][0]:.1f} |")
    sheets = ["![real emoji](images/quality-real.png)", "", "*Real, unseen.*"]
    for row in done:
        asked = results[row.name]["categories"]
        told = "" if asked is None else (
            f" The category asked for is recognised in {asked['generated']:.0%} of its pictures, and in "
            f"{asked['real']:.0%} of unseen real ones.")
        sheets += ["", f"### {row.name}", "", f"`gan-vision {' '.join(row.command)} --seed {seed_of(row)}`.{told}", "",
                   f"![{row.name}](images/quality-{row.name}.png)"]
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else INTRODUCTION
    for part, written in (("table", lines), ("sheets", sheets)):
        begin, end = f"<!-- {part}: written by quality.py -->\n", f"<!-- end of {part} -->"
        before, _, rest = text.partition(begin)
        text = before + begin + "\n" + "\n".join(written) + "\n\n" + end + rest.partition(end)[2]
    return text


def main() -> None:
    """Train, score and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "runs" / "quality")
    parser.add_argument("--only", help="names of rows, with commas")
    parser.add_argument("--list", action="store_true", help="print the commands")
    parser.add_argument("--report", action="store_true", help="write the page only")
    given = parser.parse_args()
    names = [row.name for row in ROWS]
    asked = given.only.split(",") if given.only else names
    if unknown := set(asked) - set(names):
        sys.exit(f"unknown rows: {', '.join(sorted(unknown))}. Known: {', '.join(names)}.")
    if given.list:
        print("\n".join(f"{row.name}: gan-vision {' '.join(row.command)}" for row in ROWS))
        return
    if not EMOJI.is_dir():
        sys.exit(f"{EMOJI} is missing. Run `nox -s real_data -- emoji` first.")
    given.out.mkdir(parents=True, exist_ok=True)
    kept = given.out / "results.json"
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for row in ROWS:
        if given.report or row.name not in asked or "encoder" in results.get(row.name, {}):
            continue
        finish(row, given.out, results, kept)
        PAGE.write_text(page(ROWS, finished(results)), encoding="utf-8")
    if not finished(results):
        sys.exit(f"nothing to report: no row is finished in {given.out}.")
    PAGE.write_text(page(ROWS, finished(results)), encoding="utf-8")
    print(f"page: {PAGE}")


def finished(results: dict[str, dict]) -> dict[str, dict]:
    """Those that are scored."""
    return {name: result for name, result in results.items() if "encoder" in result}


def finish(row: Row, out: Path, results: dict[str, dict], kept: Path) -> None:
    """Train a row to its end and score it; the minutes are kept when a piece ends, however it ends."""
    folder, started = out / row.name, time.time()
    result = results.setdefault(row.name, {"minutes": 0.0})
    try:
        train(row, folder)
    finally:
        result["minutes"] += (time.time() - started) / 60
        kept.write_text(json.dumps(results, indent=1), encoding="utf-8")
    result |= {"steps": steps_of(folder), **scored(row, folder, out)}
    kept.write_text(json.dumps(results, indent=1), encoding="utf-8")
    draw(row, folder)


def steps_of(folder: Path) -> int:
    """Updates of a finished run."""
    import gan_vision

    return gan_vision.open_run(folder).step


if __name__ == "__main__":
    main()
