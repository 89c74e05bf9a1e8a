"""The folders and log files of VoiceBank+DEMAND (Valentini-Botinhao et al. 2016, 2017).

48 kHz mono 16-bit; 11,572 training utterances of 28 speakers and 824 test utterances of two unseen ones (p232, p257).
Ten noises at 15, 10, 5 and 0 dB for training, five others at 17.5, 12.5, 7.5 and 2.5 dB for the test.
The corpus is neither shipped nor downloaded: get it from the Edinburgh DataShare (doi 10.7488/ds/2117), unpack its
archives into one folder, and name that folder.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from gan_audio.data.folder import annotate
from gan_audio.data.inspection import Report
from gan_audio.data.pairing import Pair, find_pairs
from gan_audio.errors import AudioConfigError, AudioDataError

VALIDATION_SPEAKERS = ("p226", "p287")
SPLITS = ("train", "test")


class Condition(NamedTuple):
    """What a log file says of one mix: the noise's name, and the SNR in dB."""

    noise: str
    snr: float


class Layout(NamedTuple):
    """The folders of one split."""

    clean: Path
    noisy: Path
    log: Path | None


def find_layout(root, split: str = "train") -> Layout:
    """Find the folders of a split below `root`.

    Known are `clean_trainset_28spk_wav` (or `56spk`, or without: the older archive), `clean_testset_wav`, the same with
    `noisy`, all with an optional suffix `_16k` of resampled copies, and the plain `clean` and `noisy` that
    `gan-audio mix` writes (as `train/clean` or directly below `root`).

    Args:
        root: folder into which the archives were unpacked.
        split: "train" | "test".

    Raises:
        AudioConfigError: `split` is unknown, or several versions lie side by side.
        AudioDataError: no such folders.
    """
    if split not in SPLITS:
        raise AudioConfigError(f"`split` must be train or test. Received: split={split!r}.")
    root = Path(root)
    if not root.is_dir():
        raise AudioDataError(f"{root}: there is no such folder.")
    pattern = re.compile(rf"clean_{split}set(_28spk|_56spk)?_wav(_16k)?$")
    found = sorted(path for path in root.iterdir() if path.is_dir() and pattern.match(path.name))
    pairs = [(path, path.with_name(path.name.replace("clean", "noisy", 1))) for path in found]
    if not pairs:
        pairs = [(place / "clean", place / "noisy") for place in (root / split, root) if (place / "clean").is_dir()][:1]
    if len(pairs) > 1:
        raise AudioConfigError(f"{root}: holds {', '.join(path.name for path in found)}. "
                               "Name one pair of folders instead of the root.")
    if not pairs or not pairs[0][1].is_dir():
        raise AudioDataError(
            f"{root}: no {split} folders found. Expected clean_{split}set_28spk_wav and noisy_{split}set_28spk_wav "
            "(28spk or 56spk or none, optional _16k), or clean and noisy.")
    clean, noisy = pairs[0]
    names = [f"log_{split}set_28spk.txt", f"log_{split}set_56spk.txt", f"log_{split}set.txt", "log.txt"]
    places = [place for place in (root, clean.parent, root / "logfiles") if place.is_dir()]
    logs = [place / name for place in places for name in names if (place / name).is_file()]
    return Layout(clean, noisy, logs[0] if logs else None)


def read_log(path) -> dict[str, Condition]:
    """Read a log file: one line `utterance noise snr` per mix, separated by blanks, tabs or commas.

    Returns:
        File stem -> `Condition`.

    Raises:
        AudioDataError: a line has another form; the message gives its number.

    Example:
        >>> read_log("log_testset.txt")["p232_001"]
        Condition(noise='bus', snr=17.5)
    """
    conditions = {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AudioDataError(f"{path}: cannot be read as a log file ({error}).") from error
    for number, line in enumerate(lines, 1):
        fields = [part for part in re.split(r"[\s,;]+", line.strip()) if part]
        if not fields or line.startswith("#"):
            continue
        try:
            stem, noise, snr = fields[0], " ".join(fields[1:-1]), float(re.sub(r"(?i)db$", "", fields[-1]))
            if not noise:
                raise ValueError
        except (ValueError, IndexError):
            raise AudioDataError(f"{path}: line {number} is {line!r}. Expected `utterance noise snr`, "
                                 "e.g. `p232_001 bus 17.5`.") from None
        conditions[re.sub(r"\.(wav|flac)$", "", stem)] = Condition(noise, snr)
    return conditions


def find_voicebank(root, split: str = "train", *, strict: bool = True, report: Report | None = None) -> list[Pair]:
    """The pairs of a split, with noise and SNR where a log file gives them.

    Example:
        >>> train, validation = hold_out(find_voicebank("vbd"), VALIDATION_SPEAKERS)
        >>> folder = PairedAudioFolder("vbd/clean", "vbd/noisy", pairs=train)
    """
    layout = find_layout(root, split)
    pairs = find_pairs(layout.clean, layout.noisy, strict=strict, report=report)
    return pairs if layout.log is None else annotate(pairs, read_log(layout.log))
