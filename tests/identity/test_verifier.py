"""Only a token signed by the configured issuer, for this hub, for a unit in force, says who asks."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from typing import Any

import pytest
from joserfc.jwk import ECKey

from hub import errors
from hub.identity.directory import Directory
from hub.identity.identity import Identity
from hub.identity.keys import Keys, fixed_keys
from hub.identity.verifier import Verifier, bearer_token
from tests.identity.tokens import (
    CLAIMS,
    DAY,
    EC,
    ED,
    EXPECTED,
    NOW,
    RSA,
    STRANGER,
    claims,
    directory,
    encoded,
    forged,
    jwks,
    signed,
    unit,
)

KEYS = jwks(EC, ED, RSA)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def verifier(known: Directory | None = None, *, keys: Keys | None = None, clock: Clock | None = None) -> Verifier:
    snapshot = known or directory()
    return Verifier(EXPECTED, keys or fixed_keys(KEYS), directory=lambda: snapshot, clock=clock or Clock())


def identified(token: str, known: Directory | None = None) -> Identity:
    return asyncio.run(verifier(known).identify(token))


def refusal(token: str, known: Directory | None = None) -> tuple[str, Any]:
    with pytest.raises(errors.IdentityError) as caught:
        identified(token, known)
    return caught.value.code, caught.value.data.get("reason")


@pytest.mark.parametrize(
    ("key", "alg"), [(EC, "ES256"), (ED, "Ed25519"), (RSA, "RS256"), (RSA, "PS256")], ids=lambda each: str(each)[:7]
)
def test_good_token_says_who_asks(key: Any, alg: str) -> None:
    who = identified(signed(key=key, alg=alg))
    assert (who.person, who.unit.code, who.roles, who.kind, who.token_id, who.unit_presented) == (
        "zhang.san", "ED@430621", frozenset({"officer"}), "human", "token-1", None,
    )  # fmt: skip
    assert who.unit.ranges == (("430621000000", "430622000000"),)


def test_token_without_signature_is_refused() -> None:
    assert refusal(forged({"alg": "none", "kid": "ec-1"}) + "AA")[0] == "TOKEN_INVALID"
    assert refusal(forged({"alg": "none", "kid": "ec-1"})) == ("TOKEN_INVALID", "form")


@pytest.mark.parametrize("alg", ["HS256", "HS512", "none", "None", "ES384", "RS256", "EdDSA", "", 5, None, ["ES256"]])
def test_algorithm_other_than_the_keys_is_refused(alg: object) -> None:
    assert refusal(forged({"alg": alg, "kid": "ec-1"}, b"secret")) == ("TOKEN_INVALID", "alg")


@pytest.mark.parametrize("key", [EC, RSA], ids=["ec", "rsa"])
def test_public_key_is_no_secret(key: Any) -> None:
    """The classic confusion: HMAC with the published key as its secret."""
    for secret in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
        assert refusal(forged({"alg": "HS256", "kid": key.kid}, secret)) == ("TOKEN_INVALID", "alg")


def test_key_of_another_kind_is_refused() -> None:
    assert refusal(signed(key=EC, header={"kid": "rsa-1"})) == ("TOKEN_INVALID", "alg")
    assert refusal(signed(key=RSA, alg="RS256", header={"kid": "ec-1"})) == ("TOKEN_INVALID", "alg")


def test_signature_of_a_stranger_is_refused() -> None:
    assert refusal(signed(key=STRANGER)) == ("TOKEN_INVALID", "signature")


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit", "b64"])
def test_token_that_brings_its_own_key_is_refused(name: str) -> None:
    brought = {
        "jwk": STRANGER.as_dict(private=False),
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/cert",
        "x5c": ["MIIB"],
        "crit": ["exp"],
        "b64": False,
    }
    for kid in ("ec-1", "stranger"):
        assert refusal(signed(key=STRANGER, header={name: brought[name], "kid": kid})) == ("TOKEN_INVALID", "header")


@pytest.mark.parametrize(
    "kid",
    ["../../etc/passwd", "/dev/null", "ec-1 ", "EC-1", "ес-1", "", "ec-1\0", "x' OR '1'='1", "https://evil.example/k"],
)
def test_unknown_kid_is_refused(kid: str) -> None:
    assert refusal(signed(header={"kid": kid})) == ("TOKEN_INVALID", "kid")


@pytest.mark.parametrize("kid", [..., None, 1, ["ec-1"], {"kid": "ec-1"}])
def test_kid_that_is_no_text_is_refused(kid: object) -> None:
    assert refusal(signed(header={"kid": kid})) == ("TOKEN_INVALID", "kid")


@pytest.mark.parametrize("typ", ["JWE", "id_token", 5], ids=str)
def test_token_of_another_type_is_refused(typ: object) -> None:
    assert refusal(signed(header={"typ": typ})) == ("TOKEN_INVALID", "header")


@pytest.mark.parametrize(
    "token",
    ["", "a", "a.b", "a.b.c.d", "..", "a..c", "{}.{}.{}", "é.b.c", signed() + ".x", signed()[:-8], " " + signed()],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refusal(token)[0] == "TOKEN_INVALID"


@pytest.mark.parametrize("header", [b"[]", b"1", b'"alg"', b"null", b"[" * 4000, b"\xff", b'{"alg":' + b"9" * 4500])
def test_header_that_is_no_object_is_refused(header: bytes) -> None:
    assert refusal(f"{encoded(header)}.e30.AA")[0] == "TOKEN_INVALID"


def test_huge_token_is_refused_before_it_is_read() -> None:
    assert refusal(signed(claims(padding="x" * 9000))) == ("TOKEN_INVALID", "size")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iss": "https://issuer.example/"}, "iss"),
        ({"iss": ["https://issuer.example"]}, "iss"),
        ({"iss": ...}, "iss"),
        ({"aud": "other"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": ["other", 5]}, "aud"),
        ({"aud": {"gongzhi": True}}, "aud"),
        ({"aud": ...}, "aud"),
        ({"exp": ...}, "exp"),
        ({"exp": str(NOW + 60)}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 10**30}, "exp"),
        ({"exp": NOW + 90_000}, "exp"),
        ({"iat": ...}, "iat"),
        ({"nbf": "soon"}, "nbf"),
        ({"jti": ...}, "jti"),
        ({"jti": ""}, "jti"),
        ({"sub": ...}, "sub"),
        ({"sub": "张三"}, "sub"),
        ({"sub": "zhang.san "}, "sub"),
        ({"sub": "x" * 129}, "sub"),
        ({"sub": "430621199001011234"}, "sub"),
        ({"kind": "robot"}, "kind"),
        ({"kind": ...}, "kind"),
        ({"kind": "service"}, "kind"),
        ({"roles": ["service"]}, "kind"),
    ],
    ids=str,
)
def test_claim_out_of_form_is_refused(changed: dict[str, object], reason: str) -> None:
    assert refusal(signed(claims(**changed))) == ("TOKEN_INVALID", reason)


@pytest.mark.parametrize(
    "changed",
    [{"exp": NOW - 31}, {"iat": NOW + 31}, {"nbf": NOW + 31}],
    ids=["expired", "issued in the future", "not yet"],
)
def test_token_out_of_its_time_is_refused(changed: dict[str, object]) -> None:
    assert refusal(signed(claims(**changed)))[0] == "TOKEN_EXPIRED"


@pytest.mark.parametrize("changed", [{"exp": NOW - 29}, {"iat": NOW + 29}, {"nbf": NOW + 29}], ids=str)
def test_clocks_may_differ_a_little(changed: dict[str, object]) -> None:
    assert identified(signed(claims(**changed))).person == "zhang.san"


@pytest.mark.parametrize("audience", [["gongzhi"], ["other", "gongzhi"]], ids=str)
def test_one_of_several_audiences_is_enough(audience: list[str]) -> None:
    assert identified(signed(claims(aud=audience))).person == "zhang.san"


@pytest.mark.parametrize(
    "roles",
    [
        [], ..., None, "officer", {"officer": True}, ["officer", "officer"], ["root"], ["Officer"], ["officer "], [""],
        ["оfficer"], ["officer\u200b"], ["officer", None], [["officer"]], ["officer,policy_admin"], ["*"],
        ["officer"] * 500,
    ],
    ids=str,
)  # fmt: skip
def test_roles_out_of_the_closed_set_are_refused(roles: object) -> None:
    assert refusal(signed(claims(roles=roles))) == ("TOKEN_INVALID", "roles")


@pytest.mark.parametrize(
    "roles",
    [["policy_admin", "audit_admin"], ["system_admin", "officer"], ["audit_admin", "liaison", "convener"]],
    ids=str,
)
def test_administrators_roles_exclude_all_others(roles: list[str]) -> None:
    assert refusal(signed(claims(roles=roles)))[0] == "ROLE_CONFLICT"


def test_other_claims_add_nothing() -> None:
    injected = claims(
        realm_access={"roles": ["system_admin"]}, role="convener", groups=["JC@430600"], units=["CA@430600"]
    )
    who = identified(signed(injected))
    assert (who.roles, who.unit.code) == (frozenset({"officer"}), "ED@430621")


@pytest.mark.parametrize(
    "code",
    [
        "ed@430621", "ED@430621 ", " ED@430621", "ED@43062", "ED@4306211", "ED 430621", "ЕD@430621", "ED＠430621",
        "ED@４３０６２１", "ED@430621\n", "ED@430621-1", "EDU@430621", "", None, 430621, ["ED@430621"],
        "ED@430621\u200b",
    ],
    ids=repr,
)  # fmt: skip
def test_unit_out_of_form_is_refused(code: object) -> None:
    assert refusal(signed(claims(unit=code))) == ("TOKEN_INVALID", "unit")


def test_unknown_unit_is_refused() -> None:
    assert refusal(signed(claims(unit="ED@430699")))[0] == "UNKNOWN_UNIT"


def test_ended_unit_is_refused_and_told_no_more() -> None:
    known = directory(unit("ED@430621", until=DAY))
    with pytest.raises(errors.UnitEnded) as caught:
        identified(signed(), known)
    assert caught.value.data == {"unit": "ED@430621"}


def test_token_of_a_succeeded_unit_acts_as_its_successor() -> None:
    known = directory(unit("TX@430621-01", until=date(2018, 7, 5), successor="TX@430621"), unit("TX@430621"))
    who = identified(signed(claims(unit="TX@430621-01")), known)
    assert (who.unit.code, who.unit_presented) == ("TX@430621", "TX@430621-01")


def test_successors_in_a_circle_are_refused() -> None:
    known = directory(
        unit("ED@430621", until=DAY, successor="ED@430622"), unit("ED@430622", until=DAY, successor="ED@430621")
    )
    assert refusal(signed(), known)[0] == "UNIT_ENDED"


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc", "bearerabc"])
def test_request_without_bearer_token_is_refused(header: str | None) -> None:
    with pytest.raises(errors.IdentityError) as caught:
        bearer_token(header)
    assert caught.value.code == "UNAUTHENTICATED"


def test_scheme_is_read_in_any_case() -> None:
    assert (bearer_token("bearer a.b.c"), bearer_token("BEARER a.b.c")) == ("a.b.c", "a.b.c")


# What is remembered.


def test_remembered_token_ends_with_its_time() -> None:
    async def run() -> None:
        clock = Clock()
        door = verifier(clock=clock)
        token = signed(claims(exp=NOW + 100))
        await door.identify(token)
        clock.now = NOW + 131
        with pytest.raises(errors.TokenExpired):
            await door.identify(token)

    asyncio.run(run())


def test_remembered_token_follows_the_directory() -> None:
    async def run() -> None:
        snapshots = [directory()]
        door = Verifier(EXPECTED, fixed_keys(KEYS), directory=lambda: snapshots[-1], clock=Clock())
        token = signed()
        await door.identify(token)
        snapshots.append(directory(unit("ED@430621", until=DAY)))
        with pytest.raises(errors.UnitEnded):
            await door.identify(token)

    asyncio.run(run())


def test_unit_ends_at_midnight_in_china() -> None:
    async def run() -> None:
        clock = Clock(1_772_466_000)  # 2026-03-02 23:40 in China
        door = verifier(directory(unit("ED@430621", until=date(2026, 3, 3))), clock=clock)
        token = signed(claims(iat=clock.now - 60, exp=clock.now + 7200))
        await door.identify(token)
        clock.now += 1800
        with pytest.raises(errors.UnitEnded):
            await door.identify(token)

    asyncio.run(run())


def test_remembered_token_falls_with_its_key() -> None:
    async def run() -> None:
        time, published = Clock(0), [jwks(EC)]

        async def fetch() -> bytes:
            return published[-1]

        door = verifier(keys=Keys(fetch, refresh_after=300, refuse_after=600, clock=time))
        token = signed()
        await door.identify(token)
        published.append(jwks(ED))
        time.now = 601
        with pytest.raises(errors.TokenInvalid):
            await door.identify(token)

    asyncio.run(run())


def test_memory_is_bounded() -> None:
    async def run() -> int:
        snapshot = directory()
        door = Verifier(EXPECTED, fixed_keys(KEYS), directory=lambda: snapshot, clock=Clock(), remembered=5)
        for number in range(12):
            await door.identify(signed(claims(jti=f"token-{number}")))
        return len(door._known)

    assert asyncio.run(run()) == 5


def test_refused_token_is_not_remembered() -> None:
    async def run() -> int:
        door = verifier()
        with pytest.raises(errors.TokenInvalid):
            await door.identify(signed(key=STRANGER))
        return len(door._known)

    assert asyncio.run(run()) == 0


def test_claims_of_the_test_are_those_of_a_good_token() -> None:
    assert signed(CLAIMS, key=ECKey.import_key(EC.as_dict(private=True, kid="ec-1"))).count(".") == 2
