"""Commands for the people who sign in: `loa user add | list | set | token`."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer

from cli.home import now, opened
from cli.output import say, show, show_json, show_table
from cli.settings import settings_of
from corpus.errors import InvalidData
from corpus.store import ROLES
from search_api.passwords import MIN_LENGTH, WeakPassword, hash_password

Role = Annotated[str, typer.Option("--role", help=f"What the person may do: {', '.join(ROLES)}; each what those before it may.")]
FromInput = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input instead of making one.")]


def register(app: typer.Typer) -> None:
    users = typer.Typer(help="People who sign in to review tags, look after sources and approve issues.", no_args_is_help=True)
    users.command("add", help="Make an account; a password is made and shown once unless one is given.")(add)
    users.command("list", help="Every account with its role.")(show_all)
    users.command("set", help="Change role, password or name, close or open an account; its sessions end.")(change)
    users.command("token", help="Make an access token for programs and show it once.")(token)
    app.add_typer(users, name="user")


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the person signs in with.")],
    role: Role = "reviewer",
    full_name: Annotated[str, typer.Option("--full-name", help="How the trail of decisions names the person.")] = "",
    password_stdin: FromInput = False,
) -> None:
    password, made = _password(password_stdin)
    with opened(settings_of(context), create=True) as store:
        account = store.add_account(name, role, _hashed(password), now(), full_name=full_name)
    say(f"{account.name} may sign in as {account.role}.")
    if made:
        show(password)


def show_all(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One object a line.")] = False) -> None:
    with opened(settings_of(context)) as store:
        found = store.accounts()
    if as_json:
        for account in found:
            show_json(
                {"name": account.name, "full_name": account.full_name, "role": account.role, "open": account.closed_at is None}
                | {"created_at": account.created_at}
            )
        return
    rows = [(a.name, a.full_name, a.role, "closed" if a.closed_at else "open", f"{a.created_at:%Y-%m-%d}") for a in found]
    show_table("Accounts", ("Name", "Full name", "Role", "State", "Since"), rows)


def change(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The account's name.")],
    role: Annotated[str | None, typer.Option("--role", help=f"One of {', '.join(ROLES)}.")] = None,
    full_name: Annotated[str | None, typer.Option("--full-name", help="How the trail of decisions names the person.")] = None,
    new_password: Annotated[bool, typer.Option("--new-password", help="Make a new password and show it once.")] = False,
    password_stdin: FromInput = False,
    closed: Annotated[bool | None, typer.Option("--close/--open", help="Close the account, or let it in again.")] = None,
) -> None:
    password, hashed = "", None
    if new_password or password_stdin:
        password, made = _password(password_stdin)
        hashed = _hashed(password)
        password = password if made else ""
    with opened(settings_of(context)) as store:
        account = store.change_account(name, now(), role=role, password_hash=hashed, full_name=full_name, closed=closed)
    say(f"{account.name}: {account.role}, {'closed' if account.closed_at else 'open'}. Its sessions have ended.")
    if password:
        show(password)


def token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The account that the program acts for.")],
    note: Annotated[str, typer.Option("--note", help="What it is for.")] = "",
    drop: Annotated[bool, typer.Option("--drop", help="End all tokens of the account instead.")] = False,
) -> None:
    with opened(settings_of(context)) as store:
        if drop:
            say(f"{store.drop_access_tokens(name)} tokens ended.")
            return
        show(store.add_access_token(name, note, now()))
    say("Send it as 'Authorization: Bearer TOKEN'. It is not shown again.")


def _password(from_input: bool) -> tuple[str, bool]:
    """The password and whether we made it."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n"), False
    return secrets.token_urlsafe(MIN_LENGTH + 5), True


def _hashed(password: str) -> str:
    try:
        return hash_password(password)
    except WeakPassword as error:
        raise InvalidData(str(error)) from error
