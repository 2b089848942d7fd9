"""One township from its plan to its rows: families, children, and all that is known of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.demo.care import add_guardianship, add_hukou, add_migrations
from hub.demo.cases import add_cases
from hub.demo.child import Life, add_child, begin_life
from hub.demo.company import add_pairing, add_sample, add_visits
from hub.demo.computed import add_computed
from hub.demo.doubts import add_doubts
from hub.demo.household import add_family, found_home
from hub.demo.plan import PlannedHousehold
from hub.demo.rows import Batch
from hub.demo.scene import Scene
from hub.demo.schooling import add_schooling
from hub.demo.story import add_story
from hub.demo.support import add_applications, add_assistance
from hub.demo.wellbeing import add_health, add_screening

Chapter = Callable[[Scene, Life], None]

#: What is written of each child, in this order; schooling comes before what asks for the school.
CHAPTERS: tuple[Chapter, ...] = (
    add_child, add_migrations, add_hukou, add_schooling, add_health, add_screening, add_assistance, add_applications,
    add_visits, add_pairing, add_sample, add_doubts,
)  # fmt: skip


def write_township(scene: Scene, households: Sequence[PlannedHousehold]) -> Batch:
    """The rows of one township; its batch is small enough for memory."""
    for planned in households:
        home = found_home(scene, planned)
        add_family(scene, home)
        for child in planned.children:
            life = begin_life(scene, child, home)
            for chapter in CHAPTERS:
                chapter(scene, life)
            if child.story:
                add_story(scene, life)
            else:
                add_guardianship(scene, life)
                add_cases(scene, life)
    add_computed(scene)
    return scene.batch
