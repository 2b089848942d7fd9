"""Links that close a circle."""

from __future__ import annotations

from migrations.words import link

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    link("case_event", ("county", "child_id"), "child", ("county", "id"))
    link("case_knowledge", ("county", "child_id"), "child", ("county", "id"))
    link("case_party", ("county", "child_id"), "child", ("county", "id"))
    link("protection_case", ("county", "child_id"), "child", ("county", "id"))
    link("child", ("county", "family_id"), "family", ("county", "id"))
