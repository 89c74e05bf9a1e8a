"""The entry of a program: one line per error, and the right exit code."""

from __future__ import annotations

import io
import os
import sys
import traceback

import pydantic
from cyclopts import App, CycloptsError
from rich.console import Console

from gan_core.errors import GanError
from gan_core.progress import stdout


def run(app: App, arguments: list[str] | None = None) -> None:
    """Parse, call, and leave with 0 (ok), 2 (usage, config), 3 (data), 4 (diverged), 130/143 (interrupted)."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without UTF-8 gets ? for what it cannot show
            stream.reconfigure(errors="replace")
    debug = "--debug" in arguments
    if debug:
        arguments.remove("--debug")
    try:
        app(arguments, console=stdout(wrap=True), exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        leave(_usage(error), 2, debug)
    except GanError as error:
        leave(str(error), error.exit_code, debug)
    except KeyboardInterrupt:
        leave("interrupted", 130, debug)
    except BrokenPipeError:  # the reader has seen enough; what is left in the buffer must not fail at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except MemoryError:
        leave("not enough memory. Lower --batch-size or the size of the model.", 2, debug)
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            leave(f"{error.filename}: {error.strerror}. Check the path, its permissions and the free space.", 2, debug)
        if type(error).__name__ == "ResourceExhaustedError":
            leave(f"not enough memory: {_exhausted(str(error))}. Lower --batch-size or the model's size.", 2, debug)
        leave(f"unexpected {type(error).__name__}: {error}\nPlease report this, with the output of the same command "
              "and --debug.", 1, debug)


def _usage(error: CycloptsError) -> str:
    """The parser's message; problems with a setting in our own words."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, pydantic.ValidationError):
        return "\n".join(f"--{'.'.join(map(str, problem['loc'])).replace('_', '-')}: {problem['msg']}. "
                         f"Received: {problem['input']!r}." for problem in cause.errors())
    return str(error)


def _exhausted(message: str) -> str:
    """The line of TensorFlow's long message that names the shape."""
    lines = [line.strip() for line in message.splitlines() if line.strip()] or ["no details"]
    return next((line for line in lines if "OOM when allocating" in line), lines[0])


def leave(message: str, code: int, debug: bool = False) -> None:
    """Print `message` to stderr, after the traceback with `debug`, and exit with `code`."""
    if debug:
        traceback.print_exc()
    console = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    console.print("error:", style="bold red", end=" ")
    console.print(message, markup=False)
    sys.exit(code)
