"""Makes a briefing: asks for the figures, finds what is true of them, and says it by the rules of briefing.yaml."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date

from explorer.briefing.briefing import Action, Briefing, Line
from explorer.briefing.cells import cells
from explorer.briefing.facts import Whole, facts, overall
from explorer.briefing.gather import Gathered, Judge, Place, gather
from explorer.briefing.held import full_year
from explorer.briefing.judge import Places, spreads_of
from explorer.briefing.numbers import numbers
from explorer.briefing.rules import Known, every, first, first_of_all, with_inner
from explorer.briefing.tables import course, others
from explorer.briefing.told import told_before
from explorer.briefing.words import shared_words, words
from explorer.briefing_entries import PARTS, SLOTS, BriefingSettings
from explorer.errors import SelectionError
from explorer.models.action_entries import ActionEntry, actions_of
from explorer.provenance import Provenance, hidden_rule, once
from explorer.sentences.figures import headline
from explorer.wording import day, listed
from explorer.world import World


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
    whole = _whole(world, ask, place, judge)
    place = place or Places(world, ask.area, ask.whom, spreads_of(world)).place
    settings, shared = world.briefing, shared_words(whole)
    own = {one.name: facts(one, settings.numbers) for one in whole.measures}
    of_all = overall(whole, settings.numbers)
    known = {"": shared} | {
        one.name: with_inner(settings, of_all | own[one.name], shared | words(one), one.name) for one in whole.measures
    }
    true = of_all | {f"{name}.{fact}" for name, found in own.items() for fact in found}
    provenance = _provenance(whole, made, link)
    return Briefing(
        area=ask.area,
        name=shared["name"],
        as_at=ask.as_at,
        year=whole.year,
        group=shared["group"],
        title=_title(whole),
        answer=tuple(filter(None, (first_of_all(settings.answer[part], true, known) for part in PARTS))),
        notice=provenance.notice,
        lines=tuple(_line(whole, one, of_all | own[one.name], known[one.name], place) for one in whole.measures),
        actions=tuple(_action(one, settings) for one in whole.doing),
        actions_note=" ".join(every(settings.actions, true, known)),
        questions=every(settings.questions, true, known)[: int(settings.numbers.most_questions.value)],
        limits=every(settings.limits, true, known)[: int(settings.numbers.most_limits.value)],
        provenance=provenance,
        told=told_before(world, ask.area, ask.as_at),
        figures_to=None if whole.newest == ask.as_at else whole.newest,
    )


def _title(whole: Whole) -> str:
    said = f"Child protection plans in {whole.called(whole.area)}"
    if whole.newest == whole.as_at:
        return f"{said} at {day(whole.as_at)}"
    return f"{said}: figures up to {day(whole.newest)}, as at {day(whole.as_at)}"


def _whole(world: World, ask: Ask, place: Place | None, judge: Judge | None) -> Whole:
    year, settings = _checked_year(world, ask), world.briefing
    places = Places(world, ask.area, ask.whom, spreads_of(world))
    how = place or places.place, judge or places.judge, settings.numbers
    return Whole(
        world,
        ask.area,
        ask.as_at,
        year,
        world.comparators(ask.area, year, *ask.whom),
        world.config.benchmarks.groups[ask.group].model,
        [gather(world, ask.area, ask.as_at, name, *how) for name in settings.measures],
        actions_of(world.models.what_if.actions, ask.area, ask.as_at),
    )


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


def _line(whole: Whole, one: Gathered, true: Set[str], known: Known, place: Place) -> Line:
    said = [first(whole.world.briefing.sentences[slot], true, known, one.name) for slot in SLOTS]
    compared = one.compared_entry
    return Line(
        indicator=one.name,
        label=one.entry.label,
        unit=one.entry.unit,
        period=known["when"],
        value=headline(one.newest.figure, one.entry),
        count=known.get("count", ""),
        finding=said[0],
        sentences=tuple(filter(None, said[1:])),
        cells=cells(one, known),
        compared=one.compared,
        compared_label=compared.label,
        compared_unit=compared.unit,
        compared_period=f"{'at 31' if compared.period == 'day' else 'in the year to'} March {whole.year}",
        course=course(one, place, [year for year in whole.world.years if year <= whole.year]),
        others=others(one, whole.called),
        position=one.found,
        source=_sources(one, whole.year),
        meaning=one.entry.description,
        numbers=numbers(one),
    )


def _action(one: ActionEntry, settings: BriefingSettings) -> Action:
    since = day(one.started) if one.started else "No day given"
    return Action(one.what, since, f"{settings.status[one.status]} (at {day(one.stood_on)})", one.detail, one.reference)


def _sources(one: Gathered, year: int) -> str:
    """Where the authority's own figure comes from, and those that it is compared with."""
    own = one.source if "plan records" in one.source.lower() else ""
    return listed(once((own, *_references(one, year))))


def _references(one: Gathered, year: int) -> Iterator[str]:
    """The tables of a measure; without that of a later year ('...; 2025 from ...')."""
    for entry in (one.entry, one.compared_entry):
        yield "; ".join(part for part in entry.reference.split("; ") if not _later(part, year))


def _later(source: str, year: int) -> bool:
    since = source.partition(" from ")[0]
    return since.isdigit() and int(since) > year


def _provenance(whole: Whole, made: date, link: str) -> Provenance:
    world, records = whole.world, whole.world.records
    figures, notice = "Published figures", ""
    within = records is not None and records.area in (whole.area, *whole.group.members)
    if within and records is not None:
        name, theirs = whole.called(records.area), records.area == whole.area
        figures = f"{'Invented plan records for' if records.invented else 'Plan records of'} {name}"
        figures += ", and published figures" if theirs else ", one of those compared with, and published figures"
        notice = f"The plan records for {name} are invented: no child in them is real." if records.invented else ""
    return Provenance(
        figures,
        once(source for one in whole.measures for source in _references(one, whole.year)),
        world.version if within else world.version.partition("+")[0],
        whole.as_at,
        made,
        hidden_rule(world.config.benchmarks.suppression, from_records=within),
        link,
        notice,
        _compared(whole),
    )


def _compared(whole: Whole) -> str:
    """Whom figures are compared with, and in which year they were chosen where a model did that."""
    if not whole.group.members:
        return ""
    return f"{whole.group.label}, chosen in {whole.model}" if whole.model is not None else whole.group.label
