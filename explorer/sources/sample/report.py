"""How near the invented records come to the figures, as a section of data/README.md."""

from collections.abc import Iterable, Iterator

import polars as pl

from explorer.sources.sample.figures import BANDS, Figure, Mask, PublishedCounts, Spells, figures, plan_spells
from explorer.sources.sample.rules import month_ends
from explorer.sources.sample.settings import SampleSettings, Slide
from explorer.wording import count, half_up
from explorer.wording import day as in_words

_BAND_WORDS = ("up to 3 months", "over 3 up to 6", "over 6 under 12", "1 to under 2 years", "2 years or more")
START_MARK = "<!-- sample: written by make-sample from here -->"
END_MARK = "<!-- sample: to here -->"
_HEAD = """

## sample/
**No child in `invented_plans.csv` is real.** The column `note` says "invented" in every row. The records were
made up by chance and chosen so that together they give figures that are public: those on the slides of Trafford's
Children and Young People's Scrutiny Committee of October 2018, and those of the authority in `published/` (DfE
tables D3, D5 and D7). `config/sample.yaml` lists the figures of the slides and every assumption. The file holds
every plan that was open on any day from {first} to {last}: {plans} plans of {children} children in
{families} families. `python -m explorer make-sample` writes the file and this section again, byte for byte with
the pinned packages.

Families are invented with brothers and sisters, plans, reviews and re-plans (the time until a re-plan is a
Weibull of shape {shape:g}). An integer programme then picks the families that give every figure under
"Exactly" and come as near as can be to those under "As near as can be". Nothing about a picked family is changed.
Lengths on which definitions disagree (88 to 93, 180 to 185, 363 to 367 and 727 to 733 days) do not occur.
Where DfE hid a figure, the number here is as invented as the rest: it says nothing about the real one.
"""
_NEAR = """\
### As near as can be

A number alone is the published one. `224 (-1)`: the records have 224, one fewer than published. `5 (hidden)`:
not published because it, or a figure beside it, is 1 to 5. `20 (none)`: nothing is published.

The published figures do not add up from year to year: plans open, plus those started, less those ended, should
be those open a year later. "Gap" is what is left over. Plans started are exact here, so wherever there is
a gap either plans open or plans ended must differ.
"""


def section(records: pl.DataFrame, published: PublishedCounts, settings: SampleSettings) -> str:
    """What goes between the two marks of data/README.md, as Markdown text.

    Args:
        records: Plan records with the columns of ``schema.PLANS``.
        published: What they are held against.
        settings: sample.yaml.
    """
    plans = plan_spells(records)
    found = figures(plans, published, settings)
    head = _HEAD.format(
        first=in_words(settings.first),
        last=in_words(settings.last),
        plans=count(records.height),
        children=count(records["child_id"].n_unique()),
        families=count(records["family_id"].n_unique()),
        shape=settings.invention.repeat_shape.value,
    )
    gaps = _gaps(published, settings)
    parts = (
        head,
        "### Exactly\n",
        _table(("figure of the slides", "slides", "records"), _slide_rows(plans, settings)),
        _table(("year to 31 March", "plans started", "re-plans"), _started_rows(found)),
        _NEAR,
        "Plans open at 31 March, by how long they had been open:\n",
        _table(("31 March", "all", *_BAND_WORDS), _side_rows(found, "open", {})),
        "Plans ended in the year, by how long they lasted:\n",
        _table(("year to 31 March", "all", *_BAND_WORDS, "gap"), _side_rows(found, "ended", gaps)),
        _sum(found),
    )
    return "\n".join(parts)


def _table(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    names = list(heading)
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _slide_rows(plans: Spells, settings: SampleSettings) -> Iterator[tuple[str, str, str]]:
    """Each figure of the slides, beside the same counted from the records."""
    slides = settings.slides
    for slide in (slides.open_steady, slides.open_peak, slides.open_back):
        counts = [int(plans.open_at(day.toordinal()).sum()) for day in month_ends(slide.first, slide.last)]
        yield slide.label, _span(slide.least, slide.most), _span(min(counts), max(counts))
    for slide, least in ((slides.started, 0), (slides.started_repeat, 1)):
        counted = plans.started(slide.first.toordinal(), slide.last.toordinal()) & (plans.previous >= least)
        yield slide.label, _span(slide.least, slide.most), str(int(counted.sum()))
    slide = slides.open_long_percent
    day = slide.last.toordinal()
    yield _share_row(slide, plans.open_at(day), day - plans.start >= settings.long_plan_days.value)
    slide = slides.ended_long_percent
    ended = plans.ended(slide.first.toordinal(), slide.last.toordinal())
    yield _share_row(slide, ended, plans.end - plans.start >= settings.long_plan_days.value)


def _share_row(slide: Slide, counted: Mask, long: Mask) -> tuple[str, str, str]:
    part, whole = int((counted & long).sum()), int(counted.sum())
    return slide.label, f"{slide.least:.1f}%", f"{half_up(100 * part / whole)}% ({part} of {whole})"


def _span(least: float, most: float) -> str:
    return f"{least:g}" if least == most else f"{least:g} to {most:g}"


def _started_rows(found: list[Figure]) -> Iterator[tuple[int, str, str]]:
    cells = {(figure.measure, figure.year): _cell(figure) for figure in found if figure.kind == "started"}
    for year in sorted({year for _, year in cells}):
        yield year, cells["plans_started", year], cells["plans_started_repeat", year]


def _side_rows(found: list[Figure], side: str, gaps: dict[int, str]) -> Iterator[list[object]]:
    cells = {(figure.measure, figure.year): _cell(figure) for figure in found}
    measures = [f"plans_{side}", *(f"plans_{side}_{band}" for band in BANDS)]
    for year in sorted({year for measure, year in cells if measure == measures[0]}):
        yield [year, *(cells[measure, year] for measure in measures), *([gaps[year]] if gaps else [])]


def _cell(figure: Figure) -> str:
    """The count of the records, and in brackets how it stands to the published one."""
    if figure.value is None:
        return f"{figure.count} ({'hidden' if figure.status == 'suppressed' else 'none'})"
    difference = figure.count - figure.value
    return f"{figure.count} ({difference:+})" if difference else str(figure.count)


def _gaps(published: PublishedCounts, settings: SampleSettings) -> dict[int, str]:
    """What the published figures leave over in each year."""
    found = {}
    for year in settings.years:
        before, now = (published.cell("plans_open", at)[1] for at in (year - 1, year))
        ended = published.cell("plans_ended", year)[1]
        if before is None or now is None or ended is None:
            found[year] = "not known"
        else:
            found[year] = f"{before + published.known('plans_started', year) - ended - now:+}".replace("+0", "0")
    return found


def _sum(found: list[Figure]) -> str:
    """One sentence that adds the differences up."""
    off = dict.fromkeys(("open", "open_band", "ended", "ended_band"), 0)
    for figure in found:
        if figure.value is not None and figure.kind in off:
            off[figure.kind] += abs(figure.count - figure.value)
    return (
        f"Differences added up over all years, in plans: open {off['open']}, open by length {off['open_band']}, "
        f"ended {off['ended']}, ended by length {off['ended_band']}.\n"
    )
