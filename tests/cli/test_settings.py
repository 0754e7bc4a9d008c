"""Settings: which source wins, where each value came from, what a wrong one says; every setting is documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from cli.settings import Settings, handed, load_settings, taken_over
from corpus.errors import InvalidData

DOCUMENTED = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_option_beats_variable_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "loa.toml").write_text('workers = 3\nport = 9000\ncontact = "https://a.example.vn"\n', "utf-8")
    loaded = load_settings({"workers": 5, "index": None}, {"LOA_HOME": str(tmp_path), "LOA_WORKERS": "4", "LOA_PORT": "9100"})
    assert (loaded.settings.workers, loaded.origins["workers"]) == (5, "option")
    assert (loaded.settings.port, loaded.origins["port"]) == (9100, "environment")
    assert (loaded.settings.contact, loaded.origins["contact"]) == ("https://a.example.vn", "file")
    assert (loaded.settings.page_seconds, loaded.origins["page_seconds"]) == (10.0, "default")
    assert (loaded.settings.home, loaded.origins["home"]) == (tmp_path, "environment")


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert load_settings({}, {"LOA_PORT": "", "LOA_HOME": ""}).settings.port == 8000


def test_settings_are_frozen() -> None:
    settings = load_settings({}, {}).settings
    with pytest.raises(ValidationError):
        settings.port = 1


def test_another_process_gets_the_same_settings_with_the_secrets(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path, "port": 9000}, {"LOA_SMTP_PASSWORD": "nghèo—1", "LOA_PORTALS": "a.toml"}).settings
    assert taken_over(handed(settings)) == settings
    assert taken_over(handed(settings)).smtp_password.get_secret_value() == "nghèo—1"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        pytest.param("workers = -1", "workers = -1", id="out-of-range"),
        pytest.param("workers = 'many'", "workers = 'many'", id="no-number"),
        pytest.param("wokers = 2", "no setting 'wokers'", id="misspelt"),
        pytest.param("home = '/x'", "home stands where the file lies", id="home"),
        pytest.param("workers = ", "cannot be read", id="no-toml"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, file: str, says: str) -> None:
    path = tmp_path / "loa.toml"
    path.write_text(file, "utf-8")
    with pytest.raises(InvalidData) as caught:
        load_settings({"home": tmp_path}, {})
    assert str(path) in str(caught.value)
    assert says in str(caught.value)


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(InvalidData, match="LOA_PORT"):
        load_settings({}, {"LOA_PORT": "http"})


def test_a_registry_in_the_home_is_used(tmp_path: Path) -> None:
    settings = load_settings({"home": tmp_path}, {}).settings
    assert settings.portals_path is None
    (tmp_path / "portals.toml").write_text("", "utf-8")
    assert settings.portals_path == tmp_path / "portals.toml"
    assert load_settings({"home": tmp_path, "portals": tmp_path / "other.toml"}, {}).settings.portals_path == tmp_path / "other.toml"


def test_every_setting_is_documented() -> None:
    lines = [line for line in DOCUMENTED.read_text("utf-8").splitlines() if line.startswith("| `") and "LOA_" in line]
    documented = {line.split("`")[1]: line for line in lines}
    assert set(documented) == set(Settings.model_fields)
    for name, line in documented.items():
        assert f"LOA_{name.upper()}" in line


def test_a_secret_may_stand_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("bí mật\n", "utf-8")
    settings = load_settings({}, {"LOA_EXPORT_TOKEN_FILE": str(tmp_path / "token")}).settings
    assert settings.export_token.get_secret_value() == "bí mật"
    assert "bí mật" not in f"{settings!r} {settings.export_token}"
    assert load_settings({}, {"LOA_EXPORT_TOKEN": "x", "LOA_EXPORT_TOKEN_FILE": ""}).settings.export_token.get_secret_value() == "x"
    with pytest.raises(InvalidData, match="LOA_EXPORT_TOKEN_FILE"):
        load_settings({}, {"LOA_EXPORT_TOKEN_FILE": str(tmp_path / "none")})
