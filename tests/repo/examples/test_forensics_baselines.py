"""docs/examples/forensics_baselines.py: the forensics tell both kinds of fakes from real digits, and real from real they do not."""

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[3] / "docs" / "examples" / "forensics_baselines.py"
spec = importlib.util.spec_from_file_location("forensics_baselines_example", PATH)
example = importlib.util.module_from_spec(spec)
spec.loader.exec_module(example)


def test_fakes_lie_much_farther_away_than_other_digits():
    itself, flips, moved = example.main(200).values()
    assert itself < 0.05
    assert min(flips, moved) > 4 * itself
