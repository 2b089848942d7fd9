"""The policies as shipped, loaded once."""

from __future__ import annotations

import pytest

from hub.policy.book import PolicyBook, load_policies


@pytest.fixture(scope="session")
def book() -> PolicyBook:
    return load_policies()
