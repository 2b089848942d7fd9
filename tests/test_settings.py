"""Settings: where they come from, what is refused, what is never shown."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from hub.errors import SettingsError
from hub.settings import Secret, Settings, load_settings, render_settings


def _file(folder: Path, content: str) -> dict[str, str]:
    (folder / "hub.toml").write_text(content, "utf-8")
    return {"HUB_CONFIG": str(folder / "hub.toml")}


def test_nothing_given_means_defaults() -> None:
    assert load_settings({}) == Settings()


def test_environment_is_read_by_type() -> None:
    found = load_settings(
        {
            "HUB_PORT": "9000",
            "HUB_DEV_ISSUER": "on",
            "HUB_DATA": "/d",
            "HUB_DATABASE_URL": "postgresql://x",
            "PATH": "/",
        }
    )
    expected = Settings(port=9000, dev_issuer=True, data=Path("/d"), database_url=Secret("postgresql://x"))
    assert found == expected


def test_file_is_read(tmp_path: Path) -> None:
    environ = _file(tmp_path, 'port = 9000\ngraphiql = false\npolicies = "p"\n')
    assert load_settings(environ) == Settings(port=9000, graphiql=False, policies=Path("p"))


def test_environment_wins_over_file(tmp_path: Path) -> None:
    assert load_settings({**_file(tmp_path, "port = 9000"), "HUB_PORT": "9001"}).port == 9001


def test_empty_variable_is_not_set() -> None:
    assert load_settings({"HUB_PORT": "", "HUB_CONFIG": ""}) == Settings()


def test_file_of_the_working_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _file(tmp_path, "port = 9000")
    monkeypatch.chdir(tmp_path)
    assert load_settings({}).port == 9000


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    environ = _file(tmp_path, "prot = 1\nmax_depth = 1\nlog_level = 'loud'\nworkers = 1.5\n")
    with pytest.raises(SettingsError) as raised:
        load_settings({**environ, "HUB_PROT": "1", "HUB_PORT": "x", "HUB_GRAPHIQL": "maybe"})
    faults = str(raised.value.data["faults"]).split("; ")
    where = f" ({environ['HUB_CONFIG']})"
    assert faults == [
        "HUB_GRAPHIQL: must be true or false",
        "HUB_PORT: must be a whole number",
        "HUB_PROT: unknown setting",
        f"log_level{where}: must be one of debug, info, warning, error",
        f"max_depth{where}: must be at least 2",
        f"prot{where}: unknown setting",
        f"workers{where}: must be a whole number",
    ]


@pytest.mark.parametrize("content", ["port = ", "port = 1\nport = 2", b"\xff"], ids=["syntax", "twice", "not utf-8"])
def test_unreadable_file_is_a_fault(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "hub.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=r"hub\.toml"):
        load_settings({"HUB_CONFIG": str(path)})


def test_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        load_settings({"HUB_CONFIG": str(tmp_path / "none.toml")})


def test_contradictions_are_refused() -> None:
    with pytest.raises(SettingsError, match="give one of them"):
        load_settings({"HUB_JWKS_URL": "https://a", "HUB_JWKS_FILE": "b"})
    with pytest.raises(SettingsError, match="needs HUB_DATABASE_URL"):
        load_settings({"HUB_DATABASE_READ_URL": "postgresql://a"})


def test_secrets_are_never_shown() -> None:
    settings = load_settings({"HUB_DATABASE_URL": "postgresql://u:hidden@h/d"})
    assert settings.database_url is not None and settings.database_url.reveal().endswith("hidden@h/d")
    assert "hidden" not in f"{settings!r} {settings} {settings.database_url}"


def test_invalid_values_of_secrets_are_not_repeated() -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({"HUB_DATABASE_URL": "hid\x00den"})
    assert "hid" not in str(raised.value)


def test_every_setting_is_documented() -> None:
    table = render_settings()
    assert [f"| `HUB_{field.name.upper()}` |" in table for field in fields(Settings)] == [True] * len(fields(Settings))
    assert all(field.metadata["about"].zh and field.metadata["about"].en for field in fields(Settings))


def test_every_numeric_setting_has_bounds() -> None:
    unbounded = [f.name for f in fields(Settings) if f.type == "int" and f.metadata["about"].maximum is None]
    assert unbounded == []
