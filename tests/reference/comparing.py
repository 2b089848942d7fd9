"""Whether the hub's answer is the one the reference gives; says where they part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hub.query.answer import Answered
from tests.reference.fast import Refusal, parsed
from tests.reference.walk import CURSOR, Answer, Steps


def differences(fast: Answered | Refusal, reference: Answer) -> list[str]:
    """What differs: data with its order of keys, what is withheld and why, the rows that go on record."""
    if isinstance(fast, Refusal) or reference.refused:
        return list(_refusals(fast, reference))
    found = told_differences(parsed(fast.data), fast.access, reference)
    ids = {key: json.loads(rows) for key, rows in fast.ids}
    found += [] if ids == reference.ids else [f"rows on record: {ids} is not {dict(reference.ids)}"]
    return found


def told_differences(data: Any, access: Iterable[Mapping[str, Any]], reference: Answer) -> list[str]:
    """The same of an answer as its caller has it: data, and what is withheld and why."""
    return [*_data(data, reference.data, (), reference.name_lists), *_withheld(access, reference)]


def _refusals(fast: Answered | Refusal, reference: Answer) -> Iterator[str]:
    if not isinstance(fast, Refusal):
        yield f"answered what is refused: {sorted(reference.refused)}"
    elif not any(fast.code == code and path in ((), fast.path) for code, path in reference.refused):
        yield f"refused {fast.code} at {fast.path}, where the reference has {sorted(reference.refused)}"


def _data(fast: Any, reference: Any, steps: Steps, names: frozenset[Steps]) -> Iterator[str]:
    where = ".".join(map(str, steps))
    if steps in names:
        if sorted(fast) != reference:
            yield f"{where}: names {fast} as withheld, not {reference}"
    elif isinstance(reference, Mapping) and isinstance(fast, Mapping):
        if list(fast) != list(reference):
            yield f"{where}: keys {list(fast)} are not {list(reference)}"
        for key in fast.keys() & reference.keys():
            yield from _data(fast[key], reference[key], (*steps, key), names)
    elif isinstance(reference, list) and isinstance(fast, list) and len(fast) == len(reference):
        for index, (one, other) in enumerate(zip(fast, reference, strict=True)):
            yield from _data(one, other, (*steps, index), names)
    elif reference == CURSOR:
        if not isinstance(fast, str) or len(fast) < 20:
            yield f"{where}: {fast!r} is no cursor"
    elif fast != reference or type(fast) is not type(reference):
        yield f"{where}: {fast!r} is not {reference!r}"


def _withheld(access: Iterable[Mapping[str, Any]], reference: Answer) -> Iterator[str]:
    entries = [(tuple(e["path"]), e["class"], e.get("rows"), e["code"]) for e in access]
    if len(set(entries)) != len(entries):
        yield f"withheld twice: {sorted(map(str, entries))}"
    expected = {(w.path, w.data_class, w.rows): w.codes for w in reference.withheld}
    told = {entry[:3]: entry[3] for entry in entries}
    for key in sorted(told.keys() ^ expected.keys(), key=str):
        side = (
            "withheld by the hub alone" if key in told else f"withheld by the reference alone ({sorted(expected[key])})"
        )
        yield f"{side}: {'.'.join(key[0])} [{key[1]}] rows {key[2]} {told.get(key, '')}"
    for key in told.keys() & expected.keys():
        if told[key] not in expected[key]:
            yield f"{'.'.join(key[0])}: withheld for {told[key]}, not for {sorted(expected[key])}"
