"""Commands of the weekly issue and its readers: `loa digest …`, `loa readers …`."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer

from cli.home import now, opened
from cli.mailing import CLOCK, Printing, mail_server, printing, write_file
from cli.output import FAILED, OK, TRY_LATER, number, say, show, show_json, show_table
from cli.settings import settings_of
from corpus.addresses import mail_address
from corpus.errors import InvalidData
from corpus.store import Choices, Reader, ReaderState, Store
from digest.bounces import read_bounce
from digest.issue import from_json
from digest.press import latest_due, week_of_key
from digest.send import Delivery, Tally, added
from monitor.periods import VIETNAM, Units

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output, one object a line.")]
Week = Annotated[str | None, typer.Option("--week", help="2026-W47; by default the last whole week.")]
DECISIONS: dict[str, Literal["sent", "queued", "failed"]] = {"sent": "sent", "again": "queued", "failed": "failed"}


def register(app: typer.Typer) -> None:
    digest = typer.Typer(help="The weekly issue: look at it, approve it, send it.", no_args_is_help=True)
    digest.command("preview", help="Build the draft of a week and show it; a frozen issue is shown as it was frozen.")(preview)
    digest.command("approve", help="Freeze a draft as it stands, ready to be sent.")(approve)
    digest.command("send", help="Send everything that is due: the weekly issue, then mails of saved searches. Goes on where it stopped.")(
        send
    )
    digest.command("status", help="Issues, how many messages are in which state, and which of them a person has to decide on.")(status)
    digest.command("decide", help="Say what became of an uncertain message: sent, again (send it once more) or failed.")(decide)
    digest.command("bounce", help="Read a notice of failed delivery from a file, or - for standard input.")(bounce)
    app.add_typer(digest, name="digest")
    readers = typer.Typer(help="Readers of the digest.", no_args_is_help=True)
    readers.command("list", help="Every reader with state and choices.")(list_readers)
    readers.command(
        "import", help="Bring in readers who consented elsewhere, from CSV: address, consented_at, units, provinces, activities."
    )(import_readers)
    readers.command("export", help="All readers as CSV, as `import` reads it.")(export_readers)
    readers.command("remove", help="Delete all that is kept of a reader.")(remove_reader)
    readers.command("resume", help="Send again to a reader whose mail had come back.")(resume_reader)
    app.add_typer(readers, name="readers")


def preview(
    context: typer.Context,
    week: Week = None,
    units: Annotated[str, typer.Option("--units", help="34 or 63: the map.")] = "34",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the mail as HTML to this file, its text beside it.")] = None,
    as_json: AsJson = False,
) -> None:
    if units not in get_args(Units):
        raise typer.BadParameter("34 or 63", param_hint="--units")
    with printing(settings_of(context)) as found:
        press, instant = found.press, now()
        period = week_of_key(week) if week else press.due(instant)
        stored = press.draft(period, instant)
        issue = from_json(stored.content)
        letter = press.letter(issue, Choices(units=cast(Units, units)))
        letter = press.renderer.with_links(letter, leave="…", settings="…")
        text = press.renderer.text(letter)
        if output is not None:
            write_file(output, press.renderer.html(letter))
            write_file(output.with_suffix(".txt"), text)
    state = "frozen" if stored.state == "frozen" else "a draft"
    say(f"{stored.key} is {state}: {number(issue.story_count)} stories. Subject: {letter.subject}")
    if as_json:
        show_json({"key": stored.key, "state": stored.state, "subject": letter.subject, "stories": issue.story_count, "text": text})
    else:
        show(text)


def approve(
    context: typer.Context,
    week: Annotated[str, typer.Argument(help="2026-W47.")],
    by: Annotated[str, typer.Option("--by", help="Who approves; kept with the issue.")] = "operator",
) -> None:
    key = week_of_key(week).key
    with printing(settings_of(context)) as found:
        if found.press.approve(key, now(), by=by):
            say(f"{key} is frozen; `loa digest send` sends it.")
        else:
            say(f"{key} was frozen before; nothing was changed.")


def send(context: typer.Context, as_json: AsJson = False) -> None:
    settings = settings_of(context)
    server = mail_server(settings)
    with printing(settings) as found:
        found.store.forget_unconfirmed(now())
        delivery = Delivery(found.store, server, found.press.envelope.address, clock=CLOCK, per_minute=settings.mail_per_minute)
        with delivery:
            tally, keys = _deliver(found, delivery)
    if as_json:
        show_json(
            {
                "issues": keys,
                "sent": tally.sent,
                "failed": tally.failed,
                "waiting": tally.waiting,
                "uncertain": tally.uncertain + tally.doubted,
            }
        )
    else:
        _tell(tally, keys)
    if tally.stopped or tally.waiting:
        raise typer.Exit(TRY_LATER)
    raise typer.Exit(FAILED if tally.failed or tally.uncertain or tally.doubted else OK)


def _deliver(found: Printing, delivery: Delivery) -> tuple[Tally, list[str]]:
    """Everything that is due, the oldest first; ends with the first issue that the mail server does not let through."""
    press, store, instant = found.press, found.store, now()
    week = latest_due(press, instant)
    if week is None:
        say(f"{press.due(instant).key} is too late to be sent; what it holds comes with the next issue.")
    elif press.prepare(week, instant) is None:
        say(f"{week.key} waits for its approval: `loa digest approve {week.key}`.")
    else:
        press.queue(week.key, instant)
    press.queue_alerts(instant)
    tally, done = Tally(), []
    for key in store.unfinished_issues():
        stored = store.issue(key)
        if stored is not None and stored.kind == "weekly" and press.too_late(week_of_key(key), instant):
            store.queue(key, instant, domain=press.envelope.domain)
            given_up = store.give_up(key, instant, "the issue is too old")
            say(f"{key} is too old: {number(given_up)} messages were not sent.")
            continue
        press.queue(key, instant)
        one = delivery.deliver(key, press.composer(key, now))
        tally = added(tally, one)
        done.append(key)
        if one.stopped:
            break
    return tally, done


def _tell(tally: Tally, keys: list[str]) -> None:
    if not keys:
        say("Nothing is due.")
    else:
        say(f"{', '.join(keys)}: {number(tally.sent)} sent, {number(tally.failed)} failed, {number(tally.waiting)} wait.")
    if tally.stopped:
        say(f"Stopped: {tally.reason}. The same command goes on from here.", "yellow")
    elif tally.next_try:
        say(f"The next try is due at {tally.next_try.astimezone(VIETNAM):%H:%M on %Y-%m-%d} (Vietnam); run the same command then.")
    if tally.uncertain or tally.doubted:
        say("Some messages are uncertain: `loa digest status` names them, `loa digest decide` settles them.", "yellow")


def status(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", help="Issues shown.")] = 8,
    as_json: AsJson = False,
) -> None:
    with opened(settings_of(context)) as store:
        rows = [(issue, store.send_counts(issue.key)) for issue in store.issues(limit=limit)]
        uncertain = store.sends(state="uncertain")
        readers = {state: len(store.readers(state)) for state in get_args(ReaderState)}
    if as_json:
        for issue, counts in rows:
            show_json(
                {"issue": issue.key, "state": issue.state, "frozen_at": issue.frozen_at, "approved_by": issue.approved_by, "sends": counts}
            )
        for found in uncertain:
            show_json({"uncertain": found.message_id, "issue": found.issue, "reader": found.reader, "since": found.changed_at})
        show_json({"readers": readers})
        return
    table = [(i.key, i.state, _instant(i.frozen_at), i.approved_by or "", ", ".join(f"{n} {s}" for s, n in c.items())) for i, c in rows]
    show_table("Issues", ("Issue", "State", "Frozen", "Approved by", "Messages"), table)
    show(", ".join(f"{number(count)} {state}" for state, count in readers.items()) + " readers")
    if uncertain:
        columns = ("Message", "Issue", "Since", "What is known")
        lines = [(found.message_id, found.issue, _instant(found.changed_at), found.detail or "") for found in uncertain]
        show_table("Uncertain: look into the mail server's log, then `loa digest decide`", columns, lines)


def decide(
    context: typer.Context,
    message_id: Annotated[str, typer.Argument(help="Message-ID, as `digest status` shows it.")],
    decision: Annotated[str, typer.Argument(help=f"One of {', '.join(DECISIONS)}.")],
) -> None:
    if decision not in DECISIONS:
        raise typer.BadParameter(f"one of {', '.join(DECISIONS)}", param_hint="DECISION")
    with opened(settings_of(context)) as store:
        if not store.decide(message_id, DECISIONS[decision], now()):
            raise InvalidData(f"{message_id} is no uncertain message; `loa digest status` lists them")
    say(f"{message_id}: {decision}.")


def bounce(context: typer.Context, file: Annotated[str, typer.Argument(help="The notice as a mail file, or -.")]) -> None:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise InvalidData(f"cannot be read ({error.strerror})", file=file) from error
    notice = read_bounce(data)
    with opened(settings_of(context)) as store:
        for message_id in notice.message_ids:
            if store.bounced(message_id, notice.reason, now(), permanent=notice.permanent) is not None:
                say(f"{message_id}: {notice.reason}" + ("; the reader gets no further mail." if notice.permanent else ""))
                return
    raise InvalidData("the notice is about no message of ours: nothing was changed")


def list_readers(
    context: typer.Context,
    state: Annotated[str | None, typer.Option("--state", help=f"One of {', '.join(get_args(ReaderState))}.")] = None,
    as_json: AsJson = False,
) -> None:
    if state is not None and state not in get_args(ReaderState):
        raise typer.BadParameter(f"one of {', '.join(get_args(ReaderState))}", param_hint="--state")
    with opened(settings_of(context)) as store:
        found = store.readers(cast("ReaderState | None", state))
    if as_json:
        for reader in found:
            show_json({"id": reader.id, "address": reader.address, "state": reader.state, **_choices(reader)})
        return
    rows = [(r.address, r.state, _instant(r.consented_at), r.choices.units, " ".join(r.choices.provinces)) for r in found]
    show_table("Readers", ("Address", "State", "Consent", "Map", "Provinces"), rows)


COLUMNS = ("address", "consented_at", "units", "provinces", "activities", "weekly")


def export_readers(
    context: typer.Context, output: Annotated[Path | None, typer.Option("--output", "-o", help="File; else standard output.")] = None
) -> None:
    with opened(settings_of(context)) as store:
        found = store.readers("active")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for reader in found:
        choices = reader.choices
        consented = reader.consented_at.isoformat() if reader.consented_at else ""
        codes = (" ".join(choices.provinces), " ".join(choices.activities))
        writer.writerow([reader.address, consented, choices.units, *codes, "yes" if choices.weekly else "no"])
    if output is None:
        sys.stdout.write(text.getvalue())
    else:
        write_file(output, text.getvalue())
        say(f"{number(len(found))} readers written to {output}.")


def import_readers(context: typer.Context, file: Annotated[Path, typer.Argument(help="CSV with a head line.")]) -> None:
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidData(f"cannot be read ({error}); it must be UTF-8", file=str(file)) from error
    # All lines are read before the first is written: a wrong one changes nothing.
    rows = list(_read_readers(text, str(file)))
    with opened(settings_of(context), create=True) as store:
        added_count = sum(_add(store, *row) for row in rows)
    say(f"{number(added_count)} readers added, {number(len(rows) - added_count)} were known.")


def _read_readers(text: str, file: str) -> Iterator[tuple[str, Choices, datetime]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = {"address", "consented_at"} - set(reader.fieldnames or ())
    if missing:
        raise InvalidData(f"columns {', '.join(sorted(missing))} are missing; {', '.join(COLUMNS)} are read", file=file, line=1)
    for row in reader:
        try:
            address = mail_address(row["address"] or "")
            consented = datetime.fromisoformat((row["consented_at"] or "").replace("Z", "+00:00"))
        except (InvalidData, ValueError) as error:
            raise InvalidData(f"{error}; without the time of consent nobody may be brought in", file=file, line=reader.line_num) from error
        units = row.get("units") or "34"
        if units not in get_args(Units):
            raise InvalidData(f"units {units!r}: 34 or 63", file=file, line=reader.line_num)
        if consented.tzinfo is None:
            consented = consented.replace(tzinfo=VIETNAM)
        yield (
            address,
            Choices(
                units=cast(Units, units),
                provinces=tuple((row.get("provinces") or "").split()),
                activities=tuple((row.get("activities") or "").split()),
                weekly=(row.get("weekly") or "yes") != "no",
            ),
            consented,
        )


def _add(store: Store, address: str, choices: Choices, consented: datetime) -> bool:
    return store.add_reader(address, choices, consented_at=consented, now=now())


def remove_reader(context: typer.Context, address: Annotated[str, typer.Argument()]) -> None:
    with opened(settings_of(context)) as store:
        store.leave(_known(store, address).id)
    say("Removed, with choices, saved searches and what was waiting to be sent.")


def resume_reader(context: typer.Context, address: Annotated[str, typer.Argument()]) -> None:
    with opened(settings_of(context)) as store:
        if not store.resume(_known(store, address).id):
            raise InvalidData(f"{address} is not suspended")
    say("Mail is sent there again.")


def _known(store: Store, address: str) -> Reader:
    found = store.reader_at(address)
    if found is None:
        raise InvalidData(f"{address}: no such reader; `loa readers list` shows all")
    return found


def _choices(reader: Reader) -> dict[str, object]:
    choices = reader.choices
    return {
        "consented_at": reader.consented_at,
        "units": choices.units,
        "provinces": list(choices.provinces),
        "activities": list(choices.activities),
        "weekly": choices.weekly,
        "suspended_for": reader.suspended_for,
    }


def _instant(value: datetime | None) -> str:
    return f"{value.astimezone(VIETNAM):%Y-%m-%d %H:%M}" if value else ""
