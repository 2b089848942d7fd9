"""Whom the hub trusts, as its settings say: the verifier for a configured issuer or for the built-in one."""

from __future__ import annotations

from collections.abc import Callable

from hub import errors
from hub.identity.claims import Expected
from hub.identity.directory import Directory
from hub.identity.issuer import Issuer, open_issuer
from hub.identity.keys import Keys, file_keys, fixed_keys, url_keys
from hub.identity.verifier import Verifier
from hub.settings import Settings

_LONGEST = 86_400


def issuer_from(settings: Settings) -> Issuer:
    """The built-in issuer; raises IssuerOff unless it is switched on."""
    return open_issuer(
        settings.secrets, enabled=settings.dev_issuer, issuer=settings.issuer, audience=settings.audience
    )


def verifier_from(settings: Settings, directory: Callable[[], Directory]) -> Verifier:
    """The verifier; raises SettingsError where no issuer is configured, or two are."""
    expected = Expected(
        issuer=settings.issuer,
        audience=settings.audience,
        leeway=settings.token_leeway_s,
        max_lifetime=max(_LONGEST, settings.token_lifetime_s) if settings.dev_issuer else _LONGEST,
    )
    return Verifier(expected, _keys_from(settings), directory=directory)


def _keys_from(settings: Settings) -> Keys:
    configured = settings.jwks_url or settings.jwks_file
    if bool(configured) == settings.dev_issuer:
        raise errors.SettingsError(faults="give one of HUB_JWKS_URL, HUB_JWKS_FILE, HUB_DEV_ISSUER")
    if settings.jwks_url:
        return url_keys(settings.jwks_url)
    if settings.jwks_file:
        return file_keys(settings.jwks_file)
    return fixed_keys(issuer_from(settings).jwks)
