"""A whole run: data, contestants, equal answers, interleaved rounds, scaling; each step is told as it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hub.database import Database
from hub.embedded.server import Tell
from tests.bench import (
    acts,
    bound,
    contestants,
    hostile,
    imports,
    knowing,
    live,
    machine,
    measure,
    peer,
    place,
    queries,
    report,
    writes,
)
from tests.bench.contestants import Contestant, Gathered
from tests.bench.load import Job, Outcome
from tests.bench.measure import Load, Round, Runner
from tests.bench.options import Options

TITLES = {
    "hub": "**the hub**",
    "plain": "Strawberry + SQLAlchemy + data loaders",
    "casbin": "the same + Casbin per field",
    "postgraphile": "PostGraphile 5, no policy",
    "bound": "bound: pgbench, prepared",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One database, and what is needed to ask questions of it."""

    options: Options
    database: Database
    samples: queries.Samples
    load: Load
    tell: Tell

    def questions(self) -> list[queries.Query]:
        return [query for query in queries.QUERIES if not self.options.only or query.name in self.options.only]

    def gathered(self, query: queries.Query, contestant: Contestant) -> Gathered:
        return contestants.gather(contestant, query, query.variants(self.samples), self.options.gathering)

    def runner(self, contestant: Contestant, gathered: Gathered) -> Runner:
        """A slow contestant gets no more connections than it can answer within its turn."""
        options = self.options
        connections = max(1, min(options.connections, int(4 * options.seconds / gathered.alone)))
        job = Job(port=contestant.port, shots=gathered.shots, connections=connections, seconds=options.seconds)
        turn = partial(self.load.run, job)
        return Runner(name=contestant.name, run=turn, server=contestant.pid, postmaster=place.postmaster(self.database))

    def rounds(self, runners: Sequence[Runner]) -> dict[str, list[Round]]:
        for runner in runners:
            runner.run()
        return measure.interleaved(runners, self.options.rounds)


def run(options: Options, tell: Tell) -> str:
    """The results as Markdown; raises AnswersDiffer before the query in question is timed."""
    with measure.loading() as load, _opened(options, options.children, load, tell) as bench:
        parts = [_contest(bench)]
        if options.rules:
            parts.append(_by_rules(bench))
        if options.writes:
            parts.append(_writing(bench))
        if options.live:
            parts.append(report.render_live(live.measure(bench.database, bench.tell, seconds=options.live)))
            parts.append(_acting(bench))
            parts.append(_knowing(bench))
        if options.hostile:
            parts.append(_among_hostile_callers(bench))
        if options.import_rows:
            parts.append(imports.run(options.data, options.import_rows, options.shared_buffers_mb, tell))
        if options.few_children:
            with _opened(options, options.few_children, load, tell) as smaller:
                parts.append(_by_children(smaller, bench))
    caption = f"{options.children:,} children; {options.rounds} rounds of {options.seconds:g} s"
    return "\n".join([f"{machine.describe_machine()}; {caption}, {options.connections} connections\n", *parts])


@contextmanager
def _opened(options: Options, children: int, load: Load, tell: Tell) -> Iterator[Bench]:
    database = place.open_loaded(options.data, children, options.shared_buffers_mb, tell)
    with database:
        samples = queries.draw_samples(database, options.variants)
        yield Bench(options=options, database=database, samples=samples, load=load, tell=tell)


def _contest(bench: Bench) -> str:
    """All contestants at all queries."""
    program = bound.pgbench_beside(bench.database)
    if program is None:
        bench.tell("the bound is left out: there is no pgbench")
    results: dict[str, Mapping[str, Sequence[Round]]] = {}
    with ExitStack() as stack:
        running = _started(bench, stack)
        for query in bench.questions():
            bench.tell(f"{query.name} {query.title}: comparing the answers")
            able = [each for each in running if each.can_answer(query)]
            gathered = {each.name: bench.gathered(query, each) for each in able}
            contestants.check_equal(query, gathered)
            slow = {name: [once(found)] for name, found in gathered.items() if found.alone > bench.options.seconds}
            runners = [bench.runner(each, gathered[each.name]) for each in able if each.name not in slow]
            if program is not None:
                runners.append(_bound(bench, program, query))
            bench.tell(f"{query.name} {query.title}: measuring")
            found = bench.rounds(runners) | slow
            results[query.name] = {name: found[name] for name in TITLES if name in found}
    return report.render_results(results, TITLES)


def _started(bench: Bench, stack: ExitStack) -> list[Contestant]:
    running = [stack.enter_context(contestants.serving(kind, bench.database)) for kind in ("hub", "plain", "casbin")]
    if bench.options.peers:
        try:
            running.append(stack.enter_context(peer.serving(bench.database, bench.tell)))
        except peer.PeerMissing as missing:
            bench.tell(f"PostGraphile is left out: {missing}")
    return running


def _bound(bench: Bench, program: Path, query: queries.Query) -> Runner:
    variants = query.variants(bench.samples)[: bound.MOST_SCRIPTS]
    scripts = bound.capture(bench.database, [(query, variables) for variables in variants])
    options = bench.options
    turn = partial(
        bound.run, program, bench.database, scripts, connections=options.connections, seconds=options.seconds
    )
    return Runner(name="bound", run=turn, postmaster=place.postmaster(bench.database))


def once(gathered: Gathered) -> Round:
    """For who answers too slowly for a turn: the one answer that was compared."""
    milliseconds = 1000 * gathered.alone
    outcome = Outcome(answers=1, seconds=gathered.alone, p50_ms=milliseconds, p99_ms=milliseconds, load_cpu_seconds=0.0)
    return Round(outcome=outcome, server_cpu=0.0, database_cpu=0.0)


def _by_rules(bench: Bench) -> str:
    """The hub alone, with ever more rules of other units in the book."""
    measured: dict[str, Mapping[str, Sequence[Round]]] = {}
    with ExitStack() as stack:
        running = []
        for rules in bench.options.rules:
            bench.tell(f"starting the hub with {rules:,} rules")
            name = f"{rules:,} rules"
            running.append(stack.enter_context(contestants.serving("hub", bench.database, name=name, rules=rules)))
        for query in bench.questions():
            bench.tell(f"{query.name}: measuring by rules")
            measured[query.name] = bench.rounds([bench.runner(each, bench.gathered(query, each)) for each in running])
    return report.render_scaling("rules in the book", measured)


def _among_hostile_callers(bench: Bench) -> str:
    """One unit's questions with and without eight callers of another unit who ask for all they can."""
    measured: dict[str, Mapping[str, Sequence[Round]]] = {}
    with contestants.serving("hub", bench.database, shares=True) as hub:
        for query in (query for query in bench.questions() if query.name in hostile.QUESTIONS):
            bench.tell(f"{query.name}: measuring among hostile callers")
            job = Job(
                port=hub.port,
                shots=bench.gathered(query, hub).shots,
                connections=hostile.CONNECTIONS,
                seconds=bench.options.seconds,
            )
            turns = {"alone": partial(bench.load.run, job), "among": partial(_pestered, bench, hub, job)}
            runners = [
                Runner(name=name, run=turn, server=hub.pid, postmaster=place.postmaster(bench.database))
                for name, turn in turns.items()
            ]
            measured[query.name] = bench.rounds(runners)
    return report.render_hostile(measured)


def _writing(bench: Bench) -> str:
    """Visits through the ledger, against the same rows as plain inserts."""
    bench.tell("measuring the writes of the ledger")
    options = bench.options
    found = writes.measure(bench.database, writers=options.writers, seconds=options.seconds, rounds=options.rounds)
    return report.render_writes(found, writes.TITLES)


def _acting(bench: Bench) -> str:
    """Acts in cases with their notices and obligations, against the same rows as plain inserts."""
    bench.tell("measuring acts in cases")
    options = bench.options
    found = acts.run(
        options.data, options.shared_buffers_mb, at_once=options.writers, seconds=options.seconds,
        rounds=options.rounds, tell=bench.tell,
    )  # fmt: skip
    return report.render_writes(found, acts.TITLES, what="acts")


def _knowing(bench: Bench) -> str:
    """A unit's inbox and a case's board among many, against the SQL that they are made of."""
    bench.tell("measuring the inbox and the board")
    options = bench.options
    found = knowing.run(
        options.data, options.shared_buffers_mb, cases=options.cases, times=200, rounds=options.rounds, tell=bench.tell
    )
    return report.render_knowing(found, knowing.TITLES)


def _pestered(bench: Bench, hub: Contestant, job: Job) -> Outcome:
    with hostile.pestering(bench.database, hub.port):
        return bench.load.run(job)


def _by_children(smaller: Bench, larger: Bench) -> str:
    """The hub alone, over two sizes of the same region."""
    measured: dict[str, Mapping[str, Sequence[Round]]] = {}
    with ExitStack() as stack:
        running = {
            f"{children:,} children": (bench, stack.enter_context(contestants.serving("hub", bench.database)))
            for children, bench in (
                (larger.options.few_children, smaller),
                (larger.options.children, larger),
            )
        }
        for query in larger.questions():
            larger.tell(f"{query.name}: measuring by children")
            runners = [bench.runner(each, bench.gathered(query, each)) for bench, each in running.values()]
            named = [replace(runner, name=name) for name, runner in zip(running, runners, strict=True)]
            measured[query.name] = larger.rounds(named)
    return report.render_scaling("children in the database", measured)
