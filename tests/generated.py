"""How many generated cases a test takes: few in every run, many in a thorough one.

pytest --hypothesis-profile=thorough
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

#: Nothing is judged by time, for other tests run on the same machine.
PLAIN = settings(deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
TIMES = 20
settings.register_profile("plain", PLAIN)
#: A build repeats the same cases, so that its red tells of the change; elsewhere every run looks for new ones.
settings.register_profile("build", PLAIN, derandomize=True)
settings.register_profile("thorough", PLAIN, max_examples=TIMES * 100)


def prepare(*, is_build: bool) -> None:
    settings.load_profile("build" if is_build else "plain")


def examples(few: int, many: int | None = None) -> settings:
    """Decorates a test that is dear, or has so many cases that fewer would say too little."""
    thorough = settings.get_current_profile_name() == "thorough"
    return settings(max_examples=(many or few * TIMES) if thorough else few)
