"""Makes a briefing: asks for the figures, finds what is true of them, and says it by the rules of briefing.yaml."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from explorer.areas import Areas, Comparators
from explorer.benchmarks.position import Figure, Position
from explorer.benchmarks.standing import Standing, everyone, standing
from explorer.briefing.briefing import COURSE, OTHERS, Action, Briefing, Line, Told
from explorer.briefing.facts import facts, overall
from explorer.briefing.gather import Gathered, Judge, Place, full_year, gather
from explorer.briefing_entries import SLOTS, BriefingSettings, Rule
from explorer.briefing.told import told_before
from explorer.briefing.words import cells, period_words, words
from explorer.errors import SelectionError
from explorer.models.action_entries import ActionEntry, actions_of
from explorer.provenance import Provenance, hidden_rule, once
from explorer.sentences.figures import headline, shown
from explorer.wording import day, listed, possessive
from explorer.world import World

_ENGLAND = "england"  # the group of benchmarks.yaml that holds every authority


@dataclass(frozen=True)
class Ask:
    """For whom and when a briefing is: an authority, a day, and whom to compare with as ``World.position`` takes it."""

    area: str
    as_at: date
    group: str
    chosen: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def whom(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """With whom to compare."""
        return self.group, self.chosen, self.without


def brief(
    world: World, ask: Ask, made: date, link: str = "", place: Place | None = None, judge: Judge | None = None
) -> Briefing:
    """The briefing of one authority at a day.

    Args:
        made: The day on which it is made.
        link: An address that shows the same.
        place, judge: How places among the group are found, for a page that keeps them; else they are worked out.

    Raises:
        SelectionError: there is no such authority or group, or no year of figures was over by the day.
    """
    year = _checked_year(world, ask)
    settings = world.briefing
    place = place or _places(world, ask)
    judge = judge or _judged(world, ask)
    measures = [gather(world, ask.area, ask.as_at, name, place, judge, settings.numbers) for name in settings.measures]
    group = world.comparators(ask.area, year, *ask.whom)
    doing = actions_of(world.models.what_if.actions, ask.area, ask.as_at)
    true = overall(world, ask.area, ask.as_at, year, ask.group, measures, doing, settings.numbers)
    said = _Said(world, ask, year, group, measures, frozenset(true))
    return said.briefing(doing, _provenance(world, ask, measures, made, link), place)


def _checked_year(world: World, ask: Ask) -> int:
    year = full_year(ask.as_at)
    if ask.area not in {area.code for area in world.areas.authorities}:
        raise SelectionError(f"There is no authority '{ask.area}'. Give a DfE number such as 358.")
    if year not in world.years:
        first, last = world.years[0], world.years[-1]
        raise SelectionError(
            f"There are no figures for {day(ask.as_at)}. Choose a day from 31 March {first} to 30 March {last + 1}."
        )
    return year


def _places(world: World, ask: Ask) -> Place:
    def found(indicator: str, year: int) -> Position | None:
        return world.position(ask.area, indicator, year, *ask.whom) if world.has(indicator, year) else None

    return found


def _judged(world: World, ask: Ask) -> Judge:
    """Positions with chance allowed for; as ``app.cached`` has it, kept by nobody."""
    benchmarks = world.config.benchmarks

    def found(indicator: str, year: int) -> Standing | None:
        if not world.has(indicator, year):
            return None
        pairs = []
        for one in (year, year - 1):
            if not world.has(indicator, one):
                pairs.append((None, None))
                continue
            scale = world.config.indicators[indicator].scale
            whole = world.position(ask.area, indicator, one, _ENGLAND)
            every = everyone(whole, scale, benchmarks.standing, benchmarks.uncertainty.design_effect)
            pairs.append((world.position(ask.area, indicator, one, *ask.whom), every))
        (now, all_now), (before, all_before) = pairs
        assert now is not None and all_now is not None
        return standing(now, all_now, before, all_before)

    return found


@dataclass(frozen=True)
class _Said:
    """Everything that a briefing is said from."""

    world: World
    ask: Ask
    year: int
    group: Comparators
    measures: Sequence[Gathered]
    true: frozenset[str]

    @property
    def settings(self) -> BriefingSettings:
        return self.world.briefing

    @property
    def name(self) -> str:
        return self.world.areas.label(self.ask.area)

    def briefing(self, doing: Sequence[ActionEntry], provenance: Provenance, place: Place) -> Briefing:
        """The whole."""
        own = [facts(one, self.settings.numbers) for one in self.measures]
        known = [words(one, self.world.config, self.name) for one in self.measures]
        shared = self._shared()
        both = list(zip(self.measures, own, known, strict=True))
        lines = tuple(self._line(one, {*true, one.name}, {**shared, **said}, place) for one, true, said in both)
        everything = self.true | {f"{one.name}.{fact}" for one, true, _ in both for fact in true}
        by_name = {one.name: {**shared, **said} for one, _, said in both}
        numbers = self.settings.numbers
        return Briefing(
            area=self.ask.area,
            name=self.name,
            as_at=self.ask.as_at,
            year=self.year,
            group=self.group.label,
            title=f"Child protection plans in {self.name} at {day(self.ask.as_at)}",
            answer=tuple(_every(self.settings.answer, everything, by_name, shared)),
            notice=provenance.notice,
            lines=lines,
            actions=tuple(_action(one, self.settings) for one in doing),
            actions_note=" ".join(_every(self.settings.actions, everything, by_name, shared)),
            questions=tuple(_every(self.settings.questions, everything, by_name, shared))[
                : int(numbers.most_questions.value)
            ],
            limits=tuple(_every(self.settings.limits, everything, by_name, shared))[: int(numbers.most_limits.value)],
            provenance=provenance,
            told=told_before(self.world, self.ask.area, self.ask.as_at),
        )

    def _shared(self) -> dict[str, str]:
        """Words that need no measure."""
        model = self.world.config.benchmarks.groups[self.ask.group].model
        months = int(self.settings.numbers.published_after.value)
        return {
            "name": self.name,
            "whose": possessive(self.name),
            "as_at": day(self.ask.as_at),
            "year": str(self.year),
            "group": self.group.short_label,
            "published": f"{months} months",
            **({"model": str(model)} if model is not None else {}),
        }

    def _line(self, one: Gathered, true: Iterable[str], known: Mapping[str, str], place: Place) -> Line:
        facts_here = self.true | set(true)
        said = [_first(self.settings.sentences[slot], facts_here, known, one.name) for slot in SLOTS]
        entry, compared = one.entry, one.compared_entry
        return Line(
            indicator=one.name,
            label=entry.label,
            unit=entry.unit,
            period=period_words(entry, one.kind, one.now),
            value=headline(one.now.figure, entry),
            count=known.get("count", ""),
            finding=said[0].removesuffix("."),
            sentences=tuple(sentence for sentence in said[1:] if sentence),
            cells=cells(one, known),
            compared=one.compared,
            compared_label=compared.label,
            compared_unit=compared.unit,
            compared_period=f"at 31 March {self.year}"
            if compared.period == "day"
            else f"in the year to March {self.year}",
            course=_course(one, place, [year for year in self.world.years if year <= self.year]),
            others=_others(one, self.world.areas),
            position=one.found,
            source=_sources(one),
            meaning=entry.description,
        )


def _first(rules: Sequence[Rule], true: Iterable[str], known: Mapping[str, str], name: str) -> str:
    """The first of some words whose needs are all met; empty where none are."""
    return next((rule.say.format_map(known) for rule in rules if _fits(rule, true, known, name)), "")


def _fits(rule: Rule, true: Iterable[str], known: Mapping[str, str], name: str) -> bool:
    held = frozenset(true)
    return (
        (not rule.of or name in rule.of)
        and held.issuperset(rule.when)
        and held.isdisjoint(rule.unless)
        and rule.placeholders <= known.keys()
    )


def _every(
    rules: Sequence[Rule], true: Iterable[str], by_name: Mapping[str, Mapping[str, str]], shared: Mapping[str, str]
) -> Iterator[str]:
    """The words of every rule whose needs are met; those ``of`` a measure take its placeholders."""
    for rule in rules:
        known = by_name[rule.of[0]] if rule.of else shared
        if _fits(rule, true, known, rule.of[0] if rule.of else ""):
            said = rule.say.format_map(known)
            yield said[:1].upper() + said[1:]


def _action(one: ActionEntry, settings: BriefingSettings) -> Action:
    since = day(one.started) if one.started else "No day given"
    return Action(one.what, since, f"{settings.status[one.status]} (at {day(one.stood_on)})", one.detail, one.reference)


def _course(one: Gathered, place: Place, years: Sequence[int]) -> pl.DataFrame:
    """The compared measure over the years up to now."""
    found = [(year, place(one.compared, year)) for year in years]
    rows = [_year(year, at, one) for year, at in found if at is not None]
    return pl.DataFrame(rows, schema=COURSE)


def _year(year: int, at: Position, one: Gathered) -> dict[str, object]:
    own = at.figure
    return {
        "year": year,
        "value": own.value,
        "numerator": own.numerator,
        "denominator": own.base,
        "lower": own.lower,
        "upper": own.upper,
        "least": own.least if own.value is None else None,
        "most": own.most if own.value is None else None,
        "status": own.status,
        "shown": shown(own, one.compared_entry),
        "median": at.median,
        "members": at.contributing,
        "england": at.england.value if one.compared_entry.unit != "count" else None,
    }


def _others(one: Gathered, areas: Areas) -> pl.DataFrame:
    """The authority, its group, their median and England in the newest year, highest first."""
    found, entry = one.found, one.compared_entry
    if found is None:
        return pl.DataFrame(schema=OTHERS)
    rows = [
        _other(figure, areas.label(figure.area), kind, entry.unit, shown(figure, entry)) for figure, kind in _who(found)
    ]
    if found.median is not None:
        middle = Figure("", "published", found.median)
        rows.append(_other(middle, f"Median of {found.group.short_label}", "median", entry.unit, shown(middle, entry)))
    if found.england.value is not None:
        rows.append(_other(found.england, "England", "england", entry.unit, shown(found.england, entry)))
    return pl.DataFrame(rows, schema=OTHERS).sort("value", "name", descending=[True, False], nulls_last=True)


def _who(found: Position) -> Iterator[tuple[Figure, str]]:
    yield found.figure, "authority"
    yield from ((member, "member") for member in found.members)


def _other(figure: Figure, name: str, kind: str, unit: str, words_: str) -> dict[str, object]:
    return {
        "area": figure.area or None,
        "name": name,
        "kind": kind,
        "value": figure.value,
        "least": figure.least if figure.value is None else None,
        "most": figure.most if figure.value is None else None,
        "status": figure.status,
        "shown": words_,
    }


def _sources(one: Gathered) -> str:
    """Where the authority's own figure comes from, and those that it is compared with."""
    own = one.source if one.kind != "year" or one.now.figure.source == one.source else ""
    references = one.entry.reference, one.compared_entry.reference
    return listed(once((own if "plan records" in own.lower() else "", *references)))


def _provenance(world: World, ask: Ask, measures: Sequence[Gathered], made: date, link: str) -> Provenance:
    records = world.records
    theirs = records is not None and records.area == ask.area
    figures, notice = "Published figures", ""
    if theirs and records is not None:
        name = world.areas.label(records.area)
        invented = records.invented
        figures = f"{'Invented plan records for' if invented else 'Plan records of'} {name}, and published figures"
        notice = f"The plan records for {name} are invented: no child in them is real." if invented else ""
    return Provenance(
        figures,
        once(entry.reference for one in measures for entry in (one.entry, one.compared_entry)),
        world.version if theirs else world.version.partition("+")[0],
        ask.as_at,
        made,
        hidden_rule(world.config.benchmarks.suppression, from_records=theirs),
        link,
        notice,
    )
