"""From the figures to queued rows: drafts, approval, freezing, who gets what, and the message for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

import msgspec

from corpus.errors import InvalidData
from corpus.index.names import Names
from corpus.reader_links import ReaderLinks
from corpus.store import Choices, Found, Reader, SavedSearch, Send, Store, StoredIssue
from digest.alerts import Searches, queue_alerts, stock, weekly_finds
from digest.build import build_issue, due_week
from digest.issue import Issue, from_json, to_json
from digest.message import Envelope, compose
from digest.notices import Notice, Notices, alert_from_json
from digest.render import Renderer
from digest.sections import Letter, letter
from digest.send import Compose
from monitor.desk import Monitor
from monitor.periods import Period, Units, parse_period

EARLIER_ISSUES = 9
"""Looked at for corrections and for how far back late items reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    hour: int = 7
    """Hour in Vietnam on the Monday after the week from which its issue is due."""
    approval: bool = False
    """Whether an editor has to approve it first."""
    catch_up: timedelta = timedelta(hours=144)
    """How late an issue may still be begun or gone on with; zero: however late."""


class Press:
    def __init__(
        self,
        store: Store,
        monitor: Monitor,
        searches: Searches,
        *,
        links: ReaderLinks,
        renderer: Renderer,
        envelope: Envelope,
        rules: Rules,
    ) -> None:
        self.store = store
        self.monitor = monitor
        self.searches = searches
        self.renderer = renderer
        self.envelope = envelope
        self.rules = rules
        self.notices = Notices(renderer.base, links)
        self.links = links

    @property
    def names(self) -> Names:
        return self.monitor.names

    def due(self, now: datetime) -> Period:
        """The week whose issue is the latest due at ``now``."""
        week = due_week(now)
        return week if now >= self.due_at(week) else week.before()

    def due_at(self, week: Period) -> datetime:
        return week.ends_at + timedelta(hours=self.rules.hour)

    def too_late(self, week: Period, now: datetime) -> bool:
        return bool(self.rules.catch_up) and now - self.due_at(week) > self.rules.catch_up

    def draft(self, week: Period, now: datetime) -> StoredIssue:
        """Build the issue of the week again and store it as a draft; a frozen one is given as it is.

        Raises: InvalidData for a week that is not over.
        """
        if now < week.ends_at:
            raise InvalidData(f"{week.key} is not over yet: its issue can be built from {week.ends_at:%Y-%m-%d %H:%M} on")
        stored = self.store.issue(week.key)
        if stored is None or stored.state == "draft":
            earlier = [from_json(found.content) for found in self.store.issues(state="frozen") if found.key < week.key][:EARLIER_ISSUES]
            counted = self.store.counted_documents(before=week.key)
            built = build_issue(self.monitor.now(), self.monitor.healths(), week, counted=counted, earlier=earlier)
            self.store.put_draft(
                week.key, content=to_json(built.issue), web=self.web(built.issue), documents=built.documents, now=now, kind="weekly"
            )
        found = self.store.issue(week.key)
        assert found is not None
        return found

    def approve(self, key: str, now: datetime, *, by: str) -> bool:
        """Freeze the draft as it is stored. False when it was frozen before. Raises: InvalidData where there is no draft."""
        if self.store.issue(key) is None:
            raise InvalidData(f"{key}: there is no draft; `loa digest preview --week {key}` makes one")
        return self.store.freeze(key, now, approved_by=by)

    def prepare(self, week: Period, now: datetime) -> StoredIssue | None:
        """The frozen issue of the week, ready to be sent: built and frozen here where no approval is asked for. None: it waits for one."""
        stored = self.store.issue(week.key)
        if stored is None or stored.state == "draft":
            if self.rules.approval:
                if stored is None:
                    self.draft(week, now)
                return None
            self.draft(week, now)
            self.store.freeze(week.key, now)
        return self.store.issue(week.key)

    def queue(self, key: str, now: datetime) -> int:
        """Rows for all readers of the frozen weekly issue, once; with what their weekly searches found."""
        stored = self.store.issue(key)
        if stored is None or stored.state != "frozen" or stored.queued_at is not None:
            return 0
        return self.store.queue(key, now, domain=self.envelope.domain, extra=weekly_finds(self.store, self.searches))

    def queue_alerts(self, now: datetime) -> list[str]:
        return queue_alerts(self.store, self.searches, now, domain=self.envelope.domain)

    def note_stock(self, search: SavedSearch) -> None:
        """What a search just saved finds today is told of nowhere: its mails bring what comes later."""
        self.store.tell(search.id, stock(self.store, self.searches, search))

    def composer(self, key: str, clock: Callable[[], datetime]) -> Compose:
        """Makes the message of a stored issue for each reader. Raises: InvalidData where there is none."""
        stored = self.store.issue(key)
        if stored is None:
            raise InvalidData(f"{key}: there is no such issue")
        if stored.kind == "alert":
            alert = alert_from_json(stored.content)
            return lambda reader, send: self._message(self.notices.alert(alert, reader.id), reader, send, clock())
        issue = from_json(stored.content)
        return lambda reader, send: self._issue_message(issue, reader, send, clock())

    def letter(self, issue: Issue, choices: Choices, extra: bytes | None = None) -> Letter:
        return letter(issue, self.names.register, choices, names=self._words(choices), found=_found(extra))

    def web(self, issue: Issue) -> str:
        """The archive page's part for each map, as JSON."""
        parts = {}
        for units in get_args(Units):
            made = letter(issue, self.names.register, Choices(units=units), names={}, all_stories=True)
            parts[units] = self.renderer.web(made)
        return msgspec.json.encode(parts).decode()

    def _issue_message(self, issue: Issue, reader: Reader, send: Send, now: datetime) -> bytes:
        made = self.letter(issue, reader.choices, send.extra)
        made = self.renderer.with_links(made, leave=self.links.leave(reader.id), settings=self.links.settings(reader.id))
        return compose(
            self.envelope,
            to=reader.address,
            subject=made.subject,
            text=self.renderer.text(made),
            html=self.renderer.html(made),
            message_id=send.message_id,
            date=now,
            leave=made.links["leave"],
        )

    def _message(self, notice: Notice, reader: Reader, send: Send, now: datetime) -> bytes:
        return self.notice_message(notice, reader.address, message_id=send.message_id, now=now, leave=self.notices.leave(reader.id))

    def notice_message(self, notice: Notice, address: str, *, message_id: str, now: datetime, leave: str | None = None) -> bytes:
        return compose(
            self.envelope,
            to=address,
            subject=notice.subject,
            text=self.renderer.draw_text("notice.txt", notice=notice),
            html=self.renderer.draw_mjml("notice.mjml", notice=notice),
            message_id=message_id,
            date=now,
            leave=leave,
        )

    def _words(self, choices: Choices) -> Mapping[str, str]:
        words = {code: self.names.place(code, short=True) for code in choices.provinces}
        return words | {code: self.names.activities.name(code) for code in choices.activities}


def _found(extra: bytes | None) -> tuple[Found, ...]:
    return msgspec.json.decode(extra, type=tuple[Found, ...]) if extra else ()


def latest_due(press: Press, now: datetime) -> Period | None:
    """The week to be sent at ``now``; None where it is too late for it: its items come late with the next issue."""
    week = press.due(now)
    return None if press.too_late(week, now) else week


def week_of_key(key: str) -> Period:
    """Raises: InvalidData for what names no week."""
    period = parse_period(key)
    if period.kind != "week":
        raise InvalidData(f"{key} is no week: write it like 2026-W47")
    return period
