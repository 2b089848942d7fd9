"""`hub token`: a token of the built-in issuer, for demonstration and development."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from hub.identity.trust import issuer_from
from hub.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def token(
    unit: Annotated[str, typer.Argument(help="单位代码 / unit code, such as ED@430621")],
    role: Annotated[list[str], typer.Option(help="角色，可重复 / role; may be repeated")] = ["officer"],  # noqa: B006
    person: Annotated[str | None, typer.Option(help="人员标识 / who the token is for")] = None,
    seconds: Annotated[int | None, typer.Option(help="有效期（秒） / lifetime", min=1)] = None,
) -> None:
    """签发演示令牌，只输出令牌本身 / Print a demonstration token and nothing else."""
    settings = load_settings()
    # Only a hub that trusts the built-in issuer takes its tokens; signing one here opens nothing.
    issuer = issuer_from(replace(settings, dev_issuer=True))
    # The persons of the demonstration city are named by role and unit.
    print(issuer.issue(unit, person or f"{role[0]}:{unit}", roles=role, ttl=seconds or settings.token_lifetime_s))
