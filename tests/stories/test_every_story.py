"""Every story over HTTP: after each step each of the 27 unit types and 8 actors is told what is expected, no more.

What is expected is said twice, neither time by what the hub decides by: the reference asks Casbin for every field of
every row, and a table written by hand says who takes part, who was told, and who owes what.
"""

from __future__ import annotations

import pytest

from hub.demo.courses import STORIES
from hub.demo.playing import Play
from hub.demo.script import Story
from hub.policy.compile import china_today
from tests.stories.asking import differences, expected
from tests.stories.conftest import Stage
from tests.stories.expected import AFTER
from tests.stories.following import Following
from tests.stories.world import ASKERS, CAST, KNOWN


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_after_every_step_each_unit_is_told_what_is_expected(stage: Stage, story: Story) -> None:
    stage.open()
    desk, following = stage.desk, Following()
    play = Play(story=story, cast=CAST, send=desk.send, today=china_today(), known=dict(KNOWN))
    for step, after in zip(play.steps(), AFTER[story.name], strict=True):
        case = play.known.get("case")
        case_no, tables = stage.case_no(case), stage.tables()
        told = {who: desk.told(who, case, case_no) for who in ASKERS}
        for who, answer in told.items():
            assert differences(answer, expected(who, tables, case, case_no)) == [], (step.act, str(who))
        assert following.step(step.act, told) == after
