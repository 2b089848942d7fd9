"""GraphiQL, served from the package: the built page and its two files, which load nothing from elsewhere.

`source/` holds what they are built from (`make graphiql`), `static/` what is served.
"""

from __future__ import annotations

from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
ASSETS = frozenset({"graphiql.js", "graphiql.css"})

#: Only its own script, style, font and connection; no frame, no form, no inline code.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def read_page() -> bytes:
    return (STATIC / "index.html").read_bytes()
