"""The workbench's page and files: read once, packed once, named by their content, kept by browsers accordingly."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).resolve().parent / "static"
INDEX = "index.html"

#: A file whose name holds its content's digest never changes; the page that names it is asked for every time.
FOREVER, ANEW = "public, max-age=31536000, immutable", "no-cache"
_MEDIA = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent. It is the same for everybody and holds no secret, so it may be packed."""

    name: str
    media: str
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)
    tag: str

    @property
    def keeping(self) -> str:
        return ANEW if self.name == INDEX else FOREVER


def read_assets(folder: Path = STATIC) -> dict[str, Asset]:
    """Every file of the built page that is served, by name."""
    return {path.name: _asset(path) for path in sorted(folder.iterdir()) if path.suffix in _MEDIA}


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(
        name=path.name,
        media=f"{_MEDIA[path.suffix]}; charset=utf-8",
        body=body,
        packed=gzip.compress(body, mtime=0),
        tag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
    )


def sent(asset: Asset, request: Request, policy: str) -> Response:
    """The answer to a request for a file: nothing where the browser has it, packed where it can unpack."""
    headers = {
        "cache-control": asset.keeping,
        "etag": asset.tag,
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": policy,
    }
    if asset.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media, headers=headers | {"content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.media, headers=headers)


def policy_for(token_url: str | None) -> str:
    """Only its own script, style and connection, and where its tokens come from; no frame, no form, no inline code."""
    place = urlsplit(token_url) if token_url else None
    issuer = f" {place.scheme}://{place.netloc}" if place else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'{issuer}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
