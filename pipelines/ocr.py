"""Reading scanned PDFs with tesseract where it is installed: an optional extra, run apart from processing because it takes its time.

What was read is kept beside the archive, by the digest of the file, so that processing stays a function of what lies in the home.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from corpus.errors import InvalidData
from pipelines.extraction.documents import page_images

LANGUAGE = "vie"
PAGE_SECONDS = 60.0
FILE_SECONDS = 600.0
MAX_PAGES = 60
"""Pages of a file that are read; longer scans are whole books."""
DOTS_PER_INCH = 200
_RUN_AGAIN = "install the packages tesseract-ocr and tesseract-ocr-vie, then run the same command again"


def find_tesseract() -> str:
    """Its path. Raises: InvalidData where it or its Vietnamese data are missing."""
    program = shutil.which("tesseract")
    if program is None:
        raise InvalidData(f"tesseract is not installed: {_RUN_AGAIN}")
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)  # noqa: S603 - our own argument
    if LANGUAGE not in listed.stdout.split():
        raise InvalidData(f"tesseract knows no Vietnamese: {_RUN_AGAIN}", file=program)
    return program


def recognise(body: bytes, *, program: str, page_seconds: float = PAGE_SECONDS, file_seconds: float = FILE_SECONDS) -> str:
    """Text of the pages that were read in time, parted by empty lines; a page that takes too long is left out.

    Raises: Rejected for a file that is no readable PDF.
    """
    end = time.monotonic() + file_seconds
    found = []
    for image in page_images(body, dots_per_inch=DOTS_PER_INCH, most=MAX_PAGES):
        left = min(page_seconds, end - time.monotonic())
        if left <= 0:
            break
        found.append(_read_image(image, program, left))
    return "\n\n".join(text for text in found if text)


def _read_image(image: bytes, program: str, seconds: float) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments; the image goes in by a pipe
            [program, "stdin", "stdout", "-l", LANGUAGE, "--psm", "3"],
            input=image,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


class RecognisedTexts:
    """A folder of texts by the digest of the scanned file."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self, sha256: str) -> str | None:
        try:
            return (self._directory / f"{sha256}.txt").read_text("utf-8")
        except FileNotFoundError:
            return None

    def write(self, sha256: str, text: str) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        draft = self._directory / f".{sha256}.draft"
        draft.write_text(text, "utf-8")
        draft.replace(self._directory / f"{sha256}.txt")
