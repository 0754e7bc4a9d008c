"""Documents say what is there: links, files, commands and settings exist, and no tracked file leads to somebody's machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from cli.app import app
from cli.settings import SECRETS, Settings
from corpus.export.rows import COLUMNS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SUFFIXES = "py|md|toml|csv|json|jsonl|txt|cfg|html|css|NOTICE"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
NAMED_FILE = re.compile(rf"[\w.-]+(?:/[\w.-]+)*\.(?:{SUFFIXES})")
# What a run writes, what a user brings, and examples of names: not in the repository.
NOT_OURS = frozenset(
    "loa.toml portals.toml expected.jsonl extra.jsonl FILE.jsonl MODEL_CARD.md model_card.json manifest.json index.json demo-ports.json"
    " datapackage.json opensearch.xml tong-quan.json tim.json nguon.json openapi.json vocabulary.txt".split()
)
# Spelt in two parts so that this file does not hold what it looks for. Addresses of the portals and of sources stay allowed.
FORBIDDEN = {
    "machine path": re.compile(r"(?<![\w.:/<-])/(?:" + "wo" + r"rk|ho" + r"me/(?!x/)\w+|ro" + r"ot|t" + r"mp|Us" + r"ers)/\w"),
    "registry": re.compile(
        "pypi" + r"\.|python" + r"hosted|(?:extra-)?index" + r"-url\s*[=:]?\s*https?:|find" + r"-links\s*[=:]?\s*https?:"
    ),
    "download address": re.compile(r"https?://[^\s\"'<>)]+\.(?:whl|tar\.gz|tgz|zip|exe|deb)(?![\w.])"),
}


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: which files are tracked is not known")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, heading = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        if heading:
            assert heading in set(_headings(linked)), target


def _headings(page: Path) -> Iterator[str]:
    for line in page.read_text("utf-8").splitlines():
        if line.startswith("#"):
            words = re.sub(r"[^\w\s-]", "", line.lstrip("#").strip().lower())
            yield re.sub(r"\s", "-", words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_named_files_exist(page: Path) -> None:
    """By their path from the root, or by their end where a page speaks of one package."""
    ours = ["/" + path.relative_to(ROOT).as_posix() for path in tracked()]
    missing = []
    for code in CODE.findall(page.read_text("utf-8")):
        named = code.strip()
        if (NAMED_FILE.fullmatch(named) and Path(named).name not in NOT_OURS and not any(path.endswith("/" + named) for path in ours)) or (
            re.fullmatch(r"[a-z_]+/(?:[\w-]+/)*", named) and not _is_folder(named)
        ):
            missing.append(named)
    assert not missing


def _is_folder(named: str) -> bool:
    written_by_runs = {"archive/", "index/", "model/", "var/"}
    return named in written_by_runs or any((base / named).is_dir() for base in (ROOT, *(path for path in ROOT.iterdir() if path.is_dir())))


def _commands(group: click.Command, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in getattr(group, "commands", {}).items():
        yield (*prefix, name)
        yield from _commands(command, (*prefix, name))


COMMANDS = frozenset(_commands(typer.main.get_command(app)))
GROUPS = frozenset(path[:-1] for path in COMMANDS if len(path) > 1)
CALL = re.compile(r"(?:^|[\s`/])loa ((?:--?[\w-]+(?:[ =][A-Z./~]\S*)? )*)([a-z]+)(?: ([a-z]+))?")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_named_commands_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    blocks = re.findall(r"^(?: {4}|\t)(.+)$", text, re.MULTILINE) + re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for code in [*CODE.findall(text), *blocks]:
        for _, command, below in CALL.findall(code):
            assert (command,) in COMMANDS, code
            if (command,) in GROUPS:
                assert (command, below) in COMMANDS, code


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    documented = {tuple(re.findall(r"[a-z]+", code.split("[")[0].split(" -")[0])) for code in CODE.findall(page)}
    documented |= {path[:length] for path in documented for length in (1, 2)}
    assert {path for path in COMMANDS if path not in GROUPS} <= documented


def test_every_documented_setting_exists() -> None:
    """The other way round is tested with the settings."""
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    for variable in re.findall(r"LOA_[A-Z_]+", page):
        name = variable.removeprefix("LOA_").lower()
        assert name in Settings.model_fields or name.removesuffix("_file") in SECRETS, variable


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_leads_to_one_machine_or_registry(what: str) -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in FORBIDDEN[what].finditer(text)]
    assert not found


@pytest.mark.parametrize("page", ["docs/huong-dan/nha-nghien-cuu.md", "docs/api.md", "search_api/templates/help.html"])
def test_lines_for_a_notebook_work(page: str) -> None:
    """Addresses that Python opens as they stand, columns that the files have, days read as days before they are asked for their year."""
    code = (ROOT / page).read_text("utf-8").partition("import pandas\n")[2].partition("</code>")[0].partition("```")[0]
    code = code.lstrip("\n").partition("\n\n")[0]
    (address,) = re.findall(r'read_\w+\("([^"]+)"', code)
    assert address.isascii()
    named = re.findall(r'(?:groupby|explode)\("(\w+)"\)', code) + re.findall(r"\b(?:tin|articles)\.(\w+)\b(?=\.dt|\))", code)
    assert named
    assert set(named) <= {column.name for column in COLUMNS}
    assert ".dt." not in code or "parse_dates=" in code or "to_datetime(" in code
