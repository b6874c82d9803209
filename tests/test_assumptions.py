"""What a what-if assumes, in words: rates with their units, how much is the authority's own, the ideas in use."""

import re
from dataclasses import replace
from math import exp

import pytest

from explorer.models.calibration import Basis, Calibration
from explorer.models.rates import ENDING, FIRST, RATES, RETURNS
from explorer.models.scenarios import NO_EFFECT, Change, Scenario
from explorer.sentences.assumptions import ideas_table, rate_labels, rates_table, shared_table, weight_sentence
from tests.fixtures import BROKEN, TRAFFORD, shipped_world, start_of

MODELS = shipped_world().models


def made(**weights: float) -> Calibration:
    """Trafford with rates by hand: 50 first plans per 10,000, one in five comes back, plans end at a tenth a month."""
    values = {FIRST: 0.005, RETURNS: 0.2} | dict.fromkeys(ENDING, 0.10536)
    basis = {
        name: Basis(name, value, value / 2, value * 2, value * 1.5, weights.get(name, 0.25), 1234.4, 2018)
        for name, value in values.items()
    }
    return replace(start_of(TRAFFORD, 2018), basis=basis)


def test_every_rate_has_a_name_of_its_own() -> None:
    labels = rate_labels()
    assert tuple(labels) == RATES
    assert len(set(labels.values())) == len(RATES)
    assert labels["ending_2y_plus"] == "How fast plans end: 2 years or more"


def test_the_rates_by_hand() -> None:
    rows = rates_table(made()).rows(named=True)
    assert [row["What"] for row in rows] == list(rate_labels().values())
    first, back, ending = rows[0], rows[1], rows[2]
    assert first["Taken as"] == "50.0 a year per 10,000 children"
    assert first["80% range"] == "25.0 a year per 10,000 children to 100.0 a year per 10,000 children"
    assert (back["Taken as"], back["England"]) == ("20.0% within ten years", "30.0% within ten years")
    assert ending["Taken as"] == "10.0% a month"
    assert (
        ending["80% range"] == f"{100 * (1 - exp(-0.05268)):.1f}% a month to {100 * (1 - exp(-0.21072)):.1f}% a month"
    )
    assert {row["How much is England's"] for row in rows} == {"25.0%"}
    assert {row["Counted so far"] for row in rows} == {"1,234"}
    assert {row["Latest year"] for row in rows} == {"March 2018"}


def test_a_rate_that_nobody_counted_says_so() -> None:
    start = made()
    basis = {name: replace(one, last_year=None, events=0.0) for name, one in start.basis.items()}
    table = rates_table(replace(start, basis=basis))
    assert set(table["Latest year"]) == {"none"}
    assert set(table["Counted so far"]) == {"0"}


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (
            0.25,
            "Most of it is Trafford's own: on average its own counts make up 75.0% of each rate, and England's 25.0%.",
        ),
        (0.8, "Less than half of it is Trafford's own: on average its own counts make up 20.0% of each rate"),
    ],
)
def test_how_much_is_the_authoritys_own(weight: float, said: str) -> None:
    sentence = weight_sentence(made(**dict.fromkeys(RATES, weight)), "Trafford")
    assert sentence.startswith(said)
    assert sentence.endswith("The fewer children, the more is England's.")


def test_the_weight_is_the_average_over_the_rates() -> None:
    one = made(**dict.fromkeys(RATES, 0.0) | {FIRST: 0.7})
    assert "England's 10.0%" in weight_sentence(one, "Trafford")


@pytest.mark.parametrize(
    ("area", "year"), [(TRAFFORD, 2018), (TRAFFORD, 2025), ("857", 2018), ("857", 2025), ("330", 2025)]
)
def test_what_a_real_authority_rests_on_reads_well(area: str, year: int) -> None:
    start = start_of(area, year)
    table = rates_table(start)
    assert table.height == len(RATES)
    for cell in table.rows():
        assert not any(BROKEN.search(text) for text in cell), cell
    for low, high in (re.findall(r"[\d.]+(?=%? (?:a|within))", text) for text in table["80% range"]):
        assert float(low) < float(high)
    assert not BROKEN.search(weight_sentence(start, "Trafford"))


# The ideas in use


def test_nothing_in_use_is_an_empty_table() -> None:
    assert ideas_table(NO_EFFECT, MODELS.what_if).is_empty()


def test_an_idea_at_its_usual_values() -> None:
    entry = MODELS.what_if.interventions["restorative_conferences"]
    (effect,) = entry.effects
    (row,) = ideas_table(Scenario("One", changes=(Change("restorative_conferences"),)), MODELS.what_if).rows(named=True)
    assert row == {
        "Idea": entry.label,
        "Changes": effect.label,
        "Set to": f"{effect.ratio:.2f} {effect.unit}",
        "Believed to be": f"{effect.low:.2f} to {effect.high:.2f}",
        "From month": str(entry.start_month),
        "In full after": f"{entry.ramp_months} months",
        "Reaches": f"{100 * entry.reach.value:.1f}%",
        "Evidence": entry.strength,
    }


def test_what_differs_stands_in_it_and_an_idea_has_a_row_for_each_effect() -> None:
    changed = Change("smarter_plans", (("return", 0.85),), start_month=7, ramp_months=3, reach=0.4)
    table = ideas_table(Scenario("Two", changes=(changed, Change("restorative_conferences"))), MODELS.what_if)
    own = MODELS.what_if.interventions["smarter_plans"]
    rows = table.filter(Idea=own.label)
    assert rows.height == len(own.effects) == table.height - 1
    assert rows.select("From month", "In full after", "Reaches").unique().row(0) == ("7", "3 months", "40.0%")
    told = dict(zip(rows["Changes"], rows["Set to"], strict=True))
    assert {told[effect.label][:4] for effect in own.effects if effect.name == "return"} == {"0.85"}
    assert table["Idea"][0] == MODELS.what_if.interventions["restorative_conferences"].label  # in the file's order


def test_what_all_ideas_share_with_its_own_values_or_the_usual_ones() -> None:
    usual, own = (shared_table(one, MODELS.what_if) for one in (NO_EFFECT, Scenario("One", coupling=0.5, months=60)))
    allowed = MODELS.what_if.settings
    assert usual["Assumption"].to_list() == [
        allowed.overlap_discount.label, allowed.coupling.label, allowed.months.label
    ]  # fmt: skip
    assert usual["Set to"][2] == f"{allowed.months.value:g} (months)"
    assert (own["Set to"][0], own["Set to"][2]) == (usual["Set to"][0], "60 (months)")
    assert own["Set to"][1].startswith("0.5 (")
