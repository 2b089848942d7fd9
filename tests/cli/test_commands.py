"""The commands that need no database: what they print, where, and with which exit code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.cli.main import COMMANDS, application, main
from hub.settings import ROOT

RUNNER = CliRunner()


def _run(*words: str, data: Path | None = None) -> Result:
    return RUNNER.invoke(application, list(words), env={"HUB_DATA": str(data)} if data else {})


def test_help_lists_every_command() -> None:
    shown = _run("--help").output
    assert [name for name in COMMANDS if name not in shown] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads(name: str) -> None:
    assert _run(name, "--help").exit_code == 0


def test_command_loads_only_what_it_needs() -> None:
    code = (
        "import sys; sys.argv = ['hub', 'token', '--help']\n"
        "from hub.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'strawberry', 'casbin', 'uvicorn'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_token_is_all_that_is_printed(tmp_path: Path) -> None:
    result = _run("token", "ED@430621", "--role", "officer", data=tmp_path)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 1 and result.stdout.count(".") == 2


def test_error_is_told_in_both_languages_with_its_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["hub", "token", "nonsense"])
    with pytest.raises(SystemExit) as raised:
        main()
    out, err = capsys.readouterr()
    assert raised.value.code == 1
    assert out == ""
    assert "UNKNOWN_UNIT" in err and "未登记" in err and "is not registered" in err and "→" in err


def test_unknown_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PROT", "1")
    assert "HUB_PROT" in str(_run("check").exception)


def test_settings_and_codes_are_printed() -> None:
    shown = _run("settings").stdout
    assert "`HUB_PORT`" in shown and "`UNAUTHENTICATED`" in shown


def test_policies_of_the_package_hold() -> None:
    result = _run("check")
    assert (result.exit_code, result.stderr) == (0, "")


def test_faults_are_listed_with_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    rules = next((tmp_path / "policies/rules").glob("*.yaml"))
    with rules.open("a", encoding="utf-8") as file:
        file.write("\n- id: P99\n  nonsense: 1\n")
    result = _run("check", str(tmp_path / "policies"))
    assert result.exit_code == 1
    assert f"rules/{rules.name}:" in result.stdout
    assert "处错误" in result.stderr


def test_right_is_explained_by_its_sentence() -> None:
    result = _run("explain", "ED@430621", "D02")
    assert result.exit_code == 0
    assert "P22" in result.stdout and "ED-1" in result.stdout


def test_refusal_is_explained_with_its_next_step() -> None:
    result = _run("explain", "CT@430621", "D25")
    assert result.exit_code == 1
    assert "NEVER" in result.stdout


@pytest.mark.parametrize(
    ("unit", "level"),
    [
        ("CA@430000", "province"),
        ("CA@430600", "prefecture"),
        ("CA@430621", "county"),
        ("TW@430621104", "township"),
        ("VC@430621104201", "village"),
    ],
)
def test_level_follows_from_the_code(unit: str, level: str) -> None:
    assert _run("explain", unit, "D38/directory").stdout.startswith(f"{unit[:2]} {level}")
