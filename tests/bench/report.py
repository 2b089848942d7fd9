"""Results as Markdown, ready for the README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.bench import queries
from tests.bench.live import Reached
from tests.bench.load import Outcome
from tests.bench.measure import Results, Round, Spread, Summary, ratio, summary

HUB, BOUND = "hub", "bound"
GOALS = {"plain": "goal_plain", "postgraphile": "goal_peer", BOUND: "goal_bound"}


def render_results(results: Results, titles: Mapping[str, str]) -> str:
    """A table of all contestants, and one of the hub's ratios against the goals."""
    lines = [
        "| query | contestant | req/s | p50 ms | p99 ms | server ms | PostgreSQL ms | load ms |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for query in _asked(results):
        for name, rounds in results[query.name].items():
            lines.append(f"| {query.name} {query.title} | {titles[name]} | {_figures(summary(rounds), name)} |")
    lines += ["", *_ratios(results, titles), "", *_tails(results)]
    return "\n".join(lines) + "\n"


def _asked(results: Results) -> list[queries.Query]:
    return [query for query in queries.QUERIES if query.name in results]


def _figures(figures: Summary, name: str) -> str:
    times = (figures.server_ms, figures.database_ms, figures.load_ms)
    shown = ["–"] * 3 if name == BOUND else [number(each) for each in times]
    return " | ".join([number(figures.rate), number(figures.p50_ms), number(figures.p99_ms), *shown])


def number(value: float) -> str:
    """Three significant figures; nothing where nothing was measured."""
    if not value:
        return "–"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ratios(results: Results, titles: Mapping[str, str]) -> Iterator[str]:
    others = [name for name in titles if name != HUB and any(name in rounds for rounds in results.values())]
    yield f"| the hub against | {' | '.join(query.name for query in _asked(results))} |"
    yield "| --- |" + " ---: |" * len(_asked(results))
    for name in others:
        cells = [_ratio(query, results[query.name], name) for query in _asked(results)]
        yield f"| {titles[name]} | {' | '.join(cells)} |"


def _ratio(query: queries.Query, rounds: Mapping[str, Sequence[Round]], name: str) -> str:
    if name not in rounds:
        return "–"
    found = ratio(rounds[HUB], rounds[name])
    goal = getattr(query, GOALS[name]) if name in GOALS else 0
    return f"{spread(found, share=name == BOUND)}{_verdict(found.middle, goal, share=name == BOUND)}"


def spread(found: Spread, *, share: bool = False) -> str:
    """The middle, and the smallest and largest in parentheses; a share as percents."""
    if share:
        return f"{found.middle:.0%} ({found.least:.0%}–{found.most:.0%})"
    return f"{number(found.middle)}× ({number(found.least)}–{number(found.most)})"


def _verdict(reached: float, goal: float, *, share: bool) -> str:
    if not goal:
        return ""
    wanted = f"{goal:.0%}" if share else f"{goal:g}×"
    return f", goal {wanted} {'reached' if reached >= goal else 'missed'}"


def _tails(results: Results) -> Iterator[str]:
    """How far the hub's slowest hundredth is from its middle; the goal is less than four times."""
    tails = [(query.name, summary(results[query.name][HUB])) for query in _asked(results)]
    shown = ", ".join(f"{name} {figures.p99_ms / figures.p50_ms:.1f}" for name, figures in tails)
    yield f"The hub's p99 over its p50 (goal: under 4): {shown}."


def render_scaling(heading: str, measured: Mapping[str, Mapping[str, Sequence[Round]]]) -> str:
    """Processor time per answer under each condition, and how the last compares with the first."""
    conditions = list(next(iter(measured.values())))
    lines = [
        f"| {heading} | {' | '.join(f'{name}: server, PostgreSQL ms' for name in conditions)} | change |",
        "| --- |" + " ---: |" * (len(conditions) + 1),
    ]
    for query, rounds in measured.items():
        sums = [summary(rounds[name]) for name in conditions]
        cells = [f"{each.server_ms:.3f}, {each.database_ms:.3f}" for each in sums]
        first, last = (each.server_ms + each.database_ms for each in (sums[0], sums[-1]))
        lines.append(f"| {query} | {' | '.join(cells)} | {last / first - 1:+.1%} |")
    return "\n".join(lines) + "\n"


def render_hostile(measured: Mapping[str, Mapping[str, Sequence[Round]]]) -> str:
    """How long another unit waits among hostile callers, and how long without them."""
    lines = [
        "| among eight hostile callers | alone: req/s, p50, p99 ms | among them: req/s, p50, p99 ms | p99 ratio |",
        "| --- | ---: | ---: | ---: |",
    ]
    for query, rounds in measured.items():
        alone, among = summary(rounds["alone"]), summary(rounds["among"])
        cells = [", ".join(map(number, (each.rate, each.p50_ms, each.p99_ms))) for each in (alone, among)]
        lines.append(f"| {query} | {' | '.join(cells)} | {number(among.p99_ms / alone.p99_ms)}× |")
    return "\n".join(lines) + "\n"


def render_writes(found: Mapping[str, Sequence[Outcome]], titles: Mapping[str, str], what: str = "visits") -> str:
    """What is written each second: the first contestant, and what share of each bound that is."""
    lines = [
        f"| {what} written | {what}/s | p50 ms | p99 ms | client ms | share |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    first = next(iter(found))
    own = _middle(found[first])
    for name, outcomes in found.items():
        told = _middle(outcomes)
        rate = told.answers / told.seconds
        share = "" if name == first else f"{100 * own.answers / own.seconds / rate:.0f} %"
        figures = (rate, told.p50_ms, told.p99_ms, 1000 * told.load_cpu_seconds / max(told.answers, 1))
        lines.append(f"| {titles[name]} | {' | '.join(map(number, figures))} | {share} |")
    return "\n".join(lines) + "\n"


def render_live(found: Sequence[Reached]) -> str:
    """From commit to the event at a subscriber; the goal is that of the most subscribers."""
    lines = [
        "| followed at two processes | events | told | p50 ms | p99 ms | hub ms an event |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in found:
        what = "one event for all" if each.to_all else "eight units told of each, 20 a second"
        figures = (each.p50_ms, each.p99_ms, each.hub_cpu_ms)
        lines.append(
            f"| {each.subscribers:,} subscribers, {what} | {each.events} | {each.told:,} |"
            f" {' | '.join(map(number, figures))} |"
        )
    return "\n".join(lines) + "\n"


def render_knowing(found: Mapping[str, Sequence[Outcome]], titles: Mapping[str, str]) -> str:
    """Answers and, below each, the bound that it is held against."""
    lines = ["| what a unit knows | p50 ms | p99 ms | × bound |", "| --- | ---: | ---: | ---: |"]
    for name, outcomes in found.items():
        told, bound = _quickest(outcomes), found.get(f"{name}_bound")
        times = "" if bound is None else f"{told.p50_ms / _quickest(bound).p50_ms:.1f}"
        lines.append(f"| {titles[name]} | {number(told.p50_ms)} | {number(told.p99_ms)} | {times} |")
    return "\n".join(lines) + "\n"


def _quickest(outcomes: Sequence[Outcome]) -> Outcome:
    return min(outcomes, key=lambda outcome: outcome.p50_ms)


def _middle(outcomes: Sequence[Outcome]) -> Outcome:
    return sorted(outcomes, key=lambda outcome: outcome.answers / outcome.seconds)[len(outcomes) // 2]
