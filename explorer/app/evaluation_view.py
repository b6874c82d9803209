"""What "Did it work?" shows: the expected path first, then what was found, and each part of it looked at closer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import streamlit as st

from explorer.app import folded, parts
from explorer.app.controls import choose_part
from explorer.app.evaluation_choices import LOOKS
from explorer.app.evaluation_plan import when
from explorer.app.selection import Selection
from explorer.charts.before_after import before_after
from explorer.charts.cohorts import cohorts
from explorer.charts.counterfactual import counterfactual
from explorer.charts.curves import curves
from explorer.charts.expected_path import expected_path
from explorer.charts.gaps import beside_comparison, gaps
from explorer.charts.mix import mix
from explorer.charts.specifications import specifications_chart
from explorer.evaluation.cohorts import Cohort
from explorer.evaluation.controlled import Controlled, NoComparison
from explorer.evaluation.estimate import Method
from explorer.evaluation.interrupted import Interrupted
from explorer.inquiry import Answer
from explorer.sentences import before_after as before_words
from explorer.sentences import cohorts as cohort_words
from explorer.sentences import controlled as compared
from explorer.sentences import interrupted as course_words
from explorer.sentences.evaluation import Told, beside_sentence, beside_table, checks_table, told, verdict_table
from explorer.sentences.impact import largest_words, path_sentence, smallest_sentence, source_sentence
from explorer.sentences.measured import measured_sentence
from explorer.sentences.specifications import agreement_sentence, placebo_sentence

ANSWER = "answer"  # where a link on the page leads
_MARCH = 3
_COHORTS: tuple[Cohort, ...] = ("leaving", "starting")
_SHORT, _LONG = 1, 3  # years after the start that the stated path is told at


def words_of(answer: Answer) -> Told:
    """The verdict in words."""
    return told(answer.verdict, answer.settings, answer.world.config, answer.name, answer.events)


def about(answer: Answer) -> str:
    """The page's first line: whose figures the answer rests on."""
    return words_of(answer).about


def _source(answer: Answer) -> str:
    """Where the authority's figures come from."""
    if answer.has_records:
        return parts.from_records(answer.world)
    return "DfE Characteristics of children in need"


def _stem(answer: Answer) -> str:
    return f"{answer.ask.tried}-{answer.ask.outcome}-{answer.ask.start:%Y-%m}"


def expected(answer: Answer, chosen: Selection) -> None:
    """How the effect was expected to arrive: before anything that was found.

    Raises:
        SelectionError: nothing was expected.
    """
    stated, entry = answer.stated, answer.entry
    st.header("What was expected", anchor=False)
    ends = [date(answer.years[0] + number, _MARCH, 31) for number in (_SHORT, _LONG)]
    parts.points(path_sentence(stated, entry, answer.idea, ends), source_sentence(stated, answer.name))
    by = max(answer.ask.end, ends[0])
    others = [path for path in answer.paths if path.shares != stated.path.shares]
    picture = expected_path(
        stated, others, answer.idea.label, entry, by, int(answer.settings.certainty.horizon.value),
        f"Source: the plan model, from figures up to 31 March {answer.ground.as_at.year}",
    )  # fmt: skip
    parts.show(picture, answer.world, chosen, _stem(answer))


def found(answer: Answer, chosen: Selection) -> None:
    """The verdict, and the picture that it rests on."""
    said = words_of(answer)
    st.header(parts.plain(f"What was found: {said.label.lower()}"), anchor=ANSWER)
    st.markdown(f"**{parts.plain(said.answer)}**")
    parts.points(said.size, said.power, _at_most(answer))
    if isinstance(answer.course, Interrupted):
        nouns = course_words.nouns_of(answer.ask.outcome, answer.world.config)
        picture = counterfactual(answer.course, nouns, answer.name, _source(answer))
        parts.show(picture, answer.world, chosen, _stem(answer))
        parts.points(
            course_words.effect_sentence(answer.course, nouns),
            course_words.counts_sentence(answer.course, nouns),
            course_words.rests_sentence(answer.course),
            course_words.spread_sentence(answer.course),
        )
        with folded.expander("Everything that the course is explained by", f"terms {_stem(answer)}") as opened:
            if opened:
                parts.table_with_file(
                    course_words.terms_table(answer.course),
                    parts.file_stem(answer.world, chosen),
                    f"terms-{_stem(answer)}",
                )
                st.caption(parts.plain(course_words.terms_note()))
    elif not answer.by_course and isinstance(answer.comparison, Controlled):
        _beside_others(answer, answer.comparison, chosen)
    parts.points(*said.caveats)
    if said.checks:
        failed = sum(line.word == "failed" for line in said.checks)
        untried = sum(line.word not in ("failed", "passed") for line in said.checks)
        tally = f"{len(said.checks) - failed - untried} passed, {failed} failed, {untried} could not be tried"
        with folded.expander(f"The checks, one by one: {tally}", f"checks {_stem(answer)}") as opened:
            if opened:
                stem = parts.file_stem(answer.world, chosen)
                parts.table_with_file(checks_table(said.checks), stem, f"checks-{_stem(answer)}")
    with folded.expander("The verdict as a table", f"verdict {_stem(answer)}") as opened:
        if opened:
            table = verdict_table(answer.verdict, answer.settings, answer.world.config, answer.name)
            parts.table_with_file(table, parts.file_stem(answer.world, chosen), f"verdict-{_stem(answer)}")


def _at_most(answer: Answer) -> str:
    """Where no day for an answer is known: what could be noticed by the last day that was looked at."""
    undecided = answer.verdict.answer == "cannot_tell" and answer.verdict.when is None
    if not (undecided and answer.noticeable):
        return ""
    return smallest_sentence(answer.noticeable[-1], largest_words(answer.entry, answer.outcome.better))


def _beside_others(answer: Answer, one: Controlled, chosen: Selection) -> None:
    picture = beside_comparison(one, answer.entry, answer.name, f"Source: {_source(answer)}")
    parts.show(picture, answer.world, chosen, _stem(answer))
    parts.points(
        compared.effect_sentence(one, answer.entry, answer.name),
        compared.rank_sentence(one),
        compared.fit_sentence(one),
    )


def look_closer(answer: Answer, chosen: Selection) -> None:
    """One part of the answer at a time."""
    st.header("Look closer", anchor=False)
    look = choose_part(answer.world, "look", "Part", LOOKS)
    _PARTS[look](answer, chosen)


def _ways(answer: Answer, chosen: Selection) -> None:
    """All ways of asking the same question."""
    every = answer.courses if answer.by_course else answer.comparisons
    if not every:
        st.info(parts.plain(f"The question cannot be asked of these figures, so in no other way. {_why_not(answer)}"))
        return
    picture = specifications_chart(every, answer.entry.label, answer.name, _source(answer))
    parts.show(picture, answer.world, chosen, _stem(answer))
    parts.points(placebo_sentence(every), agreement_sentence(every, answer.name, answer.entry.label))


def _why_not(answer: Answer) -> str:
    return answer.verdict.evidence.why_not


def _others(answer: Answer, chosen: Selection) -> None:
    """Every other authority tested in the same way, and who the comparison is made of."""
    one = answer.comparison
    if isinstance(one, NoComparison):
        st.info(parts.plain(one.why))
        return
    source = f"Source: {_source(answer)}"
    names = {area.code: answer.world.areas.label(area.code) for area in answer.world.areas.authorities}
    parts.show(gaps(one, answer.entry, answer.name, source), answer.world, chosen, _stem(answer))
    stood = "" if answer.stood is None else compared.alike_sentence(answer.stood, answer.entry)
    parts.points(compared.rank_sentence(one), compared.ratio_sentence(one), compared.fit_sentence(one), stood)
    if isinstance(answer.synthetic, Controlled):
        parts.show(mix(answer.synthetic, names, source), answer.world, chosen, _stem(answer))


def _children(answer: Answer, chosen: Selection) -> None:
    """Children who left a plan before and after the start, and how many had come back."""
    if answer.cohorts is None:
        where = answer.world.areas.label(answer.world.config.source("sample").area or "")
        st.info(
            parts.plain(
                "Published figures do not follow children. Load plan records on the Data page, or choose the invented "
                f"ones for {where} in the side panel."
            )
        )
        return
    drawn = [_followed(answer, chosen, cohort, months) for cohort in _COHORTS for months in _follow(answer)]
    if not any(drawn):
        st.info("So few children can be followed that their number stays hidden.")
    lines = None if answer.curves is None else curves(answer.curves, answer.name, f"Source: {_source(answer)}")
    if answer.curves is not None and lines is not None:
        parts.show(lines, answer.world, chosen, _stem(answer))
        parts.points(cohort_words.curves_sentence(answer.curves))
    _by_itself(answer)


def _follow(answer: Answer) -> Sequence[int]:
    return answer.settings.cohorts.follow.value


def _followed(answer: Answer, chosen: Selection, cohort: Cohort, months: int) -> bool:
    """Draw children so many months after they left or began; False where no figure is shown."""
    both = answer.followed(cohort, months)
    if both is None:
        return False
    course, before = both
    picture = cohorts(course, before, answer.name, f"Source: {_source(answer)}", answer.idea.label)
    parts.show(picture, answer.world, chosen, _stem(answer))
    parts.points(cohort_words.cohorts_sentence(before, answer.settings))
    with st.expander("Who is counted, and what to mind"):
        parts.points(*cohort_words.cohort_caveats(cohort, before))
    return True


def _by_itself(answer: Answer) -> None:
    """Regression to the mean, which stands beside every before and after."""
    if answer.moved is not None:
        parts.points(before_words.fading_sentence(answer.moved, answer.entry))


def _before(answer: Answer, chosen: Selection) -> None:
    """The last year before and the year asked, beside what was to be expected with nothing done."""
    one = answer.moved
    if one is None:
        st.info(parts.plain(f"There is no year after the start up to March {answer.ask.last}."))
        return
    picture = before_after(one, answer.ask.outcome, answer.world.config, answer.name, f"Source: {_source(answer)}")
    if picture is not None:
        parts.show(picture, answer.world, chosen, _stem(answer))
    stood = "" if answer.stood is None else compared.alike_sentence(answer.stood, answer.entry)
    parts.points(
        before_words.moved_sentence(one, answer.entry, answer.name),
        before_words.england_sentence(one, answer.entry),
        before_words.fading_sentence(one, answer.entry),
        before_words.expected_sentence(one, answer.entry),
        before_words.left_sentence(one),
        stood,
    )


def _beside(answer: Answer, chosen: Selection) -> None:
    """Measures to look at before fewer plans are taken for something good."""
    config, both = answer.world.config, answer.years
    if both[0] >= both[1]:
        st.info(parts.plain(f"There is no year after the start up to March {answer.ask.last}."))
        return
    parts.points(beside_sentence(answer.beside, config, answer.name, both))
    table = beside_table(answer.beside, config, answer.name, both)
    parts.table_with_file(table, parts.file_stem(answer.world, chosen), f"beside-{_stem(answer)}")


def how(answer: Answer) -> None:
    """How it was worked out."""
    st.header("How this was worked out", anchor=False)
    parts.points(
        f"What gives the answer: {_main(answer)}. It was chosen by how it does on invented authorities, and not by any "
        "result here. Its words follow rules in config/evaluation.yaml.",
        course_words.how_words()
        if answer.by_course
        else "Every other authority is asked about in the same way. They had changes of their own too, so they show "
        "how far figures move anyway.",
        measured_sentence(answer.settings, _method(answer)),
        "A range should hold the truth in 95 of 100 cases. Children come in families, and ranges allow for that.",
        f"Nothing later than 31 March {answer.ask.last} is used.",
    )


def _method(answer: Answer) -> Method:
    return answer.settings.main.records if answer.by_course else answer.settings.main.published


def _main(answer: Answer) -> str:
    entry = answer.settings.methods[_method(answer)]
    return f"{entry.label[:1].lower()}{entry.label[1:]} ({entry.plain})"


_PARTS: Mapping[str, Callable[[Answer, Selection], None]] = {
    "ways": _ways,
    "others": _others,
    "children": _children,
    "before": _before,
    "when": when,
    "beside": _beside,
}
