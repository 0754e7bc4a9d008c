"""The timers start what the documents say, at the hour that they say."""

from __future__ import annotations

import configparser
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"


def read(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign] # keys of units have capitals
    parser.read_string((DEPLOY / name).read_text("utf-8"))
    return parser


def test_the_issue_goes_out_on_monday_morning_and_is_made_up_for() -> None:
    timer = read("loa-digest.timer")
    assert timer["Timer"]["OnCalendar"] == "Mon 07:00 Asia/Ho_Chi_Minh"
    assert timer["Timer"]["Persistent"] == "true"
    assert (DEPLOY / timer["Timer"]["Unit"]).exists()


def test_alerts_go_out_every_morning() -> None:
    timer = read("loa-alerts.timer")
    assert timer["Timer"]["OnCalendar"] == "*-*-* 07:15 Asia/Ho_Chi_Minh"
    assert (DEPLOY / timer["Timer"]["Unit"]).exists()


def test_a_run_that_could_not_finish_is_started_again() -> None:
    service = read("loa-digest.service")["Service"]
    assert service["ExecStart"].endswith("/loa digest send")
    assert service["RestartForceExitStatus"] == "75"
