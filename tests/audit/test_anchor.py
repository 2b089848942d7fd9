"""The head of a chain outside the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.audit.anchor import Anchor, Reading, read_anchor
from hub.audit.chain import Head

KEY = b"k" * 32
SLOT = 512


def heads(count: int) -> list[Head]:
    return [Head(seq=seq, mac=bytes([seq]) * 32) for seq in range(1, count + 1)]


def written(path: Path, count: int) -> None:
    anchor = Anchor(path, b"node-1", KEY)
    for head in heads(count):
        anchor.write(head)
    anchor.close()


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_last_head_is_read_back(tmp_path: Path, count: int) -> None:
    written(tmp_path / "anchor", count)
    assert read_anchor(tmp_path / "anchor", b"node-1", KEY) == Reading(head=heads(count)[-1], torn=False)


def test_torn_write_leaves_the_head_before(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    written(path, 4)
    content = path.read_bytes()
    path.write_bytes(content[: SLOT + 40] + b"\0" * (SLOT - 40))
    assert read_anchor(path, b"node-1", KEY) == Reading(head=heads(3)[-1], torn=True)


def test_writing_goes_on_in_the_other_slot(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    written(path, 3)
    anchor = Anchor(path, b"node-1", KEY)
    anchor.read()
    kept = path.read_bytes()[:SLOT]
    anchor.write(Head(seq=4, mac=b"4" * 32))
    anchor.close()
    assert path.read_bytes()[:SLOT] == kept


@pytest.mark.parametrize(("node", "key"), [(b"node-2", KEY), (b"node-1", b"x" * 32)], ids=["other node", "other key"])
def test_anchor_of_another_is_refused(tmp_path: Path, node: bytes, key: bytes) -> None:
    written(tmp_path / "anchor", 2)
    assert read_anchor(tmp_path / "anchor", node, key) == Reading(head=None, torn=True)


def test_changed_digit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "anchor"
    written(path, 1)
    path.write_bytes(path.read_bytes().replace(b"node-1 1 ", b"node-1 0 "))
    assert read_anchor(path, b"node-1", KEY).head is None


def test_missing_anchor_says_nothing(tmp_path: Path) -> None:
    assert read_anchor(tmp_path / "anchor", b"node-1", KEY) == Reading(head=None, torn=False)
