"""The whole benchmark in miniature: every contestant answers every query alike, and the report is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import data, load, measure, queries, report
from tests.bench.__main__ import read_options
from tests.bench.load import Outcome
from tests.bench.options import Options
from tests.bench.run import TITLES, run


def test_villages_are_as_many_in_each_county() -> None:
    assert data.villages_for(2_000) == 9
    assert data.villages_for(500_000) == 2_700


def test_percentile_is_a_value_that_was_measured() -> None:
    ordered = [float(value) for value in range(1, 101)]
    assert (load.percentile(ordered, 0.5), load.percentile(ordered, 0.99)) == (50.0, 99.0)
    assert load.percentile([7.0], 0.99) == 7.0


def test_ratio_compares_round_by_round() -> None:
    ours = [_round(rate) for rate in (100, 200, 400)]
    theirs = [_round(rate) for rate in (50, 50, 50)]
    assert measure.ratio(ours, theirs) == measure.Spread(least=2.0, middle=4.0, most=8.0)


def test_figures_show_three_digits() -> None:
    assert [report.number(value) for value in (0.1234, 12.34, 123.4, 12_345.6)] == ["0.12", "12.3", "123", "12,346"]


def test_options_of_a_quick_run_are_small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    options = read_options(["--quick", "--peers", "--only", "Q1,Q2"])
    assert (options.children, options.peers, options.only) == (20_000, True, frozenset({"Q1", "Q2"}))
    assert options.data == tmp_path / "bench"


@pytest.mark.slow
def test_a_whole_run_compares_all_contestants(tmp_path: Path) -> None:
    options = Options(
        data=tmp_path, children=2_000, few_children=1_000, rounds=1, seconds=0.2, connections=2, variants=3,
        gathering=0.2, rules=(100, 1_000), shared_buffers_mb=64, import_rows=20, live=0.2,
    )  # fmt: skip
    told: list[str] = []
    results = run(options, told.append)
    for query in queries.QUERIES:
        assert f"| {query.name} {query.title} | {TITLES['hub']} |" in results
        assert f"{query.name} {query.title}: measuring" in told
    assert "rules in the book" in results
    assert "children in the database" in results
    assert "among eight hostile callers" in results
    assert "| 1,000 subscribers, one event for all |" in results
    assert "| **the ledger**: judged, sealed, grouped |" in results
    assert "| second import, all unchanged |" in results


def _round(rate: float) -> measure.Round:
    outcome = Outcome(answers=100, seconds=100 / rate, p50_ms=1.0, p99_ms=2.0, load_cpu_seconds=0.0)
    return measure.Round(outcome=outcome, server_cpu=0.1, database_cpu=0.1)
