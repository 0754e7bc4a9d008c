"""The console script `loa`. It loads nothing by itself: the libraries take a second, in which Ctrl-C may come, and worker processes
import this module again. The commands are put together in ``app.py``."""

from __future__ import annotations

import os
import sys


def main(arguments: list[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code."""
    try:
        from cli.app import run

        code = run(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:
        code = 130  # as a shell counts a program that Ctrl-C ended
    # What is still piped to a reader that has gone must not end in a traceback at exit.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)


if __name__ == "__main__":
    main()
