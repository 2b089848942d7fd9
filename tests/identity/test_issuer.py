"""The built-in issuer works for demonstrations, is off otherwise, and its tokens are tokens like any other."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hub import errors
from hub.identity.issuer import open_issuer
from hub.identity.trust import issuer_from, verifier_from
from hub.settings import Settings
from tests.identity.tokens import directory


@pytest.fixture
def demo(settings: Settings) -> Settings:
    return replace(settings, dev_issuer=True)


def test_its_token_is_accepted_by_its_verifier(demo: Settings) -> None:
    snapshot = directory()
    token = issuer_from(demo).issue("ED@430621", "zhang.san", roles=["officer"], ttl=600)
    who = asyncio.run(verifier_from(demo, lambda: snapshot).identify(token))
    assert (who.person, who.unit.code, who.roles, who.kind) == (
        "zhang.san", "ED@430621", frozenset({"officer"}), "human",
    )  # fmt: skip


def test_service_accounts_are_known_by_their_role(demo: Settings) -> None:
    snapshot = directory()
    token = issuer_from(demo).issue("ED@430621", "sync", roles=["service"], ttl=600)
    assert asyncio.run(verifier_from(demo, lambda: snapshot).identify(token)).kind == "service"


def test_it_is_refused_unless_switched_on(settings: Settings) -> None:
    with pytest.raises(errors.IssuerOff):
        issuer_from(settings)
    assert not settings.secrets.exists()


def test_its_tokens_are_worth_nothing_where_it_is_off(demo: Settings, tmp_path: Path) -> None:
    other = replace(demo, data=tmp_path / "other")
    snapshot = directory()
    token = issuer_from(other).issue("ED@430621", "zhang.san", roles=["officer"], ttl=600)
    with pytest.raises(errors.TokenInvalid):
        asyncio.run(verifier_from(demo, lambda: snapshot).identify(token))


def test_its_key_is_private_and_kept(demo: Settings) -> None:
    first = issuer_from(demo).jwks
    path = demo.secrets / "issuer.json"
    assert (issuer_from(demo).jwks, path.stat().st_mode & 0o777) == (first, 0o600)
    assert b'"d"' not in first and b'"d"' in path.read_bytes()


def test_processes_that_start_together_share_one_key(demo: Settings) -> None:
    with ThreadPoolExecutor(8) as threads:
        documents = list(threads.map(lambda _: issuer_from(demo).jwks, range(8)))
    assert len(set(documents)) == 1
    assert [path.name for path in demo.secrets.iterdir()] == ["issuer.json"]


def test_damaged_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "issuer.json").write_text("{")
    with pytest.raises(errors.DataFolderUnusable):
        open_issuer(tmp_path, enabled=True, issuer="i", audience="a")


@pytest.mark.parametrize("roles", [["policy_admin", "officer"], ["root"], [], ["officer", "officer"]], ids=str)
def test_it_gives_no_roles_that_would_be_refused(demo: Settings, roles: list[str]) -> None:
    with pytest.raises(errors.IdentityError):
        issuer_from(demo).issue("ED@430621", "zhang.san", roles=roles, ttl=600)


@pytest.mark.parametrize(("unit", "person"), [("ED 430621", "zhang.san"), ("ED@430621", "张三")])
def test_it_names_no_unit_or_person_out_of_form(demo: Settings, unit: str, person: str) -> None:
    with pytest.raises(errors.IdentityError):
        issuer_from(demo).issue(unit, person, roles=["officer"], ttl=600)


@pytest.mark.parametrize(
    "given",
    [{}, {"dev_issuer": True, "jwks_url": "https://issuer.example/jwks"}, {"jwks_url": "http://issuer.example/jwks"}],
    ids=["nobody", "two", "in the clear"],
)
def test_hub_trusts_exactly_one_issuer(settings: Settings, given: dict[str, object]) -> None:
    with pytest.raises(errors.SettingsError):
        verifier_from(replace(settings, **given), directory)  # type: ignore[arg-type]


def test_hub_trusts_the_issuer_of_a_file(demo: Settings, tmp_path: Path) -> None:
    path, snapshot = tmp_path / "jwks.json", directory()
    issuer = issuer_from(demo)
    path.write_bytes(issuer.jwks)
    trusting = replace(demo, dev_issuer=False, jwks_file=path)
    token = issuer.issue("ED@430621", "zhang.san", roles=["officer"], ttl=600)
    assert asyncio.run(verifier_from(trusting, lambda: snapshot).identify(token)).person == "zhang.san"
