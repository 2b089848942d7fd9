"""From the book to a grant: Casbin is asked once for each distinct set of candidate lines, then never again."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from hub import errors
from hub.policy import words
from hub.policy.book import PolicyBook
from hub.policy.casbin_model import Callers, Decider, Question, build_decider, links_for, role_set, with_implied
from hub.policy.grant import Grant, Reach, Right, Subject
from hub.policy.openings import GrantOf, Opening, lines_for, within_owners
from hub.policy.refusing import Refusals
from hub.policy.rules import Duty, Line, Vector

Cells = dict[tuple[str, str], tuple[Right, ...]]
CHINA_TIME = timedelta(hours=8)


def china_today() -> date:
    """The day by which rules come into force and lapse."""
    return (datetime.now(UTC) + CHINA_TIME).date()


def stated_duty(duty: str | None) -> str:
    return f"duty:{duty or words.EVERYONE}"


def duties_meant(book: PolicyBook, unit_type: str, duty: str | None) -> tuple[Duty, ...]:
    """The duties a request rests on: the one it states beside the standing ones, or all of the unit's."""
    return tuple(held for held in book.duties_of(unit_type) if duty in (None, held.code) or held.standing)


def compile_grant(
    book: PolicyBook,
    subject: Subject,
    roles: Collection[str],
    duty: str | None = None,
    *,
    day: date | None = None,
    openings: tuple[Opening, ...] = (),
) -> Grant:
    """The grant of a subject; raises RoleConflict or PurposeInvalid before an unknown word can reach Casbin.

    `openings` are what other units share with the one unit that asks.
    """
    held, day = frozenset(roles), day or china_today()
    _check_caller(book, subject, held, duty)
    lines = book.lines(subject, day)
    shared = tuple(line for line in lines_for(openings, subject, book.duties, day) if book.holds(line, day))
    lines = (*lines, *shared)
    cells = _Compiler(book, subject, held, duty, lines).cells() if lines else {}
    if shared:
        cells = within_owners(cells, openings, _owners(book, day))
    return Grant(
        version=book.version,
        digest=book.digest,
        digest_key=_digest_of(cells),
        subject=subject,
        roles=held,
        duty=duty,
        cells=cells,
        classes=_by_class(cells),
        refusals=Refusals(
            unit_type=subject.unit_type, roles=held, duty=duty, lines=lines, objects=book.objects, holders=book.holders
        ),
    )


def _owners(book: PolicyBook, day: date) -> GrantOf:
    """What the type of an owner holds: by its officers, under any of its duties."""
    return cache(lambda subject: compile_grant(book, subject, ("officer",), day=day))


def _check_caller(book: PolicyBook, subject: Subject, roles: frozenset[str], duty: str | None) -> None:
    if subject.unit_type not in words.UNIT_TYPES or subject.level not in words.LEVELS:
        raise errors.UnknownUnit(unit=subject.name)
    unknown = not roles or roles - words.ROLES.keys()
    if unknown or (roles & words.ADMINISTRATORS and len(roles) > 1):
        raise errors.RoleConflict(roles=", ".join(sorted(roles & words.ROLES.keys())))
    if duty is not None and (duty not in book.duties or subject.unit_type not in book.duties[duty].units):
        raise errors.PurposeInvalid(reason="duty")


@dataclass(slots=True)
class _Compiler:
    book: PolicyBook
    subject: Subject
    roles: frozenset[str]
    duty: str | None
    lines: tuple[Line, ...]

    def cells(self) -> Cells:
        meant = duties_meant(self.book, self.subject.unit_type, self.duty)
        callers = Callers(subjects=(self.subject,), roles=(self.roles,), duties={stated_duty(self.duty): meant})
        actions = {action for line in self.lines if line.entry.allows for action in line.actions}
        links = links_for(self.lines, self.book.objects, callers, sorted(actions))
        decider = build_decider(self.book.model, self.lines, links)
        named = self._named(with_implied(self.roles), {duty.code for duty in meant})
        answers: dict[frozenset[int], tuple[Right, ...]] = {}
        cells: Cells = {}
        for group in self.book.objects.groups:
            for action, candidates in self._candidates(group, named).items():
                if candidates not in answers:
                    answers[candidates] = self._ask(decider, group, action, candidates)
                if answers[candidates]:
                    cells[group, action] = answers[candidates]
        return cells

    def _named(self, roles: frozenset[str], duties: Collection[str]) -> Mapping[str, tuple[int, ...]]:
        """By object, the lines that name it: grants of these roles and duties, and every denial."""
        named: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(self.lines):
            entry = line.entry
            if entry.allows and (line.role not in roles or line.duty not in duties):
                continue
            for name in entry.objects:
                for closed in (name,) if entry.allows else self.book.objects.closed_by(name):
                    named[closed].append(number)
        return {name: tuple(numbers) for name, numbers in named.items()}

    def _candidates(self, group: str, named: Mapping[str, tuple[int, ...]]) -> dict[str, frozenset[int]]:
        """By action, the lines that could decide about a group."""
        numbers = {number for name in self.book.objects.opened_by[group] for number in named.get(name, ())}
        found: dict[str, set[int]] = defaultdict(set)
        for number in numbers:
            if self.lines[number].entry.allows:
                for action in self.lines[number].actions:
                    found[action].add(number)
        for number in numbers:
            line = self.lines[number]
            if not line.entry.allows:
                for action in found if line.act == words.ANY else line.actions:
                    if action in found:
                        found[action].add(number)
        return {action: frozenset(candidates) for action, candidates in found.items()}

    def _ask(self, decider: Decider, group: str, action: str, candidates: Iterable[int]) -> tuple[Right, ...]:
        """Cells with the same candidate lines are the same question, so one group and action stand for them all."""
        allowing = [self.lines[number] for number in sorted(candidates) if self.lines[number].entry.allows]
        by_vector: dict[Vector, list[Line]] = defaultdict(list)
        for line in allowing:
            by_vector[line.vector].append(line)
        rights = []
        for vector, lines in by_vector.items():
            question = Question(
                subject=self.subject.name, roles=role_set(self.roles), duty=stated_duty(self.duty),
                group=group, action=action, vector=vector,
            )  # fmt: skip
            if decider.allows_among(question, allowing):
                rights.append(_right(vector, lines))
        return tuple(sorted(rights, key=_strength))


def _right(vector: Vector, lines: Iterable[Line]) -> Right:
    scope, mode, condition, purpose, _ = vector
    cited = sorted({(line.entry.id, line.duty) for line in lines})
    return Right(
        mode=mode,
        reach=Reach(scope=scope, condition=None if condition == words.NONE else condition, purpose=purpose),
        unless=tuple(sorted(next(iter(lines)).entry.unless)),
        rules=tuple(dict.fromkeys(rule for rule, _ in cited)),
        duties=tuple(sorted({duty for _, duty in cited})),
    )


def _strength(right: Right) -> tuple[object, ...]:
    reach = right.reach
    return (words.STRENGTH[right.mode], reach.scope, reach.condition or "", reach.purpose, right.unless)


def _by_class(cells: Cells) -> dict[str, dict[str, tuple[Right, ...]]]:
    found: dict[str, dict[str, set[Right]]] = defaultdict(lambda: defaultdict(set))
    for (group, action), rights in cells.items():
        found[group.partition("/")[0]][action].update(rights)
    return {
        data_class: {action: tuple(sorted(rights, key=_strength)) for action, rights in sorted(actions.items())}
        for data_class, actions in sorted(found.items())
    }


def _digest_of(cells: Cells) -> str:
    return hashlib.sha256(repr(sorted(cells.items(), key=lambda cell: cell[0])).encode()).hexdigest()


class Policy:
    """A book and the grants compiled from it so far; replaced as a whole by another, never changed."""

    def __init__(self, book: PolicyBook, *, keep: int = 512, today: Callable[[], date] = china_today) -> None:
        self.book = book
        self._keep = keep
        self._today = today
        self._grants: OrderedDict[object, Grant] = OrderedDict()
        self._lock = threading.Lock()

    def grant(
        self, subject: Subject, roles: Collection[str], duty: str | None = None, openings: tuple[Opening, ...] = ()
    ) -> Grant:
        """The grant in force today, with what is shared with the one unit that asks."""
        day = self._today()
        key = (subject, frozenset(roles), duty, day, openings)
        with self._lock:
            if key in self._grants:
                self._grants.move_to_end(key)
                return self._grants[key]
        grant = compile_grant(self.book, subject, roles, duty, day=day, openings=openings)
        with self._lock:
            self._grants[key] = grant
            while len(self._grants) > self._keep:
                self._grants.popitem(last=False)
        return grant
