"""Every act of a duty, by name."""

from __future__ import annotations

from collections.abc import Mapping

from hub.commands import (
    assessing,
    breakglass,
    closing,
    criminal,
    doubting,
    emergency,
    household,
    justice,
    placing,
    reporting,
    schooling,
    sharing,
)
from hub.commands.words import Kind

_MODULES = (
    reporting, emergency, placing, assessing, justice, criminal, schooling, household, closing, sharing, doubting,
    breakglass,
)  # fmt: skip

COMMANDS: Mapping[str, Kind] = {kind.name: kind for module in _MODULES for kind in module.KINDS}
