"""Disclosure control of plan figures: every period together, against equations that the test writes down itself."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from explorer.config import load_config
from explorer.disclosure import ReleaseRules, layer_of_rows, load_release, protect_difference, protect_indicators
from explorer.disclosure.plan_counts import Count, counts_of_rows
from explorer.disclosure.plan_space import plan_space
from explorer.disclosure.release import Release, Rule
from explorer.errors import ConfigError, DataError
from explorer.plan_indicators import (
    PERCENTAGES,
    PeriodKind,
    Scope,
    left_out_difference,
    load_plan_rules,
    month_ends,
    plan_indicators,
)
from explorer.plan_indicators.periods import period_at
from tests import examples
from tests.fixtures import ROOT, copied_project, faults
from tests.plan_rows import Row, dated, table

CONFIG = load_config(ROOT / "config")
BENCHMARKS, SUPPRESSION, RULES = CONFIG.benchmarks, CONFIG.benchmarks.suppression, load_plan_rules(ROOT / "config")
RELEASE = load_release(ROOT / "config")
WHOLE = replace(RELEASE, most_small=(1.0,) * len(RELEASE.most_small))  # every step, however many counts are small
SPAN = SUPPRESSION.highest - SUPPRESSION.lowest
SCOPE = Scope(frozenset({"annual", "dated_history"}))
FIRST, LAST = date(2020, 3, 31), date(2021, 5, 31)
KINDS: tuple[PeriodKind, ...] = ("month", "year_to_date", "rolling_12m", "year")
S, R, E, L, O, M = (  # noqa: E741
    "plans_started",
    "plans_started_repeat",
    "plans_ended",
    "plans_ended_2y_plus",
    "plans_open",
    "plans_open_2y_plus",
)
KEY = ["indicator", "period_end", "period_kind"]


def invented(seed: int, size: int) -> list[Row]:
    """Plans over five years, some of them long, in bursts."""
    rng = random.Random(seed)
    rows = []
    for number in range(size):
        start = date(2017, 6, 1) + timedelta(rng.randrange(1400))
        end = start + timedelta(rng.choice([40, 150, 300, 500, 800, 900]) + rng.randrange(60))
        rows.append(dated(f"C{number // 2}", f"{start}", f"{end}", previous_plans=rng.choice([0, 0, 0, 1])))
    return rows


def indicators(rows: Iterable[Row], extra: Iterable[date] = ()) -> pl.DataFrame:
    plans = table(rows)
    days = [*month_ends(FIRST, LAST), *extra]
    parts = [plan_indicators(plans, day, kind, RULES, BENCHMARKS, SCOPE) for day in days for kind in KINDS]
    return pl.concat(parts).unique(KEY, maintain_order=True, keep="first")


class Auditor:
    """Months of plans started, re-plans, ended, ended long, open and open long as unknowns of a linear program."""

    def __init__(self, protected: pl.DataFrame) -> None:
        # twelve months to 28 February 2021 begin within the month before
        self.ends = sorted([*month_ends(date(2019, 2, 28), LAST), date(2020, 2, 28)])
        self.rows: list[tuple[dict[int, float], float]] = []
        self.limits: list[tuple[dict[int, float], float]] = []
        for number, end in enumerate(self.ends):
            for part, whole in ((R, S), (L, E), (M, O)):
                self.limits.append(({self.at(part, end): 1, self.at(whole, end): -1}, 0))
            if number:
                before = self.ends[number - 1]
                flow: dict[int, float] = {
                    self.at(O, end): 1,
                    self.at(O, before): -1,
                    self.at(S, end): -1,
                    self.at(E, end): 1,
                }
                self.rows.append((flow, 0))
                self.limits.append(({self.at(M, before): 1, self.at(M, end): -1, self.at(L, end): -1}, 0))
        for row in protected.filter(pl.col("numerator").is_not_null()).iter_rows(named=True):
            if row["indicator"] in (S, R, E, L, O, M):
                self.rows.append((self.terms(row["indicator"], row["period_kind"], row["period_end"]), row["value"]))
            elif row["indicator"] in PERCENTAGES and "within" not in row["indicator"]:
                for name, value in zip(
                    PERCENTAGES[row["indicator"]], (row["numerator"], row["denominator"]), strict=True
                ):
                    self.rows.append((self.terms(name, row["period_kind"], row["period_end"]), value))

    def at(self, name: str, end: date) -> int:
        return (S, R, E, L, O, M).index(name) * len(self.ends) + self.ends.index(end)

    def terms(self, name: str, kind: str, end: date) -> dict[int, float]:
        if name in (O, M):
            return {self.at(name, end): 1}
        after = period_at(end, kind).after  # type: ignore[arg-type]
        return {self.at(name, month): 1 for month in self.ends if after < month <= end}

    def matrix(self, rows: list[tuple[dict[int, float], float]]) -> tuple[np.ndarray, np.ndarray]:
        found = np.zeros((len(rows), 6 * len(self.ends)))
        for number, (terms, _) in enumerate(rows):
            found[number, list(terms)] = list(terms.values())
        return found, np.array([right for _, right in rows], dtype=float)

    def too_close(self, counts: Iterable[dict[int, float]]) -> list[dict[int, float]]:
        equal, at_most = self.matrix(self.rows), self.matrix(self.limits)
        found = []
        for terms in counts:
            goal = self.matrix([(terms, 0)])[0][0]
            ends = [linprog(sign * goal, *at_most, *equal, bounds=(0, None), method="highs-ds") for sign in (1, -1)]
            assert all(end.status in (0, 3) for end in ends), [end.message for end in ends]
            if ends[1].status == 0 and -float(ends[1].fun or 0) - float(ends[0].fun or 0) < SPAN - 1e-6:
                found.append(terms)
        return found


def check_statuses(given_table: pl.DataFrame, protected: pl.DataFrame) -> None:
    assert protected.select(KEY).equals(given_table.select(KEY))
    published = protected.filter(pl.col("status") == "published")
    assert published["numerator"].is_between(1, 5).sum() == 0
    assert published["denominator"].is_between(1, 5).sum() == 0
    assert (published["denominator"] - published["numerator"]).is_between(1, 5).sum() == 0
    figures = ["numerator", "denominator", "value", "lower", "upper"]
    assert protected.filter(pl.col("status") == "suppressed").select(pl.col(figures).count().sum()).row(0) == (0,) * 5
    kept = protected.filter(pl.col("status") != "suppressed")
    assert kept.equals(given_table.join(kept, on=KEY, how="semi", maintain_order="left"))
    shown = {row[:3]: row[3] == "published" for row in protected.select(*KEY, "status").iter_rows()}
    for name, counts in PERCENTAGES.items():
        for row in protected.filter((pl.col("indicator") == name) & (pl.col("status") != "refused")).iter_rows():
            if row[8] != "suppressed":
                assert all(shown[count, row[1], row[2]] for count in counts)


SIZES = st.sampled_from([20, 60, 150, 400, 900, 2500])


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), SIZES)
def test_nothing_small_can_be_worked_out_over_all_periods(seed: int, size: int) -> None:
    nothing_small_can_be_worked_out(RELEASE, seed, size)


@settings(max_examples=examples(2, 4), deadline=None)  # a rule that does not ship, and takes 8 seconds or more
@given(st.integers(0, 10**6), SIZES)
def test_nothing_small_can_be_worked_out_where_every_step_is_released(seed: int, size: int) -> None:
    nothing_small_can_be_worked_out(WHOLE, seed, size)


def nothing_small_can_be_worked_out(release: ReleaseRules, seed: int, size: int) -> None:
    every = indicators(invented(seed, size))
    protected = protect_indicators(every, release, SUPPRESSION)
    check_statuses(every, protected)
    auditor = Auditor(protected)
    true = dict(zip(every.select(KEY).iter_rows(), every["numerator"].to_list(), strict=True))
    hidden = protected.filter((pl.col("status") == "suppressed") & pl.col("indicator").is_in([S, R, E, L, O, M]))
    small = [row for row in hidden.select(KEY).iter_rows() if true[row] in range(1, 6)]
    chosen = random.Random(seed).sample(small, min(40, len(small)))
    if release is WHOLE:  # of a step that is left out, a count that is not small may follow: nothing was to be hidden
        chosen += random.Random(seed).sample(hidden.select(KEY).rows(), min(20, hidden.height))
    assert not auditor.too_close(auditor.terms(name, kind, end) for name, end, kind in chosen)
    rests = [
        (part, whole, end)
        for part, whole in ((R, S), (L, E), (M, O))
        for end in month_ends(FIRST, LAST)
        if true[whole, end, "month"] - true[part, end, "month"] in range(1, 6)
    ]
    both = (
        {**auditor.terms(whole, "month", end), **dict.fromkeys(auditor.terms(part, "month", end), -1.0)}
        for part, whole, end in random.Random(seed).sample(rests, min(15, len(rests)))
    )
    assert not auditor.too_close(both)


@pytest.mark.parametrize("size", [40, 900])
def test_the_order_of_rows_changes_nothing(size: int) -> None:
    every = indicators(invented(size, size))
    protected = protect_indicators(every, RELEASE, SUPPRESSION)
    turned = protect_indicators(every.sample(fraction=1, shuffle=True, seed=1), RELEASE, SUPPRESSION)
    assert every.select(KEY).join(turned, on=KEY, how="left", maintain_order="left").equals(protected)


def test_what_a_layer_shows_no_later_layer_hides() -> None:
    every = indicators(invented(5, 2500))
    behind, values = counts_of_rows(every)
    first: dict[Count, int] = {}
    for row, number in zip(behind, layer_of_rows(every, RELEASE), strict=True):
        first |= {count: min(number, first.get(count, number)) for count in row if number is not None}
    found = plan_space(values, SUPPRESSION.lowest, SUPPRESSION.highest)
    nothing = np.zeros(len(found.figures), dtype=bool)
    state = Release(found.space, Rule(SUPPRESSION.lowest, SUPPRESSION.highest), found.figures, nothing, nothing)
    layers = np.array([first[count] for count in found.given])
    for place, layer in enumerate(RELEASE.layers):
        before = state.shown
        state.layer(layers == place, layer.budget)
        assert state.shown[: len(before)][before].all(), layer.label
    assert state.shown.sum() > len(values) / 4


def test_a_large_authority_is_shown_whole_and_without_layers_nothing_is() -> None:
    rows = invented(1, 400)
    every = indicators(rows).with_columns(pl.col("numerator") * 1000, pl.col("denominator") * 1000)
    assert protect_indicators(every, RELEASE, SUPPRESSION).equals(every)
    nothing = protect_indicators(every, replace(RELEASE, layers=()), SUPPRESSION)
    assert set(nothing["status"]) <= {"suppressed", "refused"}


def test_a_percentage_of_no_plans_follows_its_denominator() -> None:
    """The year is empty: shown as such in a table of zeros, hidden with its zero where small counts are beside it."""
    empty = indicators([])
    assert protect_indicators(empty, RELEASE, SUPPRESSION).equals(empty)
    some = indicators([dated(f"{n}", "2020-10-05", "2021-05-20") for n in range(3)])
    protected = protect_indicators(some, RELEASE, SUPPRESSION)
    check_statuses(some, protected)


def test_refused_rows_pass_and_days_within_a_month_are_never_shown() -> None:
    extra = date(2020, 9, 17)
    every = indicators(invented(9, 900), [extra])
    assert set(layer_of_rows(every.filter(pl.col("period_end") == extra), RELEASE)) == {None}
    check_statuses(every, protect_indicators(every, RELEASE, SUPPRESSION))
    refused = every.with_columns(status=pl.lit("refused"), numerator=None, value=None)
    assert protect_indicators(refused, RELEASE, SUPPRESSION).equals(refused)


def test_a_table_that_contradicts_itself_is_refused() -> None:
    every = indicators(invented(2, 100))
    is_it = (pl.col("indicator") == S) & (pl.col("period_kind") == "rolling_12m") & (pl.col("period_end") == LAST)
    wrong = every.with_columns(numerator=pl.when(is_it).then(pl.col("numerator") + 1).otherwise("numerator"))
    with pytest.raises(DataError):
        protect_indicators(wrong, RELEASE, SUPPRESSION)
    with pytest.raises(ValueError, match="plans_lost"):
        protect_indicators(every.with_columns(indicator=pl.lit("plans_lost")), RELEASE, SUPPRESSION)


def test_twelve_months_alone_without_their_months() -> None:
    every = indicators(invented(3, 150)).filter(pl.col("period_kind") == "rolling_12m")
    protected = protect_indicators(every, RELEASE, SUPPRESSION)
    assert protected["status"].is_in(["published", "suppressed", "not_applicable"]).all()
    assert protected.filter(pl.col("status") == "published")["numerator"].is_between(1, 5).sum() == 0


def test_differences_of_one_to_five_plans_are_not_told() -> None:
    many = [dated(f"{n}", "2020-05-05", "2021-03-01", previous_plans=int(n < 40)) for n in range(100)]
    few, more = ([dated(f"X{n}", "2020-06-05", "2021-03-02") for n in range(count)] for count in (3, 9))
    kept = table(many)
    protected = plan_indicators(kept, date(2021, 3, 31), "year", RULES, BENCHMARKS, SCOPE)
    for every, told in ((few, False), (more, True)):
        found = left_out_difference(table([*many, *every]), kept, date(2021, 3, 31), "year", RULES, BENCHMARKS, SCOPE)
        seen = {row["indicator"]: row for row in protect_difference(found, protected, SUPPRESSION).to_dicts()}
        assert seen[S]["value_kept"] == 100
        assert seen[S]["value_all"] == (109 if told else None)
        assert (seen["repeat_plan_percent"]["difference"] is not None) is told
        assert seen[R]["difference"] == (0 if told else None)  # unchanged, and yet: all of a period or none
    hidden = protected.with_columns(status=pl.lit("suppressed"))
    rows = protect_difference(found, hidden, SUPPRESSION).to_dicts()
    assert all(row["value_kept"] is None and row["value_all"] is None for row in rows)
    assert {row["status"] for row in rows} == {"suppressed"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    search: thorough", "    search: quick", "'layers.0.search' is 'quick'"),
        ("    ends: march\n", "", "'layers.0.ends' is missing"),
        ("      - plans_started_repeat\n", "      - plans_startd\n", "names 'plans_startd'; allowed"),
        ("      - plans_started_repeat\n", "      - plans_started\n", "names an indicator twice"),
        ("periods: [year]", "periods: [decade]", "'decade'"),
        ("periods: [year]", "periods: [year]\n    colour: red", "unknown key 'layers.0.colour'"),
    ],
)
def test_faults_of_the_layers_are_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    project = copied_project(tmp_path)
    project.edit("config/release.yaml", old, new)
    found = faults(lambda: load_release(project.config), ConfigError)
    assert any(said in sentence for sentence in found), found


def test_no_hidden_number_is_left_in_memory() -> None:
    """A null cell keeps its number in the buffer that is sent to a browser; here none is left."""
    every = indicators(invented(3, 300))
    protected = protect_indicators(every, RELEASE, SUPPRESSION)
    assert (protected["status"] == "suppressed").any()
    for name in ("numerator", "denominator", "value", "lower", "upper"):
        column = protected[name].to_arrow()
        under = np.frombuffer(column.buffers()[1], dtype=column.type.to_pandas_dtype())[: len(column)]
        assert not under[protected[name].is_null().to_numpy()].any(), name
