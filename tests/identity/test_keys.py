"""The issuer's keys: what is taken from its document, and when it is asked again."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey

from hub import errors
from hub.identity.keys import Keys, file_keys, read_ring, url_keys
from hub.identity.verifier import Verifier
from tests.identity.tokens import EC, ED, EXPECTED, NOW, RSA, directory, encoded, jwks, signed


def public(key: Any, **changed: object) -> dict[str, Any]:
    return {**key.as_dict(private=False, kid=key.kid), **changed}


def document(*members: object) -> bytes:
    return json.dumps({"keys": members}).encode()


def test_key_says_which_algorithms_it_verifies() -> None:
    ring = read_ring(jwks(EC, ED, RSA))
    assert {kid: sorted(trusted.algorithms) for kid, trusted in ring.keys.items()} == {
        "ec-1": ["ES256"],
        "ed-1": ["Ed25519"],
        "rsa-1": ["PS256", "RS256"],
    }


def test_declared_algorithm_narrows_a_key() -> None:
    ring = read_ring(document(public(RSA, alg="PS256")))
    assert ring.keys["rsa-1"].algorithms == {"PS256"}


@pytest.mark.parametrize(
    "member",
    [
        OctKey.generate_key(256, {"kid": "oct"}).as_dict(),
        EC.as_dict(private=True, kid="ec-2"),
        public(EC, kid=None),
        public(EC, kid=""),
        public(EC, use="enc"),
        public(EC, key_ops=["encrypt"]),
        public(EC, alg="HS256"),
        public(EC, alg="ES384"),
        public(EC, kty="EC2"),
        public(EC, x="AA"),
        public(EC, crv="P-257"),
        {"kty": "RSA", "kid": "small", "n": encoded(b"\xc3" * 127 + b"\x01"), "e": "AQAB"},
        public(ECKey.generate_key("secp256k1", {"kid": "koblitz"})),
        "key",
        None,
    ],
    ids=[
        "symmetric", "private", "no kid", "empty kid", "for encryption", "other operation", "hmac", "other curve's",
        "unknown kind", "broken", "unknown curve", "small", "unlisted curve", "text", "null",
    ],
)  # fmt: skip
def test_unfit_key_is_left_out(member: object) -> None:
    assert list(read_ring(document(member, public(ED))).keys) == ["ed-1"]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[]}', b"\xff", document(public(EC), public(EC)), b" " * 300_000],
    ids=["empty", "list", "no keys", "no list", "none", "bytes", "one kid twice", "too large"],
)
def test_what_is_no_key_set_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        read_ring(content)


class Issuer:
    """An issuer whose document and mood a test changes, with a clock."""

    def __init__(self, *documents: bytes) -> None:
        self.document = documents[0]
        self.asked = 0
        self.now = 0.0
        self.is_down = False

    async def fetch(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.is_down:
            raise ConnectionError
        return self.document

    def keys(self) -> Keys:
        return Keys(self.fetch, refresh_after=300, refuse_after=3600, min_interval=10, clock=lambda: self.now)


def test_keys_are_asked_for_once() -> None:
    async def run() -> int:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        await asyncio.gather(*(keys.ring("ec-1") for _ in range(50)))
        return issuer.asked

    assert asyncio.run(run()) == 1


def test_new_key_is_fetched_when_a_token_names_it() -> None:
    async def run() -> set[str]:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        await keys.ring("ec-1")
        issuer.document, issuer.now = jwks(EC, ED), 10
        return set((await keys.ring("ed-1")).keys)

    assert asyncio.run(run()) == {"ec-1", "ed-1"}


def test_made_up_kids_do_not_flood_the_issuer() -> None:
    async def run() -> int:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        for number in range(100):
            issuer.now = number * 0.2
            await keys.ring(f"kid-{number}")
        return issuer.asked

    assert asyncio.run(run()) == 2


def test_old_keys_are_refreshed_beside_the_requests() -> None:
    async def run() -> tuple[bool, set[str]]:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        before = await keys.ring("ec-1")
        issuer.document, issuer.now = jwks(ED), 301
        during = await keys.ring("ec-1")
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))
        return during is before, set((await keys.ring("ed-1")).keys)

    assert asyncio.run(run()) == (True, {"ed-1"})


def test_unchanged_document_leaves_the_ring() -> None:
    async def run() -> bool:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        before = await keys.ring("ec-1")
        issuer.now = 3601
        return await keys.ring("ec-1") is before

    assert asyncio.run(run())


def test_issuer_out_of_reach_is_borne_for_an_hour() -> None:
    async def run() -> None:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        await keys.ring("ec-1")
        issuer.is_down, issuer.now = True, 3599
        await keys.ring("ec-1")
        issuer.now = 3611
        with pytest.raises(errors.IssuerUnavailable):
            await keys.ring("ec-1")
        issuer.is_down, issuer.now = False, 3622
        await keys.ring("ec-1")

    asyncio.run(run())


def test_nonsense_from_the_issuer_leaves_the_last_keys() -> None:
    async def run() -> set[str]:
        issuer = Issuer(jwks(EC))
        keys = issuer.keys()
        await keys.ring("ec-1")
        issuer.document, issuer.now = b"<html>", 20
        return set((await keys.ring("ed-1")).keys)

    assert asyncio.run(run()) == {"ec-1"}


def test_no_keys_at_all_lets_nobody_in() -> None:
    issuer = Issuer(b"nothing")
    with pytest.raises(errors.IssuerUnavailable):
        asyncio.run(issuer.keys().ring("ec-1"))


def test_keys_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_bytes(jwks(EC))
    assert set(asyncio.run(file_keys(path).ring("ec-1")).keys) == {"ec-1"}


def test_missing_file_lets_nobody_in(tmp_path: Path) -> None:
    with pytest.raises(errors.IssuerUnavailable):
        asyncio.run(file_keys(tmp_path / "jwks.json").ring("ec-1"))


# A real server.


class Door(ThreadingHTTPServer):
    """Publishes what a test sets, under /jwks, and redirects /elsewhere to it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.document = jwks(EC)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Door

    def do_GET(self) -> None:
        moved = self.path == "/elsewhere"
        self.send_response(302 if moved else 200 if self.path == "/jwks" else 404)
        if moved:
            self.send_header("Location", f"{self.server.url}/jwks")
        self.end_headers()
        if self.path == "/jwks":
            with suppress(ConnectionError):
                self.wfile.write(self.server.document)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_rotation_with_overlap_lets_both_keys_in(door: Door) -> None:
    async def run() -> list[str]:
        snapshot = directory()
        verifier = Verifier(
            EXPECTED, url_keys(f"{door.url}/jwks", min_interval=0), directory=lambda: snapshot, clock=lambda: NOW
        )
        old, new = signed(), signed(key=ED, alg="Ed25519")
        seen = [(await verifier.identify(old)).person]
        with pytest.raises(errors.TokenInvalid):
            await verifier.identify(new)
        door.document = jwks(EC, ED)
        seen += [(await verifier.identify(token)).person for token in (new, old)]
        door.document = jwks(ED)
        with pytest.raises(errors.TokenInvalid):
            await verifier.identify(signed(header={"kid": "ec-2"}))
        with pytest.raises(errors.TokenInvalid):
            await verifier.identify(old)
        return seen

    assert asyncio.run(run()) == ["zhang.san"] * 3


@pytest.mark.parametrize("path", ["/elsewhere", "/nowhere"])
def test_only_the_named_address_gives_keys(door: Door, path: str) -> None:
    with pytest.raises(errors.IssuerUnavailable):
        asyncio.run(url_keys(door.url + path).ring("ec-1"))


def test_endless_document_is_not_read_to_its_end(door: Door) -> None:
    door.document = b" " * 5_000_000
    with pytest.raises(errors.IssuerUnavailable):
        asyncio.run(url_keys(f"{door.url}/jwks").ring("ec-1"))


@pytest.mark.parametrize("url", ["http://issuer.example/jwks", "file:///etc/passwd", "ftp://127.0.0.1/jwks", "jwks"])
def test_keys_come_over_https_only(url: str) -> None:
    with pytest.raises(errors.SettingsError):
        url_keys(url)
