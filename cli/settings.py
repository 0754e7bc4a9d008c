"""Settings: one frozen record, each value from the first of option, ``LOA_*`` variable, HOME/loa.toml and default that has it.

Built once at the start of a command and passed down as values. `docs/configuration.md` lists every setting; a test compares.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from corpus.errors import InvalidData

Origin = Literal["option", "environment", "file", "default"]
PREFIX = "LOA_"
FILE_NAME = "loa.toml"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="forbid", validate_default=True)

    home: Path = Field(default=Path("var/loa"), description="Folder that holds everything the program keeps.")
    index: str = Field(
        default="", description="Folder of the search index, or http://host:9200/name for Elasticsearch; empty for `index` inside the home."
    )
    portals: Path | None = Field(
        default=None, description="Portal registry file (TOML); `portals.toml` inside the home where there is one, else the bundled one."
    )
    workers: Annotated[int, Field(ge=0, le=256)] = Field(default=0, description="Worker processes; 0 for one a processor.")
    page_seconds: Annotated[float, Field(gt=0, le=600)] = Field(
        default=10.0, description="Most processor time for extracting and tagging one page, in seconds; six times as long by the clock."
    )
    page_memory_mb: Annotated[int, Field(ge=64, le=65536)] = Field(default=512, description="Most memory for one page, in MiB.")
    host: str = Field(default="127.0.0.1", description="Address that `serve` and `demo` listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8000, description="Port that `serve` and `demo` listen on; a free one is taken when it is busy, 0 for any."
    )
    contact: str = Field(default="", description="Web or mail address named to the portals while crawling.")
    department: str = Field(default="", description="Name of the department on the pages; empty for the built-in one.")
    public_url: str = Field(default="", description="Address at which readers reach the server; empty for the one that a request names.")
    serve_processes: Annotated[int, Field(ge=0, le=16)] = Field(
        default=0, description="Processes that work out pages; 0 for two where there are as many processors."
    )
    rate_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=300, description="Requests that one client has a minute (an export counts as ten); 0 for no limit."
    )
    export_token: SecretStr = Field(default=SecretStr(""), description="Token with which exports carry full texts; empty: nobody may.")
    smtp_host: str = Field(default="", description="Mail server that takes what is sent; empty: nothing is sent and nobody can subscribe.")
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = Field(default=25, description="Its port.")
    smtp_security: Literal["none", "starttls", "tls"] = Field(default="none", description="How the conversation with it is encrypted.")
    smtp_user: str = Field(default="", description="Name to sign in with at the mail server; empty: without.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Password to sign in with at the mail server.")
    mail_from: str = Field(default="", description="Address that mail comes from; notices of failed delivery go there.")
    mail_name: str = Field(default="Bản tin loa", description="Name beside that address.")
    mail_per_minute: Annotated[int, Field(ge=0, le=100_000)] = Field(default=0, description="Most messages a minute; 0 for no limit.")
    dkim_key: SecretStr = Field(default=SecretStr(""), description="Private RSA key (PEM) that signs mail; empty: unsigned.")
    dkim_selector: str = Field(default="loa", description="Selector of its DNS record, <selector>._domainkey.<domain of mail_from>.")
    digest_hour: Annotated[int, Field(ge=0, le=23)] = Field(
        default=7, description="Hour in Vietnam on Monday from which the issue of the week before is sent."
    )
    digest_approval: bool = Field(default=False, description="Whether an editor approves every issue before it is sent.")
    digest_catch_up_hours: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=144, description="How late an issue is still sent, in hours; 0: however late."
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="Signs the links in mail; empty: one is made and kept as `secret.key` in the home."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="What is logged on standard error.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load_settings` merges the sources itself, since `config show` must say where each value came from.
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def store_path(self) -> Path:
        return self.home / "loa.db"

    @property
    def portals_path(self) -> Path | None:
        """The registry to read; None for the bundled one."""
        own = self.home / "portals.toml"
        return self.portals or (own if own.exists() else None)

    @property
    def report_template_path(self) -> Path | None:
        """The staff's own template of the Word report; None for the bundled one."""
        own = self.home / "report.docx"
        return own if own.exists() else None

    @property
    def archive_path(self) -> Path:
        return self.home / "archive"

    @property
    def model_path(self) -> Path:
        return self.home / "model"

    @property
    def index_url(self) -> str:
        return self.index or str(self.home / "index")

    @property
    def lock_path(self) -> Path:
        return self.home / "run.lock"


class InvalidOption(InvalidData):
    """A value on the command line: a usage error, unlike one in a variable or file."""


@dataclass(frozen=True, slots=True)
class Loaded:
    settings: Settings
    origins: Mapping[str, Origin]


def settings_of(context: typer.Context) -> Settings:
    """Those of the command that runs."""
    loaded: Loaded = context.obj
    return loaded.settings


def load_settings(options: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Loaded:
    """Options that are None were not given. Raises: InvalidOption; InvalidData naming the variable, or file and key, that is wrong."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = dict.fromkeys(Settings.model_fields, "default")

    def take(found: Mapping[str, Any], origin: Origin) -> None:
        values.update(found)
        origins.update(dict.fromkeys(found, origin))

    given = {name: value for name, value in options.items() if value is not None}
    exported = {
        name: environment[PREFIX + name.upper()] for name in Settings.model_fields if environment.get(PREFIX + name.upper(), "") != ""
    }
    exported = _secret_files(environment) | exported
    home = Path(given.get("home") or exported.get("home") or Settings.model_fields["home"].default)
    take(_read_file(home / FILE_NAME), "file")
    take(exported, "environment")
    take(given, "option")
    try:
        return Loaded(Settings(**values), origins)
    except ValidationError as error:
        raise _fault(error, origins, home) from error


def handed(settings: Settings) -> bytes:
    """For another process of ours, through a pipe: JSON with the secrets in it."""
    values = settings.model_dump(mode="json")
    return json.dumps(values | {name: getattr(settings, name).get_secret_value() for name in SECRETS}).encode()


def taken_over(data: bytes) -> Settings:
    """What `handed` gave. Raises: ValueError."""
    return Settings(**json.loads(data))


SECRETS = tuple(name for name, field in Settings.model_fields.items() if field.annotation is SecretStr)
"""Settings that may also stand in a file of their own, named by ``LOA_<NAME>_FILE``."""


def _secret_files(environment: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in SECRETS:
        variable = f"{PREFIX}{name.upper()}_FILE"
        if path := environment.get(variable, ""):
            try:
                found[name] = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise InvalidData(f"{variable}: {path}: cannot be read ({error}); correct the path or its permissions") from error
    return found


def _read_file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise InvalidData("is no folder; name another home with --home", file=str(path.parent)) from error
    except PermissionError as error:
        raise InvalidData("may not be read; change its permissions or those of the folder", file=str(path)) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidData(f"cannot be read: {error}; correct it or remove it", file=str(path)) from error
    if "home" in content:
        raise InvalidData("home stands where the file lies: remove it here and use --home or LOA_HOME", file=str(path))
    for name in content:
        if name not in Settings.model_fields:
            raise InvalidData(f"no setting {name!r}; `loa config show` lists them", file=str(path))
    return content


def _fault(error: ValidationError, origins: Mapping[str, Origin], home: Path) -> InvalidData:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    shown = "..." if name in SECRETS else repr(first["input"])
    text = f"{name} = {shown}: {first['msg']}"
    if origins.get(name) == "file":
        return InvalidData(text, file=str(home / FILE_NAME))
    if origins.get(name) == "environment":
        return InvalidData(f"{PREFIX}{name.upper()}: {text}")
    return InvalidOption(text)
