"""Whether the newest figure is unusual, in the sentence that a page opens with; and what was unusual before."""

from explorer.config import Indicator
from explorer.models.control_signs import Signal
from explorer.models.series import Series
from explorer.models.spc import ControlChart, NoChart
from explorer.models.trend_settings import TrendSettings
from explorer.models.verdict import Verdict
from explorer.sentences.control import when
from explorer.wording import listed, lowered, plural

_MOST = 3  # earlier signs that are named; the table has them all


def unusual_sentence(
    series: Series, entry: Indicator, chart: ControlChart | NoChart, found: Verdict | None, settings: TrendSettings
) -> str:
    """What the control chart says of the newest figure; empty where there is none to say it."""
    if not isinstance(chart, ControlChart) or found is None or not series.points:
        return ""
    if series.points[-1].value is None or chart.centre[-1] is None:
        return ""
    trial = ", as far as so few figures can tell" if chart.trial else ""
    if found.way is not None:
        more = ("higher", "lower") if entry.unit != "count" else ("more", "fewer")
        return (
            f"In the last twelve months that was {more[found.way == 'down']} than usual, beyond ordinary ups and downs."
        )
    if not found.newest:
        return f"That is within the usual range{trial}."
    label = settings.rules.signs[found.newest[0].rule].label
    return f"That is unusual ({lowered(label)}){trial}, but alone it is no proof of a change."


def earlier_sentence(
    series: Series, entry: Indicator, chart: ControlChart, found: Verdict, settings: TrendSettings
) -> str:
    """The signs that are marked in the picture from before the last twelve months; empty where there are none."""
    earlier = [one for one in chart.signals if one not in found.recent]
    if not earlier:
        return ""
    named = [_named(one, series, entry, settings) for one in reversed(earlier[-_MOST:])]
    more = len(earlier) - len(named)
    rest = f" The table marks {plural(more, 'more', 'more')}." if more else ""
    return f"Signs from before: {listed(named)}.{rest}"


def _named(sign: Signal, series: Series, entry: Indicator, settings: TrendSettings) -> str:
    """A sign by its rule, its side and its last period: 'outside the limits, above, in March 2016'."""
    label = settings.rules.signs[sign.rule].label
    return f"{lowered(label)}, {sign.side}, {when(entry, series.kind, series.points[sign.last].end)}"
