"""Errors as the caller sees them: a message in both languages, a code, what to do next; never a value or a cause.

The only place where an error becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError

from hub import errors
from hub.observation import failed, observe
from hub.policy.grant import Refusal
from hub.query.transport import GRAPHQL

#: Where the library's messages begin to repeat what the caller sent.
_ECHO = re.compile(r", found: .*|(?<=value): (?!Date(?:Time)? is written like).*", re.DOTALL)
_NO_SUCH = re.compile(r"Value '.*' does not exist in", re.DOTALL)
MOST_ERRORS = 20


def rendered(error: errors.HubError, path: Sequence[str | int] | None = None) -> dict[str, Any]:
    """One error of ours."""
    shown: dict[str, Any] = {"message": f"{error.message_zh}；{error.message}"}
    if path:
        shown["path"] = list(path)
    zh, en = error.next_step
    step = {"zh": zh, "en": en} if zh or en else None
    shown["extensions"] = {"code": error.code, "retryable": error.retryable, "nextStep": step}
    listed = error.data.get("listed")
    if isinstance(listed, tuple):
        shown["extensions"]["faults"] = [
            {"path": [*(path or ()), *fault.path], "code": fault.code, "zh": fault.label.zh, "en": fault.label.en}
            for fault in listed
        ]
    return shown


def rendered_all(error: errors.HubError) -> list[dict[str, Any]]:
    """The errors behind one: a document's or its variables' faults one by one, each said once."""
    faults = error.data.get("faults")
    if not isinstance(faults, tuple) or not faults:
        return [rendered(error)]
    said: dict[str, dict[str, Any]] = {}
    for fault in faults[:MOST_ERRORS]:
        message = without_values(fault.message)
        shown = rendered(type(error)(reason=message))
        if fault.locations:
            shown["locations"] = [{"line": place.line, "column": place.column} for place in fault.locations[:4]]
        said.setdefault(message, shown)
    return list(said.values())


def without_values(message: str) -> str:
    """A message of the library without the part that repeats values."""
    return _NO_SUCH.sub("There is no such value in", _ECHO.sub(".", message, count=1))


def rendered_execution(faults: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """Errors of the library's executor; those that are not ours are faults inside the hub."""
    shown = []
    for fault in faults:
        cause = fault.original_error
        ours = cause if isinstance(cause, errors.HubError) else internal(cause or fault)
        shown.append(rendered(ours, path=fault.path))
    return shown


def internal(fault: BaseException) -> errors.InternalError:
    """A fault of ours, logged under a reference: where it arose and its kind, for its words may hold values."""
    event = failed(fault, errors.InternalError.code)
    observe(event)
    return errors.InternalError(reference=event.reference)


def status_of(error: errors.HubError, media: str) -> int:
    """The HTTP status: by the draft, a well-formed request is answered with 200 under the older media type."""
    if media != GRAPHQL and isinstance(error, errors.OperationError | errors.PlanError):
        return 200
    faults = error.data.get("faults")
    if isinstance(faults, tuple) and faults and not isinstance(faults[0], GraphQLSyntaxError):
        return 422
    return error.status


def headers_of(error: errors.HubError) -> list[tuple[bytes, bytes]]:
    """What a caller's program does next."""
    if error.status == 401:
        return [(b"www-authenticate", b"Bearer")]
    if error.status in (408, 413):
        # What is left of the body is not read, so the connection is of no further use.
        return [(b"connection", b"close")]
    if error.status in (429, 503, 504):
        told = error.data.get("seconds", 1) if isinstance(error, errors.TooManyRequests) else 1
        return [(b"retry-after", str(told).encode())]
    return []


def access_entry(path: object, data_class: str | None, refusal: Refusal) -> dict[str, Any]:
    """One entry of `extensions.access`: what is withheld, why, who has it, and what to do next."""
    return {
        "path": path,
        "code": refusal.code,
        "class": data_class,
        "duty": refusal.duty,
        "rule": refusal.rule,
        "holders": refusal.holders,
        "nextStep": {"zh": refusal.next_step.zh, "en": refusal.next_step.en},
    }


def report(
    access: Sequence[Mapping[str, Any]], policy_version: int, cost: tuple[int, int] | None = None
) -> dict[str, Any]:
    """The `extensions` of every answer to a caller who is known; of cost, what is asked and the most allowed."""
    told = {"access": access, "policyVersion": policy_version}
    return told if cost is None else told | {"cost": {"requested": cost[0], "limit": cost[1]}}
