"""Everything that one question finds, each part worked out when it is first wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import polars as pl

from explorer.config import Indicator
from explorer.errors import SelectionError
from explorer.evaluation.alike import StoodAlike, alike
from explorer.evaluation.before_after import BeforeAfter, before_after, last_year_before
from explorer.evaluation.beside import Beside, beside
from explorer.evaluation.cohorts import Cohort, CohortCourse, Curves, Followed, cohort_course, curves, known_by
from explorer.evaluation.cohorts import before_after as followed
from explorer.evaluation.controlled import Controlled, NoComparison, Question, compare
from explorer.evaluation.estimate import Method, Specification
from explorer.evaluation.gathered import of_comparison, of_course, power_of
from explorer.evaluation.ground import Ground
from explorer.evaluation.impact import Size, Stated, direct_paths, expected_path, expected_sizes
from explorer.evaluation.interrupted import Interrupted, NotAsked, evaluate_series, planned
from explorer.evaluation.monitoring import MonitoringPlan, monitoring_plan, next_looks
from explorer.evaluation.panel import Panel, panel
from explorer.evaluation.path import Path, step
from explorer.evaluation.power import Noticeable, anchored, asked_of
from explorer.evaluation.regressors import Window
from explorer.evaluation.settings import EvaluationSettings, Outcome
from explorer.evaluation.specifications import specifications_of
from explorer.evaluation.variants import variants
from explorer.evaluation.verdict import Evidence, Inquiry, Power, Verdict, decide
from explorer.evaluation.verdict_settings import Data
from explorer.events import Event, events_for
from explorer.inquiry.ask import Ask, groups_beside, known_start
from explorer.inquiry.foresight import Footing, Own, footing, ways_of_noticing, what_came
from explorer.models.series import Kind, Series, of_records
from explorer.models.what_if_entries import Intervention
from explorer.wording import lowered
from explorer.world import World

_OF_RECORDS: tuple[Kind, ...] = ("month", "quarter")  # the finest that can be asked is


@dataclass(frozen=True, eq=False)
class Answer:
    """Everything that one question finds, each part worked out when it is first wanted.

    Attributes:
        ground: what the expected path is worked out from: the authority, or England, before the start.
    """

    world: World
    ask: Ask
    ground: Ground

    @property
    def settings(self) -> EvaluationSettings:
        """evaluation.yaml."""
        return self.world.evaluation

    @property
    def idea(self) -> Intervention:
        """What was tried."""
        return self.world.models.what_if.interventions[self.ask.tried]

    @property
    def entry(self) -> Indicator:
        """The measure."""
        return self.world.config.indicators[self.ask.outcome]

    @property
    def outcome(self) -> Outcome:
        """What is worth noticing of it."""
        return self.settings.outcomes[self.ask.outcome]

    @property
    def stock(self) -> bool:
        """Whether the measure is counted on a day."""
        return self.entry.period == "day"

    @property
    def name(self) -> str:
        """The authority."""
        return self.world.areas.label(self.ask.area)

    @property
    def has_records(self) -> bool:
        """Whether the authority's figures come from plan records."""
        return self.world.records is not None and self.world.records.area == self.ask.area

    @property
    def data(self) -> Data:
        """Where the authority's figures come from."""
        return cast(Data, self.world.records.origin) if self.has_records and self.world.records else "published"

    @cached_property
    def stated(self) -> Stated:
        """What was expected, before any result is seen.

        Raises:
            SelectionError: nothing is.
        """
        return expected_path(self.ask.tried, self.ask.outcome, self.ask.start, self.ground, self.world.models.what_if)

    @cached_property
    def path(self) -> Path:
        """The path that is asked about."""
        stated = self.stated.path
        others = {"step": [one for one in self.paths if one.shares == (1.0,)], "ramp": self.paths[1:2], "plan": []}
        return next(iter(others[self.ask.path]), stated)

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """All paths that may be chosen, the stated one first."""
        return direct_paths(self.stated, self.settings.impact)

    @cached_property
    def sizes(self) -> tuple[Size, ...]:
        """How large the effect would be by the next checkpoints and the last day looked at; may be empty."""
        ahead = next_looks(self.noticeable, self.ask.end, int(self.settings.monitoring.years.value))
        ends = sorted({*ahead, *(one.end for one in self.noticeable[-1:])})
        models = self.world.models
        given = self.ask.tried, self.ask.outcome, self.ask.start, self.ground, models.what_if
        try:
            return expected_sizes(*given, ends, models.draws, models.seed) if ends else ()
        except SelectionError:
            return ()

    @cached_property
    def panel(self) -> Panel:
        """The measure in all authorities."""
        codes = [area.code for area in self.world.areas.authorities]
        return panel(self.world.table, self.ask.outcome, codes, stock=self.stock)

    @cached_property
    def comparison(self) -> Controlled | NoComparison:
        """The authority beside the others."""
        way = self.settings.main.published
        return compare(self.panel, Question(self.ask.area, self.path, self.ask.last, way), self.settings)

    @cached_property
    def synthetic(self) -> Controlled | NoComparison:
        """The same with a mix of authorities that moved alike before, of which a picture can be drawn."""
        return compare(self.panel, Question(self.ask.area, self.path, self.ask.last, "synthetic_did"), self.settings)

    @cached_property
    def comparisons(self) -> tuple[Specification, ...]:
        """The same comparison in other ways."""
        if isinstance(self.comparison, NoComparison):
            return ()
        names = {area.code: self.world.areas.label(area.code) for area in self.world.areas.authorities}
        others = [path for path in self.paths if path.shares != step(self.ask.start).shares]  # which is asked anyway
        return variants(self.panel, self.comparison, self.settings, names, groups_beside(self.world, self.ask), others)

    @cached_property
    def stood(self) -> StoodAlike | None:
        """Who stood where the authority did before the start."""
        number = int(self.settings.controlled.alike.value)
        return alike(self.panel, self.ask.area, self.ask.start, self.ask.last, number)

    @cached_property
    def moved(self) -> BeforeAfter | None:
        """Before and after, beside what was to be expected by itself; None where the year asked is not after."""
        before = last_year_before(self.ask.start)
        if not (before < self.ask.last and all(self.world.has(self.ask.outcome, year) for year in self.years)):
            return None
        then, now = (self.world.figures(self.ask.outcome, year) for year in self.years)
        codes = [area.code for area in self.world.areas.authorities]
        return before_after(self.ask.area, self.years, then, now, codes, self.world.config.benchmarks)

    @property
    def by_course(self) -> bool:
        """Whether the verdict rests on the authority's own course: with plan records, wherever that can be asked.

        Where it cannot, it rests on the comparison if there is one. What can be asked does not depend on the result.
        """
        asked = isinstance(self.course, Interrupted)
        return self.course is not None and (asked or isinstance(self.comparison, NoComparison))

    @property
    def before(self) -> int:
        """The last reporting year before the start that was known at the end of the time asked about."""
        return min(self.years[0], self.ask.last)

    @property
    def years(self) -> tuple[int, int]:
        """The last reporting year before the start, and the one asked about."""
        return last_year_before(self.ask.start), self.ask.last

    @cached_property
    def series(self) -> Series | None:
        """The measure by the finest period that plan records show and that can be asked about; None without records."""
        records = self.world.records
        if records is None or not self.has_records:
            return None
        each = [
            of_records(
                records.figures, self.ask.outcome, self.ask.area, kind, records.label, self.world.config.benchmarks
            )
            for kind in _OF_RECORDS
        ]
        known = [one.up_to(self.ask.end) for one in each]
        asked = [one for one in known if isinstance(self._course_of(one), Interrupted)]
        return (asked or known[-1:])[0]

    def _course_of(self, series: Series) -> Interrupted | NotAsked:
        return evaluate_series(series, self.path, self.settings, self.pandemic)

    @property
    def pandemic(self) -> Window | None:
        """First and last day of the pandemic's limits (events.yaml)."""
        found = next((event for event in self.world.events if event.kind == "pandemic"), None)
        return None if found is None or found.end is None else (found.start, found.end)

    @cached_property
    def course(self) -> Interrupted | NotAsked | None:
        """What the authority's own course before would have led to; None without plan records."""
        return None if self.series is None else self._course_of(self.series)

    @cached_property
    def courses(self) -> tuple[Specification, ...]:
        """The same in other ways, and beside other authorities."""
        if self.series is None or not isinstance(self.course, Interrupted):
            return ()
        plan = planned(self.course.months, self.settings, self.pandemic)
        others = "Beside other authorities, by year"
        found = self.comparison
        if isinstance(found, NoComparison):
            beside_others = Specification("method", others, None, found.why)
        else:
            beside_others = Specification("method", others, found.estimate)
        return (*specifications_of(self.series, self.path, plan, self.settings), beside_others)

    @cached_property
    def cohorts(self) -> pl.DataFrame | None:
        """Children followed after they left a plan, as far as was known then; None without plan records."""
        records = self.world.records
        return known_by(records.cohorts, self.ask.end) if records is not None and self.has_records else None

    def followed(self, cohort: Cohort, months: int) -> tuple[CohortCourse, Followed] | None:
        """Children who left or began a plan before and after, so many months later; None where no records show it."""
        if self.cohorts is None:
            return None
        benchmarks = self.world.config.benchmarks
        course = cohort_course(self.cohorts, cohort, months, benchmarks, self.settings.cohorts)
        if course is None:
            return None
        return course, followed(self.cohorts, cohort, months, self.ask.start, benchmarks, self.settings)

    @cached_property
    def curves(self) -> Curves | None:
        """Who had come back so many months after leaving, before and after the start; None without plan records."""
        if self.cohorts is None:
            return None
        return curves(self.cohorts, "leaving", self.ask.start, self.world.config.benchmarks, self.settings)

    @cached_property
    def footing(self) -> Footing | None:
        """The authority's level before the start; None where it is not known."""
        effect = self.world.config.benchmarks.uncertainty.design_effect
        return footing(self.panel, self.ask.area, self.before, effect)

    @cached_property
    def ways(self) -> Mapping[Method, tuple[Noticeable, ...]]:
        """What could be noticed by each day up to the horizon, by way of asking; empty where nothing can be asked."""
        if self.footing is None:
            return {}
        given = self.path, self.ground, self.outcome, self.ask.outcome, self.settings
        children = self.followed("leaving", self.settings.cohorts.follow.value[0])
        own = None if self.series is None else Own(self.series, None if children is None else children[1])
        found = ways_of_noticing(self.footing, *given, own)
        main = self.settings.main.records if self.by_course else self.settings.main.published
        if isinstance(self.comparison, Controlled) and self.settings.main.published in found:
            found[self.settings.main.published] = self._as_wide_as_found(self.comparison, found)
        return {name: found[name] for name in sorted(found, key=lambda name: name != main)}

    def _as_wide_as_found(
        self, comparison: Controlled, found: Mapping[Method, tuple[Noticeable, ...]]
    ) -> tuple[Noticeable, ...]:
        """What the comparison could notice, with ranges as wide as the newest one that it gave."""
        assert self.footing is not None
        given = self.footing.share, asked_of(self.settings.certainty)
        half = (comparison.estimate.upper - comparison.estimate.lower) / 2
        days = found[self.settings.main.published]
        return anchored(days, self.ask.end, half, *given, way=self.outcome.better)

    @property
    def noticeable(self) -> tuple[Noticeable, ...]:
        """The same by the way of asking that gives the verdict, or the one that there is."""
        return next(iter(self.ways.values()), ())

    @cached_property
    def plan(self) -> MonitoringPlan | None:
        """When to look again, and at what; None where nothing is known of the level before."""
        if self.footing is None or not self.noticeable:
            return None
        certainty = self.settings.certainty
        return monitoring_plan(
            self.idea,
            self.stated,
            self.footing.base,
            self.outcome,
            self.noticeable,
            what_came(self.world, self.ask, self.before),
            self.ask.end,
            asked_of(certainty),
            certainty.horizon.value,
            self.settings.monitoring,
        )

    @cached_property
    def beside(self) -> tuple[Beside, ...]:
        """What else moved from the year before the start to the one asked about."""
        measures = self.settings.verdict.beside
        return tuple(beside(self.ask.area, self.years, measures, self.world.figures, self.world.has))

    @property
    def what(self) -> str:
        """What was tried; as if it had begun then where that is not what is known."""
        label = lowered(self.idea.label)
        if known_start(self.world, self.ask.tried, self.ask.area) == self.ask.start:
            return label
        return f"{label}, as if begun in {self.ask.start:%B %Y}"

    @property
    def events(self) -> tuple[Event, ...]:
        """What else happened from the start to the end of the time asked about, with no day that came after it."""
        found = events_for(self.world.events, self.ask.area, self.ask.start, self.ask.end)
        later = {"end": None}
        return tuple(one if not one.end or one.end <= self.ask.end else one.model_copy(update=later) for one in found)

    @cached_property
    def verdict(self) -> Verdict:
        """The answer, by the rules of evaluation.yaml."""
        return decide(self._evidence(), self.settings)

    def _evidence(self) -> Evidence:
        asked = Inquiry(self.ask.area, self.ask.outcome, self.what, self.ask.start, self.ask.end, self.data)
        method = next(iter(self.ways), None)
        able = Power() if method is None else power_of(asked, self.noticeable, method, self.settings)
        if self.course is None or not self.by_course:
            return of_comparison(asked, self.comparison, self.comparisons, self.stood, self.moved, able)
        return of_course(asked, self.course, self.courses, self.stood, self.moved, able)
