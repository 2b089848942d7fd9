"""Every act of a duty, by name."""

from __future__ import annotations

from collections.abc import Mapping

from hub.commands import assessing, closing, emergency, household, justice, placing, reporting, schooling
from hub.commands.words import Kind

COMMANDS: Mapping[str, Kind] = {
    kind.name: kind
    for module in (reporting, emergency, placing, assessing, justice, schooling, household, closing)
    for kind in module.KINDS
}
