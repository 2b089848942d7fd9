"""Which pages may open a WebSocket: those of the hub itself, and of the origins that are named; others only send POST.

A browser sends no preflight before a WebSocket, so the server has to look. Programs send no Origin.
"""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from hub import errors
from hub.query.transport import RawHeaders, header


def check_origin(headers: RawHeaders, allowed: Collection[str]) -> None:
    """Raises OriginRefused, HeaderRepeated."""
    origin = header(headers, b"origin")
    if origin is None or origin in allowed:
        return
    host = header(headers, b"host")
    try:
        place = urlsplit(origin)
    except ValueError:
        raise errors.OriginRefused() from None
    # TLS may end at a proxy, so that the scheme here tells nothing; the host stands as the browser sent it.
    if place.scheme not in ("http", "https") or not host or place.netloc.lower() != host.lower():
        raise errors.OriginRefused()
