"""The sample: every figure that it must give is counted here from the shipped file, by expressions of this test."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from explorer.errors import ConfigError, DataError, ExplorerError
from explorer.plan_indicators import PlanRules, plan_indicators
from explorer.plan_indicators.table import percent_half_up
from explorer.schema import PLANS
from explorer.sources.checks import load_checks, run_checks
from explorer.sources.plan_file import INVENTED_NOTE, SOME_INVENTED_NOTE, PlanFile
from explorer.sources.plans import read_plans
from explorer.sources.sample import PLANS_FILE, load_sample_settings, make_sample, read_sample
from explorer.sources.sample.choice import choose
from explorer.sources.sample.make import read_published
from explorer.sources.sample.report import END_MARK, START_MARK, section
from explorer.sources.sample.rules import Rule
from tests.fixtures import MEASURES, ROOT, TRAFFORD, Project, copied_project, faults, shipped_world
from tests.plan_samples import LIMITS, workbook

SAMPLE, CONFIG, README = ROOT / "data" / PLANS_FILE, ROOT / "config", "data/README.md"
SETTINGS = "config/sample.yaml"
FIRST, LAST, LONG = date(2015, 4, 1), date(2025, 3, 31), 730
YEARS = range(2016, 2026)
start, end = pl.col("start_date"), pl.col("end_date")


@lru_cache(maxsize=1)
def sample() -> PlanFile:
    return read_sample(SAMPLE, LIMITS)


@lru_cache(maxsize=1)
def published() -> dict[tuple[str, int], int]:
    """Trafford's published counts, by measure and year."""
    rows = pl.read_csv(ROOT / MEASURES, infer_schema=False).filter(
        pl.col("area") == TRAFFORD, pl.col("status") == "published"
    )
    cells = rows.select("measure", "year_ending", "value").iter_rows()
    return {(measure, int(year)): int(float(value)) for measure, year, value in cells}


def open_on(day: date) -> pl.DataFrame:
    return sample().plans.filter(start <= day, end.is_null() | (end > day))


def started(first: date, last: date) -> pl.DataFrame:
    return sample().plans.filter(start.is_between(first, last))


def ended(first: date, last: date) -> pl.DataFrame:
    return sample().plans.filter(end.is_between(first, last))


def repeats(plans: pl.DataFrame) -> int:
    return plans.filter(pl.col("previous_plans") > 0).height


def month_ends(first: date, last: date) -> list[date]:
    days = (first + timedelta(number) for number in range((last - first).days + 1))
    return [day for day in days if (day + timedelta(1)).day == 1]


# --- exactly ------------------------------------------------------------------------------------------------------


def test_plans_open_are_steady_then_rise_to_a_peak_and_come_back() -> None:
    steady = [open_on(day).height for day in month_ends(date(2017, 3, 31), date(2018, 7, 31))]
    assert len(steady) == 17
    assert min(steady) >= 240
    assert max(steady) <= 260
    assert open_on(date(2018, 8, 31)).height == 275
    assert 240 <= open_on(date(2018, 9, 30)).height <= 260


def test_plans_and_re_plans_started_from_april_to_august_2018() -> None:
    plans = started(date(2018, 4, 1), date(2018, 8, 31))
    assert (plans.height, repeats(plans)) == (112, 30)


def test_the_shares_of_two_years_or_more() -> None:
    day = date(2018, 9, 30)
    held = open_on(day)
    long = held.filter((pl.lit(day) - start).dt.total_days() >= LONG)
    assert percent_half_up(long.height, held.height) == 6.5
    closed = ended(date(2017, 10, 1), day)
    long = closed.filter((end - start).dt.total_days() >= LONG)
    assert percent_half_up(long.height, closed.height) == 8.0


def test_plans_and_re_plans_started_in_every_published_year() -> None:
    for year in YEARS:
        plans = started(date(year - 1, 4, 1), date(year, 3, 31))
        expected = published()["plans_started", year], published()["plans_started_repeat", year]
        assert (plans.height, repeats(plans)) == expected, year
    assert (published()["plans_started", 2018], published()["plans_started_repeat", 2018]) == (261, 76)


def test_the_file_covers_ten_years_and_no_plan_outside_them() -> None:
    plans = sample().plans
    assert plans["start_date"].max() <= LAST  # type: ignore[operator]
    assert plans["end_date"].min() >= FIRST  # type: ignore[operator]
    assert plans["end_date"].max() <= LAST  # type: ignore[operator]
    assert {start.year for start in plans["start_date"]} >= set(range(2014, 2026))


# --- closely ------------------------------------------------------------------------------------------------------


def test_the_indicators_of_the_program_give_the_published_counts() -> None:
    """Open at 31 March exactly, by length too; ended within what the published figures themselves leave over."""
    benchmarks = shipped_world().config.benchmarks
    known, off = published(), 0
    for year in YEARS:
        table = plan_indicators(sample().plans, date(year, 3, 31), "year", PlanRules(), benchmarks)
        counts = {name: int(value) for name, value in table.select("indicator", "value").iter_rows() if value}
        for name, value in counts.items():
            if (name, year) in known and not name.startswith("plans_ended") and not name.endswith("percent"):
                assert value == known[name, year], (name, year)
        if ("plans_ended", year) in known:
            gap = known["plans_open", year - 1] + known["plans_started", year] - known["plans_open", year]
            assert counts["plans_ended"] == gap
            off += sum(
                abs(counts.get(name, 0) - value)
                for (name, at), value in known.items()
                if at == year and name.startswith("plans_ended_") and not name.endswith("10k")
            )
    assert off <= 20


def test_the_readme_of_the_data_tells_what_the_file_gives() -> None:
    settings = load_sample_settings(CONFIG)
    text = (ROOT / README).read_text(encoding="utf-8")
    told = text.split(START_MARK)[1].split(END_MARK)[0]
    assert told == section(sample().plans, read_published(ROOT / MEASURES, settings), settings)
    assert "| Plans open, the peak of August 2018 | 275 | 275 |" in told
    for year in YEARS:
        row = f"| {year} | {published()['plans_started', year]} | {published()['plans_started_repeat', year]} |"
        assert row in told
        everybody = open_on(date(year, 3, 31)).height
        assert f"\n| {year} | {everybody} |" in told
        gone = ended(date(year - 1, 4, 1), date(year, 3, 31)).height
        difference = gone - published().get(("plans_ended", year), gone)
        assert f"\n| {year} | {gone} {f'({difference:+}) ' if difference else ''}" in told


def test_a_long_plan_is_as_long_as_everywhere_else() -> None:
    elsewhere = yaml.safe_load((CONFIG / "plans.yaml").read_text(encoding="utf-8"))["long_plan_days"]["value"]
    assert load_sample_settings(CONFIG).long_plan_days.value == elsewhere == LONG


# --- plausible ----------------------------------------------------------------------------------------------------


def test_no_check_finds_anything() -> None:
    found = run_checks(sample().plans, LAST, None, load_checks(CONFIG), set(PLANS) - {"upn", "death_date"})
    assert sample().unreadable.is_empty()
    assert found.rows() == []


def test_earlier_plans_count_up_by_one_and_never_overlap() -> None:
    ordered = sample().plans.sort("child_id", "start_date")
    before = ordered.select(pl.col("previous_plans", "end_date").shift(1).over("child_id").name.prefix("last_"))
    later = ordered.with_columns(before).filter(pl.col("last_previous_plans").is_not_null())
    assert later.height > 500
    assert later.filter(pl.col("previous_plans") != pl.col("last_previous_plans") + 1).is_empty()
    assert later.filter(pl.col("last_end_date").is_null() | (pl.col("last_end_date") >= start)).is_empty()


def days_off() -> Iterator[tuple[int, bool]]:
    """For each plan that ended: days until the child's next plan, or until the file ends, and whether there is one."""
    ordered = sample().plans.sort("child_id", "start_date")
    following = ordered.select("end_date", again=start.shift(-1).over("child_id"))
    for left, again in following.filter(end.is_not_null()).iter_rows():
        yield ((again or LAST) - left).days, again is not None


def test_the_risk_of_a_re_plan_falls_with_the_time_since_the_last() -> None:
    spells = list(days_off())
    rates = []
    for lower, upper in ((0, 90), (90, 365), (365, 1095), (1095, 4000)):
        returned = sum(again and lower < days <= upper for days, again in spells)
        at_risk = sum(min(days, upper) - lower for days, _ in spells if days > lower)
        rates.append(returned / at_risk)
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 4 * rates[2]


def test_brothers_and_sisters_start_together_and_mostly_end_together() -> None:
    together = sample().plans.group_by("family_id", "start_date").agg(many=pl.len(), ends=end.n_unique())
    families = together.filter(pl.col("many") > 1)
    assert 0.4 < families.height / together.height < 0.65
    assert 0.75 < families.filter(pl.col("ends") == 1).height / families.height < 0.95


def test_children_are_on_a_plan_before_their_eighteenth_birthday_and_some_before_they_are_born() -> None:
    plans = sample().plans.with_columns(born=pl.coalesce("birth_date", "expected_birth_date"))
    assert plans.filter(end.fill_null(LAST) >= pl.col("born").dt.offset_by("18y")).is_empty()
    assert 0.01 < plans.filter(start < pl.col("born")).height / plans.height < 0.05
    assert plans.filter(pl.col("birth_date") > LAST).is_empty()
    unborn = plans.filter(pl.col("expected_birth_date").is_not_null())
    assert unborn.height >= 1
    assert unborn.filter(pl.col("expected_birth_date") <= LAST).is_empty()


def test_reviews_are_on_time_and_most_plans_end_at_one() -> None:
    held = sample().plans.select("start_date", "end_date", days="review_dates")
    first = held.select((pl.col("days").list.first() - start).dt.total_days()).to_series().drop_nulls()
    assert 0 < first.min() <= first.max() <= 91  # type: ignore[operator]
    between = held.select(pl.col("days").list.diff(null_behavior="drop")).explode("days").to_series().drop_nulls()
    assert between.max() <= timedelta(183)  # type: ignore[operator]
    waiting = held.select(pl.coalesce(end, pl.lit(LAST)) - pl.coalesce(pl.col("days").list.last(), start)).to_series()
    assert waiting.max() <= timedelta(190)  # type: ignore[operator]
    at_review = held.filter(end.is_not_null()).select(pl.col("days").list.contains(end).mean()).item()
    assert 0.6 < at_review < 0.9


def test_neglect_and_emotional_abuse_are_the_most_frequent_categories() -> None:
    shares = dict(sample().plans["initial_category"].value_counts(normalize=True).iter_rows())
    assert 0.4 < shares["NEG"] < 0.55
    assert 0.3 < shares["EMO"] < 0.42
    assert max(shares["PHY"], shares["SAB"], shares["MUL"]) < 0.12


def test_lengths_on_which_definitions_disagree_do_not_occur() -> None:
    plans = sample().plans
    lengths = set((plans["end_date"] - plans["start_date"]).dt.total_days().drop_nulls())
    assert not lengths & {*range(88, 94), *range(180, 186), *range(363, 368), *range(727, 734)}


# --- read as any other file ---------------------------------------------------------------------------------------


def test_every_row_says_that_it_is_invented() -> None:
    assert set(pl.read_csv(SAMPLE, infer_schema=False)["note"]) == {"invented"}


def test_the_sample_is_known_whoever_loads_it() -> None:
    assert sample().kind == "sample"
    assert sample().notes == (INVENTED_NOTE,)
    assert sample().plans.schema == PLANS
    assert sample().plans["position"][0] == "row 2"
    again = read_plans("this month.csv", SAMPLE.read_bytes(), LIMITS)
    assert (again.kind, again.name) == ("sample", "this month.csv")
    assert again.plans.equals(sample().plans)
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()[:4]
    sheet = read_plans("plans.xlsx", workbook(Plans=[line.split(",") for line in lines]), LIMITS)
    assert (sheet.kind, sheet.plans.height) == ("sample", 3)
    shouted = "\n".join(lines).replace("invented", " Invented ")
    assert read_plans("plans.csv", shouted.encode(), LIMITS).kind == "sample"


@pytest.mark.parametrize(("note", "notes"), [("", (SOME_INVENTED_NOTE,)), ("not invented", (SOME_INVENTED_NOTE,))])
def test_one_row_that_does_not_say_so_makes_it_no_sample(tmp_path: Path, note: str, notes: tuple[str, ...]) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("\ninvented,", f"\n{note},", 1)
    found = read_plans("plans.csv", text.encode(), LIMITS)
    assert (found.kind, found.notes) == ("plain", notes)
    copy = tmp_path / "plans.csv"
    copy.write_text(text, encoding="utf-8")
    (told,) = faults(lambda: read_sample(copy, LIMITS), DataError)
    assert told.startswith("plans.csv: not every row says 'invented'")
    assert "make-sample" in told


def test_notes_of_real_files_change_nothing() -> None:
    text = "child_id,start_date,end_date,previous_plans,note\nA,2018-05-01,,0,ring back\n,,,,only a note\n"
    found = read_plans("plans.csv", text.encode(), LIMITS)
    assert (found.kind, found.notes, found.plans.height) == ("plain", (), 1)
    twice = read_plans("plans.csv", text.replace("previous_plans", "note").encode(), LIMITS)
    assert (twice.kind, twice.plans.height) == ("plain", 1)
    empty = read_plans("plans.csv", text.splitlines()[0].encode(), LIMITS)
    assert empty.kind == "plain"


def test_a_sample_that_is_missing_says_how_to_make_it(tmp_path: Path) -> None:
    (told,) = faults(lambda: read_sample(tmp_path / "invented_plans.csv", LIMITS), DataError)
    assert told.endswith("make it again with: python -m explorer make-sample.")


# --- its settings -------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return copied_project(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  seed:", "  sed:", "unknown key 'invention.sed'"),
        ("value: 2018\n", "value: some\n", "'invention.seed.value' is 'some'"),
        ("value: 0.34", "value: 1.34", "'invention.repeat_chance.value' is '1.34'"),
        ("2025-03-31]", "2025-03-30]", "'window.value': expected [first day, last day]"),
        ("value: [240, 260]", "value: [260, 240]", "'slides.open_steady.value': expected [least, most]"),
        ("value: [240, 260]", "value: many", "'slides.open_steady.value': expected a number or [least, most]"),
        ("first: 2018-08-31", "first: 2018-09-01", "'slides.open_peak' must have 'first' up to 'last'"),
        ("first: 2018-08-31", "first: 2008-08-31", "'slides.open_peak' must have 'first' up to 'last'"),
        ("2002-04-01", "2022-04-01", "'invention.history_first' must not be after"),
        ("NEG: 0.47", "NEGLECT: 0.47", "expected shares of NEG, PHY, SAB, EMO, MUL"),
        ("[0.45, 0.28, 0.16, 0.08, 0.03]", "[0, 0]", "expected numbers that are not all 0"),
        ("[66, 87]", "66", "'invention.first_review_days.value': expected a list"),
        ("1.1, 1.1, 0.85]", "1.1]", "expected twelve numbers"),
        (", shape: 0.05}", "}", "the key 'weights.value.shape' is missing"),
        ("label: Season", "label: ''", "'invention.start_season.label' is ''"),
    ],
)
def test_a_fault_in_the_settings_is_told_by_its_line(project: Project, old: str, new: str, said: str) -> None:
    project.edit(SETTINGS, old, new)
    told = faults(lambda: load_sample_settings(project.config), ConfigError)
    assert any(said in sentence and sentence.startswith("sample.yaml line ") for sentence in told), told
    assert all(sentence.endswith(".") for sentence in told)


# --- choosing -----------------------------------------------------------------------------------------------------

ALL_SINGLE, COSTS = np.ones(6, dtype=np.bool_), np.linspace(0, 1, 6)
SIZES = np.array([5.0, 4, 3, 2, 1, 1])
EACH = np.ones(6)


def test_families_are_chosen_so_that_every_rule_holds() -> None:
    kept = choose([Rule("plans", SIZES, 9, 9), Rule("families", EACH, 2, 2)], ALL_SINGLE, COSTS)
    assert kept.tolist() == [True, True, False, False, False, False]


def test_points_are_lost_where_rules_disagree_and_the_heavier_one_is_kept() -> None:
    heavy, light = Rule("nine", SIZES, 9, 9, weight=3.0), Rule("seven", SIZES, 7, 7, weight=1.0)
    kept = choose([heavy, light, Rule("families", EACH, 2, 3)], ALL_SINGLE, COSTS)
    assert SIZES[kept].sum() == 9


def test_of_the_figures_hidden_together_one_is_small() -> None:
    small, large = np.array([1.0, 1, 1, 1, 1, 1]), SIZES * 3
    hidden = [Rule("a", large, 1, np.inf, group=("open", 2020)), Rule("b", small, 1, np.inf, group=("open", 2020))]
    kept = choose([*hidden, Rule("total", large + small, 18, 22)], ALL_SINGLE, COSTS)
    counts = large[kept].sum(), small[kept].sum()
    assert 18 <= sum(counts) <= 22
    assert 1 <= min(counts) <= 5


def test_what_cannot_be_reached_is_named() -> None:
    rules = [Rule("plans", SIZES, 99, 99), Rule("families", EACH, 2, 2)]
    (told,) = faults(lambda: choose(rules, ALL_SINGLE, COSTS), ExplorerError)
    assert "(out of reach: 'plans')" in told
    assert "Raise" not in told
    contrary = [Rule("more", SIZES, 9, 9), Rule("fewer", SIZES, 7, 7)]
    (told,) = faults(lambda: choose(contrary, ALL_SINGLE, COSTS), ExplorerError)
    assert told.startswith("sample.yaml: no choice of invented families gives every figure; raise ")


# --- making it ----------------------------------------------------------------------------------------------------

FEW = {"plans_started": 30, "plans_started_repeat": 6, "plans_open": 20, "plans_ended": 31, "plans_open_2y_plus": 1}


def small(project: Project) -> Project:
    """One year, few families, and ranges in the place of most figures."""
    content = yaml.safe_load(project.text(SETTINGS))
    content["window"]["value"] = [date(2015, 4, 1), date(2016, 3, 31)]
    content["invention"]["families"]["value"] = 150
    content["invention"]["history_first"]["value"] = date(2012, 4, 1)
    for name, slide in content["slides"].items():
        slide.update(first=date(2015, 6, 30), last=date(2015, 8, 31), value=[0, 100])
        if "percent" not in name:
            slide["value"] = [0, 40]
    project.write(SETTINGS, yaml.safe_dump(content))
    rows = [f"{measure},358,2016,{value},published,made up" for measure, value in FEW.items()]
    project.write(MEASURES, "\n".join(["measure,area,year_ending,value,status,source", *rows]) + "\n")
    return project


def files(folder: Path) -> tuple[bytes, bytes]:
    return (folder / PLANS_FILE).read_bytes(), (folder / "README.md").read_bytes()


def test_a_small_sample_is_made_twice_alike_and_gives_its_figures(project: Project) -> None:
    data = small(project).folder / "data"
    assert make_sample(data, project.config) == data / PLANS_FILE
    once = files(data)
    make_sample(data, project.config)
    assert files(data) == once
    found = read_sample(data / PLANS_FILE, LIMITS).plans
    year = found.filter(start.is_between(date(2015, 4, 1), date(2016, 3, 31)))
    assert (year.height, repeats(year)) == (30, 6)
    assert b"| 2016 | 30 | 6 |" in once[1]
    assert once[1].startswith((ROOT / README).read_bytes().split(START_MARK.encode())[0])


@pytest.mark.parametrize(
    ("old", "new"), [(START_MARK, ""), (END_MARK, START_MARK), (START_MARK, END_MARK + START_MARK)]
)
def test_without_its_marks_in_the_readme_nothing_is_written(project: Project, old: str, new: str) -> None:
    small(project).edit(README, old, new)
    before = files(project.folder / "data")
    (told,) = faults(lambda: make_sample(project.folder / "data", project.config), DataError)
    assert told.startswith("README.md: the lines '<!-- sample:")
    assert files(project.folder / "data") == before


def test_without_a_readme_or_a_figure_that_it_needs_it_says_so(project: Project) -> None:
    small(project)
    data = project.folder / "data"
    (told,) = faults(lambda: make_sample(project.folder / "elsewhere", project.config), DataError)
    assert told == "README.md: the file is missing from elsewhere/ or cannot be read."
    project.edit(MEASURES, "plans_started,358", "plans_started,359")
    (told,) = faults(lambda: make_sample(data, project.config), DataError)
    assert told.startswith("measures.csv: the sample needs 'plans_started' of area 358 for 2016")


@pytest.mark.skipif(os.environ.get("MAKE_SAMPLE") != "all", reason="takes ten seconds; MAKE_SAMPLE=all asks for it")
def test_the_shipped_files_are_made_again_byte_for_byte(tmp_path: Path) -> None:
    shutil.copy(ROOT / README, tmp_path)
    code = (
        "import sys; from pathlib import Path; from explorer.sources.sample import make_sample; "
        "make_sample(Path(sys.argv[1]), Path('config'))"
    )
    # another order of sets and dictionaries, if any were relied on
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True, env=environment)
    assert files(tmp_path) == files(ROOT / "data")
