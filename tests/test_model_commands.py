"""The commands simulate and backtest: what they print, that the engine agrees with theory, and faults in sentences."""

import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from explorer import __main__
from explorer.errors import DataError
from explorer.model_commands import back_test, simulate
from explorer.model_commands.back_test import settings_of
from explorer.models import backtest
from explorer.models.backtest_table import BACKTEST, BackTest, back_test_table, digest, load_back_test, save
from explorer.models.flow import INDICATORS
from explorer.models.given_rates import Given, emptied, long_run, with_given
from explorer.models.history import Banded, History
from explorer.models.rates import ENDING, FIRST, RETURNS
from explorer.models.rivals import TESTED
from explorer.models.what_if import noise_of, run_scenario
from explorer.record_commands import UNSUPPRESSED
from explorer.world import CONFIG_FOLDER, World
from tests.fixtures import BROKEN, ROOT, TRAFFORD, contents, faults, shipped_world, start_of
from tests.test_command_line import run
from tests.test_record_commands import Answer, plans_csv, written

SIX = ROOT / "config" / "scenarios" / "all_six_ideas.yaml"
SAMPLE = ROOT / "data" / "sample" / "invented_plans.csv"
ASKED = ("simulate", "--area", "358", "--as-at", "2018-03-31", "--months", "36", "--draws", "200", "--seed", "1")
PRINTED = ("mean", "p2_5", "p10", "p50", "p90", "p97_5")
THEORY = ("--first-starts", "20", "--hazards", "0.1", "--repeat-share", "0.25")
Command = Callable[..., Answer]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process, with the shipped data from the memory."""

    def shipped(folder: Path) -> World:
        assert folder == CONFIG_FOLDER
        return shipped_world()

    monkeypatch.setattr(simulate, "load_world", shipped)
    monkeypatch.setattr(back_test, "load_world", shipped)

    def called(*arguments: object) -> Answer:
        code = __main__.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Answer(code, said.out, said.err)

    return called


def changed(**options: str) -> list[str]:
    """The call with some options changed or added."""
    given = dict(zip(ASKED[1::2], ASKED[2::2], strict=True))
    given |= {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    return ["simulate", *(part for option in given.items() for part in option)]


def answer(said: Answer) -> dict[str, Any]:
    assert (said.code, said.err) == (0, "")
    found: dict[str, Any] = json.loads(said.out)
    return found


def rows(found: dict[str, Any], which: str, indicator: str) -> list[dict[str, Any]]:
    return [row for row in found["months"] if (row["which"], row["indicator"]) == (which, indicator)]


# --- simulate


def test_simulate_prints_one_object_with_the_keys_of_the_issue(command: Command) -> None:
    found = answer(command(*ASKED, "--scenario", SIX, "--json"))
    told = {"area": "358", "name": "Trafford", "as_at": "2018-03-31", "months_ahead": 36, "draws": 200, "seed": 1}
    assert {key: found[key] for key in told} == told
    assert found["data_version"] == shipped_world().version
    assert len(found["months"]) == 36 * len(INDICATORS) * 2
    assert list(found["months"][0]) == ["month", "month_end", "indicator", "which", *PRINTED]
    assert [row["month_end"] for row in rows(found, "baseline", "plans_open")][:3] == [
        "2018-04-30",
        "2018-05-31",
        "2018-06-30",
    ]
    for row in found["months"]:
        values = [row[name] for name in PRINTED[1:]]
        assert values == sorted(values)
        assert values[0] <= row["mean"] <= values[-1]
    assert [row["rate"] for row in found["basis"]] == [FIRST, RETURNS, *ENDING]
    assert all(0 < row["prior_weight"] < 1 for row in found["basis"])
    assert found["long_run"] is None
    assert len(found["sources"]) == 4


def test_it_is_what_the_page_works_out(command: Command) -> None:
    found = answer(command(*ASKED, "--json"))
    start = start_of(TRAFFORD, 2018)
    one = run_scenario(start, None, shipped_world().models.what_if, noise_of(start, 36, 1), 1)
    means = [row["mean"] for row in rows(found, "baseline", "plans_open")]
    assert means == pytest.approx(one.figures["plans_open"].mean(axis=1), abs=1e-4)


def test_the_same_seed_gives_the_same_text_and_another_one_another(command: Command) -> None:
    first, again = (command(*ASKED, "--json").out for _ in range(2))
    assert first == again
    assert command(*changed(seed="2"), "--json").out != first


def test_without_a_what_if_both_are_equal(command: Command) -> None:
    found = answer(command(*ASKED, "--json"))
    assert found["notes"] == ["No what-if was given, so the scenario is equal to the baseline."]
    for name in INDICATORS:
        pairs = zip(rows(found, "baseline", name), rows(found, "scenario", name), strict=True)
        assert all({**one, "which": ""} == {**other, "which": ""} for one, other in pairs)


def test_a_what_if_changes_the_scenario_alone(command: Command) -> None:
    plain, other = answer(command(*ASKED, "--json")), answer(command(*ASKED, "--scenario", SIX, "--json"))
    assert rows(plain, "baseline", "plans_open") == rows(other, "baseline", "plans_open")
    ends = [rows(other, which, "repeat_plan_percent")[-1]["mean"] for which in ("baseline", "scenario")]
    assert ends[1] < ends[0]
    assert other["scenario"] != "No change"


def test_what_the_file_was_made_for_is_told(command: Command, tmp_path: Path) -> None:
    file = written(tmp_path, 'name: Mine\narea: "356"\nyear: 2020\ndata_version: "abc"\nmonths: 24\n', "mine.yaml")
    call = ("simulate", "--area", "358", "--as-at", "2018-03-31", "--draws", "20")
    usual = shipped_world().models.what_if.settings.months.value
    found = answer(command(*call, "--scenario", file, "--json"))
    assert found["months_ahead"] == 24
    assert found["notes"] == [
        f"The what-if was made with data version abc; these are {shipped_world().version}.",
        "The what-if was made for Stockport.",
        "The what-if was made for 31 March 2020.",
    ]
    assert answer(command(*call, "--json"))["months_ahead"] == usual


def test_in_words(command: Command) -> None:
    said = command(*ASKED, "--scenario", SIX)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "Trafford, 36 months from 31 March 2018, 200 possible futures"
    assert [line for line in lines if line[:3] == "31 "] == ["31 March 2019", "31 March 2020", "31 March 2021"]
    assert len([line for line in lines if " baseline " in line]) == len(INDICATORS) * 3
    assert len([line for line in lines if " scenario " in line]) == len(INDICATORS) * 3
    assert any(line.strip().startswith("Plans open    ") and "  80%: " in line for line in lines)
    plain = command(*changed(months="7"))
    assert "31 October 2018" in plain.out.splitlines()
    assert " scenario  " not in plain.out


def test_the_exact_mean_stands_beside(command: Command) -> None:
    found = answer(command(*changed(draws="1000"), "--exact", "--json"))
    for row in rows(found, "baseline", "plans_started"):
        assert row["exact"] == pytest.approx(row["mean"], rel=0.05)


# --- Theory


def test_given_rates_lead_to_the_long_run_of_theory(command: Command) -> None:
    """First plans 20 a month, all plans end at 0.1 a month, a quarter come back: Little's law and the identities."""
    found = answer(command(*changed(months="600", draws="400"), *THEORY, "--exact", "--json"))
    mean_months = 1 / -math.expm1(-0.1)
    started, stays_two_years = 20 / 0.75, math.exp(-0.1 * 24)
    theory = {
        "repeat_plan_percent": 25.0,
        "plans_started": 12 * started,
        "plans_started_repeat": 12 * started * 0.25,
        "plans_ended": 12 * started,
        "plans_open": started * mean_months,
        "open_2y_plus_percent": 100 * stays_two_years,
        "ended_2y_plus_percent": 100 * stays_two_years,
    }
    spread = {"plans_open": 40, "plans_started": 46, "plans_ended": 46, "plans_started_repeat": 18}
    for name, expected in theory.items():
        assert found["long_run"][name] == pytest.approx(expected, rel=1e-4)
        last = rows(found, "baseline", name)[-1]
        assert last["exact"] == pytest.approx(expected, rel=1e-3), name
        if name in spread:
            assert abs(last["mean"] - expected) < 4 * spread[name] / math.sqrt(400)
    assert found["long_run"]["mean_months_on_a_plan"] == pytest.approx(mean_months, rel=1e-4)
    by_rate = {row["rate"]: row for row in found["basis"]}
    assert (by_rate[FIRST]["value"], by_rate[FIRST]["unit"]) == (20, "first plans a month")
    assert by_rate[RETURNS]["low"] == by_rate[RETURNS]["high"] == 0.25
    assert {by_rate[name]["value"] for name in ENDING} == {0.1}


def test_five_hazards_are_those_of_the_bands(command: Command) -> None:
    five = ("--first-starts", "10", "--repeat-share", "0", "--hazards", "0.05", "0.03", "0.12", "0.13", "0.2")
    found = answer(command(*changed(months="400", draws="20"), *five, "--exact", "--json"))
    hazards = [0.05] * 3 + [0.03] * 3 + [0.12] * 6 + [0.13] * 12
    reached = [math.exp(-sum(hazards[:age])) for age in range(25)]
    open_plans = 10 * (sum(reached[:24]) + reached[24] / -math.expm1(-0.2))
    last = rows(found, "baseline", "plans_open")[-1]
    assert last["exact"] == pytest.approx(open_plans, rel=1e-4)
    assert rows(found, "baseline", "repeat_plan_percent")[-1]["mean"] == 0


def test_nobody_starts_and_nobody_ends(command: Command) -> None:
    none = ("--first-starts", "0", "--repeat-share", "0", "--hazards", "0", "--empty")
    found = answer(command(*changed(months="24", draws="5"), *none, "--json"))
    assert found["long_run"] is None
    assert {row["mean"] for row in rows(found, "baseline", "plans_open")} == {0}
    assert {row["mean"] for row in rows(found, "baseline", "repeat_plan_percent")} == {None}
    assert "nothing to count" in command(*changed(months="24", draws="5"), *none).out


def test_without_inflow_the_open_plans_die_out_as_the_hazard_says(command: Command) -> None:
    none = ("--first-starts", "0", "--repeat-share", "0", "--hazards", "0.1")
    found = answer(command(*changed(months="24", draws="20"), *none, "--exact", "--json"))
    for row in rows(found, "baseline", "plans_open"):
        assert row["exact"] == pytest.approx(259 * math.exp(-0.1 * row["month"]), rel=1e-4)


def test_one_given_rate_leaves_the_others_as_they_are() -> None:
    start = start_of(TRAFFORD, 2018)
    found = with_given(start, Given(repeat_share=0.5))
    assert contents(found.rates.ending) == contents(start.rates.ending)
    assert contents(found.rates.ending_shape) == contents(start.rates.ending_shape)
    assert found.rates.return_level == pytest.approx(math.log(2))
    assert found.basis[FIRST] == start.basis[FIRST]
    assert contents(with_given(start, Given())) == contents(start)
    assert long_run(replace(start.central_rates, ending=0 * start.central_rates.ending)) is None
    assert emptied(start).state.open.sum() == 0
    assert not emptied(start).state.year.ended.any()


# --- Plan records


def test_plan_records_allow_any_month_end_and_come_with_a_warning(command: Command) -> None:
    call = ["simulate", "--area", "358", "--as-at", "2018-09-30", "--months", "12", "--draws", "200"]
    said = command(*call, "--records", SAMPLE, "--json")
    assert said.code == 0
    assert said.err.splitlines()[0] == UNSUPPRESSED
    assert "These records are invented" in said.err
    found = json.loads(said.out)
    assert found["as_at"] == "2018-09-30"
    assert [row["month_end"] for row in rows(found, "baseline", "plans_open")][:2] == ["2018-10-31", "2018-11-30"]
    assert rows(found, "baseline", "plans_open")[0]["mean"] == pytest.approx(248, abs=6)
    assert found["sources"][0].startswith("Plan records from 1 October 2015 to 30 September 2018")


def test_plan_records_of_another_authority_or_of_nobody_are_refused(command: Command, tmp_path: Path) -> None:
    call = ["simulate", "--area", "358", "--as-at", "2018-09-30", "--records"]
    empty = written(tmp_path, plans_csv(("A", "2021-05-01", "2021-04-01", 0)))
    said = command(*call, empty)
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[-1] == "plans.csv: no plan in it can be counted, so no what-if is shown."
    missing = command(*call, tmp_path / "missing.csv")
    assert (missing.code, missing.err.count("\n")) == (1, 1)


# --- Faults


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"area": "999"}, "There is no area '999'. Trafford, for example, is 358."),
        ({"area": "E92000001"}, "England is not an authority; pick an authority to look ahead for."),
        ({"area": "201"}, "City of London has no figures for plans started and open"),
        ({"area": "420"}, "Isles of Scilly has no figures for plans started and open"),
        ({"area": "838"}, "Dorset did not exist in 2018."),
        ({"as_at": "2018-09-30"}, "Published figures are those of 31 March, and 30 September 2018 is none."),
        ({"as_at": "2010-03-31"}, "There are too few published figures before 31 March 2010; a what-if can start from"),
        ({"as_at": "2013-03-31"}, "There are too few published figures before 31 March 2013; a what-if can start from"),
        ({"as_at": "2026-03-31"}, "There are no published figures at 31 March 2026; the last ones are at 31 March 20"),
        ({"as_at": "9999-12-31"}, "Published figures are those of 31 March, and 31 December 9999 is none."),
        ({"months": "121"}, "121 months are too far ahead; up to 120 are allowed, or 600 where --first-starts"),
        ({"months": "600", "repeat_share": "0.2", "draws": "5000"}, "up to 2,000 draws are allowed."),
        ({"hazards": "0.1"}, ""),
    ],
)
def test_what_cannot_be_worked_out_is_told_in_a_sentence(
    command: Command, changes: dict[str, str], sentence: str
) -> None:
    said = command(*changed(**changes))
    if not sentence:
        assert said.code == 0
        return
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err
    assert not BROKEN.search(said.err.strip())


def test_two_hazards_are_neither_one_nor_five(command: Command) -> None:
    said = command(*ASKED, "--hazards", "0.1", "0.2")
    assert (said.code, said.err) == (1, "--hazards takes one number or 5; there are 2.\n")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: Odd\ninterventions:\n  magic: {}\n", "'magic'"),
        ("name: Odd\ninterventions:\n  restorative_conferences:\n    ramp_months: -1\n", "from 0 to 60"),
        ("name: Odd\ninterventions:\n  restorative_conferences:\n    start_month: -5\n", "start_month"),
        ("name: [\n", "odd.yaml"),
        ("x" * 100_000, "bytes; allowed: up to"),
    ],
)
def test_a_what_if_file_with_faults_is_refused(command: Command, tmp_path: Path, text: str, sentence: str) -> None:
    said = command(*ASKED, "--scenario", written(tmp_path, text, "odd.yaml"))
    assert (said.code, said.out) == (1, "")
    assert sentence in said.err


def test_a_what_if_file_that_is_not_there(command: Command, tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        said = command(*ASKED, "--scenario", path)
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(f"{path.name}: the file cannot be read (")


@pytest.mark.parametrize(
    "options",
    [
        {"as_at": "31/03/2018"},
        {"months": "0"},
        {"months": "601"},
        {"months": "1e2"},
        {"draws": "0"},
        {"draws": "99999"},
        {"seed": "-1"},
        {"hazards": "-0.1"},
        {"hazards": "nan"},
        {"repeat_share": "1"},
        {"repeat_share": "-0.1"},
        {"first_starts": "many"},
        {"first_starts": "inf"},
    ],
)
def test_a_number_outside_its_limits_is_a_wrong_call(
    command: Command, options: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command(*changed(**options))
    assert stopped.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert said.err.rstrip().splitlines()[-1].startswith("python -m explorer simulate: error: argument --")


def test_simulate_from_the_shell() -> None:
    done = run(*ASKED, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["name"] == "Trafford"


# --- backtest


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forecasts from 31 March 2016 and 2017 alone, of every eighth authority."""
    whole = backtest.back_test

    def some(history: History, *rest: Any) -> pl.DataFrame:
        return whole(of_few(history.up_to(2018)), *rest)

    monkeypatch.setattr(backtest, "back_test", some)


def of_few(history: History) -> History:
    kept = list(range(0, len(history.areas), 8))
    found: dict[str, Any] = {}
    for field in fields(history):
        value = getattr(history, field.name)
        found[field.name] = value.cut(kept, slice(None)) if isinstance(value, Banded) else value
        if isinstance(value, np.ndarray):
            found[field.name] = value[kept]
    return History(**found | {"areas": tuple(history.areas[row] for row in kept)})


@pytest.mark.usefixtures("small")
def test_backtest_prints_rows_and_rows_by_size(command: Command) -> None:
    said = command("backtest", "--draws", "40", "--json")
    assert said.code == 0
    assert said.err.splitlines() == [
        "  0% forecasts from 31 March 2016",
        " 50% forecasts from 31 March 2017",
        "100% done",
    ]
    found = json.loads(said.out)
    assert found["origins"] == "31 March 2016 to 2017"
    assert 10 < found["authorities"] <= 20
    assert found["data_version"] == shipped_world().version
    assert {(row["indicator"], row["horizon"], row["model"]) for row in found["rows"]} == {
        (indicator, horizon, model) for indicator in TESTED for horizon in (1, 2) for model in backtest.MODELS
    }
    assert set(found["rows"][0]) == {*BACKTEST} - {"least_open", "most_open"}
    of_all = {(row["indicator"], row["horizon"], row["model"]): row["n"] for row in found["rows"]}
    by_size = dict.fromkeys(of_all, 0)
    for row in found["by_size"]:
        by_size[row["indicator"], row["horizon"], row["model"]] += row["n"]
    assert by_size == of_all


@pytest.mark.usefixtures("small")
def test_backtest_in_words(command: Command) -> None:
    said = command("backtest", "--draws", "20")
    assert said.out.startswith("Tested on ")
    assert "plan_flow" in said.out
    assert "100 to 249 plans open at the start" in said.out
    assert "500 or more plans open at the start" in said.out


def result() -> BackTest:
    """A made-up one."""
    world = shipped_world()
    scores = pl.DataFrame(
        [
            ("plans_open", area, 2016, 1, model, size, False, score, 1.0, 1.0)
            for area, size in (("358", 90.0), ("356", 300.0))
            for model, score in (("last_value", 2.0), ("plan_flow", 1.5), ("panel_regression", 1.8))
        ],
        schema=backtest.SCORES,
        orient="row",
    )
    return back_test_table(scores, world.version, settings_of(world))


def test_a_saved_table_is_read_as_it_was(tmp_path: Path) -> None:
    made = result()
    assert made.summary.filter(model="plan_flow")["gain"].to_list() == [25]
    assert made.by_size["least_open"].unique().sort().to_list() == [0, 250]
    path = save(made, tmp_path)
    read = load_back_test(tmp_path)
    assert read.table.equals(made.table)
    assert replace(read, table=made.table) == replace(made, table=made.table)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    (said,) = faults(lambda: load_back_test(tmp_path), DataError)
    assert said.startswith("backtest.csv: its columns must be data_version, settings, ")
    save(replace(made, table=made.table.clear()), tmp_path)
    assert faults(lambda: load_back_test(tmp_path), DataError) == (
        "backtest.csv: it must hold the result of one back-test.",
    )
    path.unlink()
    (said,) = faults(lambda: load_back_test(tmp_path), DataError)
    assert said.startswith("backtest.csv: the file cannot be read (")


def test_the_digest_knows_numbers_and_not_words() -> None:
    usual = settings_of(shipped_world())
    fit = usual.fit
    word = fit.model_copy(update={"drift": fit.drift.model_copy(update={"description": "Other words"})})
    number = fit.model_copy(update={"drift": fit.drift.model_copy(update={"kept_each_year": 0.7})})
    assert digest(replace(usual, fit=word)) == digest(usual)
    assert digest(replace(usual, fit=number)) != digest(usual)
    assert digest(replace(usual, draws=999)) != digest(usual)


def test_the_shipped_table_was_made_with_the_shipped_data_and_settings() -> None:
    """After a change of either run `python -m explorer backtest --save` and `python -m bench.backtest`."""
    world = shipped_world()
    shipped = load_back_test(world.config.root / "data")
    assert (shipped.data_version, shipped.settings) == (world.version, digest(settings_of(world)))
    assert shipped.origins == "31 March 2016 to 2024"
    assert shipped.authorities > 140
    recorded = json.loads((ROOT / "bench/results/backtest.json").read_text(encoding="utf-8"))
    assert (recorded["data_version"], recorded["settings"]) == (shipped.data_version, shipped.settings)
    assert recorded["rows"] == shipped.summary.drop("least_open", "most_open").to_dicts()
    own = shipped.summary.filter(model="plan_flow")
    assert (own["gain"] > 0).all()
