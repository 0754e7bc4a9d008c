"""A home with a fitted model, copied for each test, and `loa` run in this process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.app import run
from corpus.store import open_store
from tests.fitted import make_home


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output, which must be JSON alone."""
        return [json.loads(line) for line in self.out.splitlines()]


Loa = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


@pytest.fixture
def loa(home: Path, capfd: pytest.CaptureFixture[str]) -> Loa:
    return caller(home, capfd)


def caller(home: Path, capfd: pytest.CaptureFixture[str]) -> Loa:
    def call(*arguments: object) -> Ran:
        capfd.readouterr()
        code = run(["--home", str(home), "--workers", "1", *map(str, arguments)])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


ARTICLE = """Huyện Tuần Giáo mở lớp tập huấn cho người trực đài truyền thanh

Ngày 7/8/2023, Phòng Văn hóa và Thông tin huyện Tuần Giáo, tỉnh Điện Biên mở lớp tập huấn cho 35 người trực đài truyền thanh các xã, \
thuộc Dự án truyền thông và giảm nghèo về thông tin của Chương trình mục tiêu quốc gia giảm nghèo bền vững giai đoạn 2021-2025. \
Kinh phí của lớp học là 52 triệu đồng.
"""


@pytest.fixture(scope="session")
def home_with_article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_home(tmp_path_factory.mktemp("with-article"))
    (folder / "tin.txt").write_text(ARTICLE, "utf-8")
    assert run(["--home", str(folder), "--workers", "1", "import", str(folder / "tin.txt")]) == 0
    return folder


@pytest.fixture
def filled(home: Path, home_with_article: Path) -> str:
    """Makes the home one that holds `ARTICLE`; its id."""
    shutil.copytree(home_with_article, home, dirs_exist_ok=True)
    with open_store(home / "loa.db") as store:
        (document,) = store.iter_documents()
    return document.id
