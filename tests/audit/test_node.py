"""Each process has a node of its own, and an earlier process's node is taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import errors
from hub.audit.chain import EMPTY
from hub.audit.node import hold_node, known_nodes


def test_two_processes_hold_two_nodes(tmp_path: Path) -> None:
    first, second = hold_node(tmp_path, "hub"), hold_node(tmp_path, "hub")
    assert first.name != second.name
    first.close()
    second.close()


def test_free_node_is_taken_up_again(tmp_path: Path) -> None:
    first = hold_node(tmp_path, "hub")
    first.close()
    second = hold_node(tmp_path, "hub")
    second.close()
    assert second.name == first.name and second.key == first.key


def test_retired_node_is_left_alone(tmp_path: Path) -> None:
    first = hold_node(tmp_path, "hub")
    first.retire("cut")
    second = hold_node(tmp_path, "hub")
    second.close()
    assert [known.name.encode() for known in known_nodes(tmp_path)] == sorted([first.name, second.name])


def test_new_node_is_anchored_before_it_is_known(tmp_path: Path) -> None:
    hold_node(tmp_path, "hub").close()
    assert [known.anchored().head for known in known_nodes(tmp_path)] == [EMPTY]


def test_key_and_anchor_are_private(tmp_path: Path) -> None:
    hold_node(tmp_path / "audit", "hub").close()
    (known,) = known_nodes(tmp_path / "audit")
    modes = [(known.path / name).stat().st_mode & 0o777 for name in ("key", "anchor", ".")]
    assert modes == [0o600, 0o600, 0o700]


def test_name_of_the_host_is_made_safe(tmp_path: Path) -> None:
    node = hold_node(tmp_path, '机房 "一" node/../7')
    node.close()
    assert node.name.decode().isascii() and not set(node.name.decode()) & set('"\\/ ')


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "audit").write_text("a file")
    with pytest.raises(errors.DataFolderUnusable):
        hold_node(tmp_path / "audit", "hub")
