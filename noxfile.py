"""Everything a contributor runs: `nox -s tests`, `nox -s "tests(vision)"`, `nox -s demo`, `nox -l` for the rest.

Each session builds wheels and installs them into an environment of its own, without the other packages of the
repository: an import that a package does not declare fails here.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
WHEELS = ROOT / "dist"

PYTEST = ["pytest>=8", "pytest-timeout>=2.3", "pytest-xdist>=3.6", "hypothesis>=6"]
# A test mostly traces a small graph, which keeps one core busy; yet each process imports TensorFlow anew, so there are
# two only. The tests of one file share runs and networks: they stay together.
TWO_PROCESSES = ["--numprocesses", "2", "--dist", "loadfile"]
# suite -> (packages of this repository it installs, what else its tests need)
SUITES = {
    "core": (["core"], ["scipy>=1.15", "scikit-learn>=1.6", "prdc>=0.2", "statsmodels>=0.14",
                      "PyWavelets>=1.8", "scikit-image>=0.25"]),
    "vision": (["core", "vision"], ["scikit-learn>=1.6"]),
    "audio": (["core", "audio"], ["scipy>=1.15", "pystoi>=0.4"]),
    "text": (["core", "text"], ["nltk>=3.9", "scipy>=1.15", "tensorflow-datasets>=4.9.10", "importlib_resources>=6"]),
    "repo": (["core", "vision", "audio", "text"], ["scikit-learn>=1.6"]),
}
PACKAGES = ["core", "vision", "audio", "text"]


def wheels(session: nox.Session, packages: list[str]) -> list[str]:
    """Build the wheels of `packages` and return their paths."""
    session.install("uv>=0.9")
    found = []
    for package in packages:
        folder = WHEELS / session.name.replace("(", "-").strip(")") / package
        session.run("uv", "build", "--quiet", "--wheel", "--clear", "--out-dir", str(folder), f"packages/gan-{package}")
        found += [str(path) for path in folder.glob("*.whl")]
    return found


@nox.session
@nox.parametrize("suite", [nox.param(suite, id=suite) for suite in SUITES])
def tests(session: nox.Session, suite: str) -> None:
    """Run one suite, or all: the second command of the README. After `--`: options of pytest, or parts of a suite."""
    packages, needs = SUITES[suite]
    session.install(*wheels(session, packages), *PYTEST, *needs)
    parts = [] if any(argument.startswith("tests/") for argument in session.posargs) else [f"tests/{suite}"]
    session.run("python", "-m", "pytest", *TWO_PROCESSES, *parts, *session.posargs, env={"CUDA_VISIBLE_DEVICES": "-1"})


@nox.session
def demo(session: nox.Session) -> None:
    """Train a DCGAN on handwritten digits: the first command of the README."""
    session.install(*wheels(session, ["core", "vision"]))
    session.run("gan-vision", "demo", *(session.posargs or ["--out", "runs/demo"]))


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style."""
    session.install("ruff>=0.14")
    session.run("ruff", "check", "packages", "tests", "benchmarks", "docs", "noxfile.py")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types at our own boundaries."""
    session.install(*wheels(session, PACKAGES), "pyright>=1.1.400")
    session.run("pyright", *session.posargs)


@nox.session
@nox.parametrize("package", [nox.param(package, id=package) for package in PACKAGES])
def build(session: nox.Session, package: str) -> None:
    """Build the sdist and the wheel that would be published."""
    session.install("uv>=0.9", "twine>=6")
    folder = WHEELS / f"gan-{package}"
    session.run("uv", "build", "--no-sources", "--clear", "--out-dir", str(folder), f"packages/gan-{package}")
    session.run("twine", "check", "--strict", *(str(path) for path in folder.glob("gan*")))


@nox.session
def real_data(session: nox.Session) -> None:
    """Fetch real pictures, speech and text into real_data/. After `--`: parts (emoji photos speech text), options."""
    session.install("pip>=24", "numpy>=2", "pillow>=11")
    session.run("python", "docs/real_data.py", *session.posargs)


@nox.session
def quality(session: nox.Session) -> None:
    """Train every image recipe on emoji for ten minutes; writes docs/quality.md. After `--`: options (--list)."""
    session.install(*wheels(session, ["core", "vision"]))
    session.run("python", "docs/quality.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory as ratios; writes benchmarks/README.md."""
    session.install(*wheels(session, PACKAGES), "scipy>=1.15", "psutil>=6")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session(venv_backend="virtualenv")
def oracles(session: nox.Session) -> None:
    """Compare the metrics with torch-fidelity, clean-fid, pytorch-fid and torchmetrics (large downloads)."""
    folder = "tests/oracles/core"
    session.install("-r", f"{folder}/requirements.txt")
    session.install("--no-deps", "-r", f"{folder}/requirements-no-deps.txt", *wheels(session, ["core"]))
    session.run("python", "-m", "pytest", folder, *session.posargs)
