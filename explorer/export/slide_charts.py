"""The two charts of a measure as charts of the presentation: they can be edited, and hold what is shown and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, log10

import polars as pl
from pptx.chart.chart import Chart
from pptx.dml.color import ColorFormat
from pptx.dml.line import LineFormat
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.shapes.placeholder import ChartPlaceholder, PlaceholderGraphicFrame
from pptx.util import Pt

from explorer.briefing.briefing import Line
from explorer.export.sheet import clean
from explorer.export.slide_data import ChartData, exact, medians
from explorer.export.slide_template import CHARTS, LANGUAGE
from explorer.export.slide_text import LINE, width
from explorer.export.slide_words import MEDIAN, category, picked
from explorer.sentences.median import is_open

_TYPE = 14  # points: what can be read from the back of a room
_FORMATS = {"percent": '0.0"%"', "per_10k": "0.0", "count": "#,##0"}
_AXES = {"percent": '0"%"', "per_10k": "#,##0", "count": "#,##0"}
_STRONG, _GREY, _DARK, _ENGLAND, _PALE = (
    MSO_THEME_COLOR.ACCENT_1,
    MSO_THEME_COLOR.ACCENT_2,
    MSO_THEME_COLOR.ACCENT_3,
    MSO_THEME_COLOR.ACCENT_4,
    MSO_THEME_COLOR.ACCENT_6,
)
_AXIS_WIDTH, _YEARS_HEIGHT, _TOP = 46.0, 24.0, 10.0
_NAMED = 160.0  # points: a wider name would leave the lines too little room
_NEAR = _TYPE * LINE


@dataclass(frozen=True)
class _Look:
    """How the line of a series is drawn: colour, dash and marker each tell it apart."""

    colour: MSO_THEME_COLOR
    points: float
    dash: MSO_LINE_DASH_STYLE | None
    marker: XL_MARKER_STYLE
    size: int


_LOOKS = {
    "england": _Look(_ENGLAND, 2.25, MSO_LINE_DASH_STYLE.ROUND_DOT, XL_MARKER_STYLE.DIAMOND, 5),
    "median": _Look(_DARK, 2.25, None, XL_MARKER_STYLE.SQUARE, 5),
    "value": _Look(_STRONG, 4, None, XL_MARKER_STYLE.CIRCLE, 10),
}


def over_the_years(place: ChartPlaceholder, line: Line, name: str, made: date) -> PlaceholderGraphicFrame:
    """The authority, the median of its group and England, year by year, from zero; a year without a figure is a gap.

    The authority is the last series, so that its line lies on top.
    """
    unit, course = line.compared_unit, line.course
    ends_of_median = course.select("median_least", "median_most")
    data = ChartData(_FORMATS[unit], made, medians(ends_of_median, unit))
    data.categories = [date(year, 3, 31) for year in course["year"]]
    data.categories.number_format = "yyyy"
    names = {"england": "England", "median": MEDIAN, "value": name}
    for column, called in names.items():
        data.add_series(clean(called), exact(course[column]))  # type: ignore[no-untyped-call]
    frame: PlaceholderGraphicFrame = place.insert_chart(XL_CHART_TYPE.LINE_MARKERS, data)  # type: ignore[no-untyped-call]
    chart, room = frame.chart, CHARTS[0]
    _plain(chart)
    most, step = _scale([value for column in names for value in course[column] if value is not None])
    ends = _ends(course, names, unit)
    beside = [max((width(said, _TYPE, bold=True) for said in each), default=0.0) + 12 for each in ends]
    named = beside[0] <= _NAMED
    inner = room.width - _AXIS_WIDTH - beside[0 if named else 1], room.height - _TOP - _YEARS_HEIGHT
    _lay_out(chart, room.width, room.height, (_AXIS_WIDTH, _TOP, *inner))
    _value_axis(chart, _AXES[unit] if step >= 1 else _FORMATS[unit], most, step)
    _years_axis(chart, course.height, inner[0])
    offsets = _offsets([course[column].to_list() for column in names], most, inner[1])
    for series, (column, look), offset in zip(chart.plots[0].series, _LOOKS.items(), offsets, strict=True):
        _draw(series, look)
        last = _last(course[column].to_list())
        if last is not None:
            down = offset / room.height if last == course.height - 1 else None
            least, most_of_median = ends_of_median.row(last)
            valued = column != "median" or not is_open(least, most_of_median, unit)
            label = _label(last, _FORMATS[unit], down, named=named or column != "value", valued=valued)
            series._element.replace(series._element.get_or_add_dLbls(), label)
    return frame


def beside_the_others(place: ChartPlaceholder, line: Line, made: date) -> PlaceholderGraphicFrame:
    """Bars from zero, highest first; who has no figure has a name that says so and no bar."""
    unit, rows = line.compared_unit, picked(line.others)
    data = ChartData(_FORMATS[unit], made)
    data.categories = labels = [clean(category(row, unit)) for row in rows.iter_rows(named=True)]
    values = exact(rows["value"])
    data.add_series(clean(f"{line.compared_label}, {line.compared_period}"), values)  # type: ignore[no-untyped-call]
    frame: PlaceholderGraphicFrame = place.insert_chart(XL_CHART_TYPE.BAR_CLUSTERED, data)  # type: ignore[no-untyped-call]
    chart, room = frame.chart, CHARTS[1]
    _plain(chart)
    left = max(width(label, _TYPE) for label in labels) * 1.05 + 10
    inner = room.width - left
    known = [value for value in values if value is not None]
    wide = max(width(f"{value:,.1f}%", _TYPE) for value in known) + 12
    _lay_out(chart, room.width, room.height, (left, 0, inner, room.height))
    _value_axis(chart, _AXES[unit], (max(known) or 1.0) * inner / max(inner - wide, 1), None)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    axis = chart.category_axis
    axis.reverse_order, axis.has_major_gridlines = True, False
    axis.major_tick_mark = XL_TICK_MARK.NONE
    _paint(axis.format.line, _DARK, 1)
    axis._element.xpath("c:noMultiLvlLbl")[0].addprevious(_c("tickLblSkip", 'val="1"'))  # every name, however close
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 35, False
    bars = plot.series[0]._element
    medians = [(at, row) for at, row in enumerate(rows.iter_rows(named=True)) if row["kind"] == "median"]
    silent = [at for at, row in medians if is_open(row["least"], row["most"], unit)]
    bars.replace(bars.get_or_add_dLbls(), _bar_labels(_FORMATS[unit], silent))
    _fill_bars(plot.series[0], rows["kind"].to_list())
    return frame


def _plain(chart: Chart) -> None:
    """No title of its own, no round corners, our type and language."""
    chart.has_title, chart.has_legend = False, False
    chart.font.size = Pt(_TYPE)
    _colour(chart.font.color, MSO_THEME_COLOR.TEXT_1)
    space = chart._chartSpace
    space.xpath("c:date1904")[0].addnext(_c("lang", f'val="{LANGUAGE}"'))
    space.xpath("c:lang")[0].addnext(_c("roundedCorners", 'val="0"'))
    for axis in space.xpath("//c:axId | //c:crossAx"):  # some are below zero: not in the standard
        axis.set("val", axis.get("val").lstrip("-"))
    for words in space.xpath("//a:endParaRPr | //a:defRPr"):
        words.set("lang", LANGUAGE)


def _c(tag: str, attributes: str = "", inner: str = "") -> BaseOxmlElement:
    """One element of a chart."""
    made: BaseOxmlElement = parse_xml(f"<c:{tag} {nsdecls('c', 'a')} {attributes}>{inner}</c:{tag}>")
    return made


def _layout(mode: str, **parts: float) -> str:
    inner = "".join(f'<c:{name} val="{value:.5f}"/>' for name, value in parts.items())
    return f"<c:manualLayout>{mode}{inner}</c:manualLayout>"


def _lay_out(chart: Chart, wide: float, tall: float, inner: Sequence[float]) -> None:
    """Put the drawing itself, without its labels, at a place of the chart: left, top, width, height in points."""
    mode = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    left, top, across, down = inner
    layout = _layout(mode, x=left / wide, y=top / tall, w=across / wide, h=down / tall)
    (area,) = chart._chartSpace.xpath("c:chart/c:plotArea")
    for old in area.xpath("c:layout"):
        area.remove(old)
    area.insert(0, _c("layout", inner=layout))


def _scale(values: Sequence[float]) -> tuple[float, float]:
    """The end of an axis from zero and the step of its marks: round numbers, five steps at most."""
    most = max(values, default=0.0) or 1.0
    size = 10.0 ** int(log10(most) // 1)
    step = next(part * size for part in (0.2, 0.5, 1, 2) if most <= 5 * part * size)
    return step * ceil(round(most / step, 9)), step


def _value_axis(chart: Chart, form: str, most: float, step: float | None) -> None:
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, most, step
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
    axis.tick_labels.font.size = Pt(_TYPE)
    axis.format.line.fill.background()
    _paint(axis.major_gridlines.format.line, _PALE, 0.75)


def _years_axis(chart: Chart, years: int, room: float) -> None:
    """Years that have room, so that the newest is among them where that can be."""
    axis = chart.category_axis
    axis.has_major_gridlines = False
    axis.major_tick_mark, axis.tick_label_position = XL_TICK_MARK.NONE, XL_TICK_LABEL_POSITION.LOW
    axis.tick_labels.font.size = Pt(_TYPE)
    _paint(axis.format.line, _DARK, 1)
    least = max(1, ceil((width("2025", _TYPE) + 6) * years / room))
    fitting = [every for every in range(least, least + 3) if (years - 1) % every == 0]
    (unit,) = axis._element.xpath("c:baseTimeUnit")
    unit.set("val", "years")
    unit.addnext(_c("majorTimeUnit", 'val="years"'))
    unit.addnext(_c("majorUnit", f'val="{fitting[0] if fitting else least}"'))


def _colour(colour: ColorFormat, theme: MSO_THEME_COLOR) -> None:
    colour.theme_color = theme


def _paint(drawn: LineFormat, theme: MSO_THEME_COLOR, points: float) -> None:
    drawn.width = Pt(points)
    drawn.fill.solid()
    _colour(drawn.fill.fore_color, theme)


def _draw(series: object, look: _Look) -> None:
    """One line of the chart over the years."""
    line, marker = series.format.line, series.marker  # type: ignore[attr-defined]
    _paint(line, look.colour, look.points)
    if look.dash is not None:
        line.dash_style = look.dash
    marker.style, marker.size = look.marker, look.size
    marker.format.fill.solid()
    _colour(marker.format.fill.fore_color, look.colour)
    _paint(marker.format.line, look.colour, 0.75)
    series.smooth = False  # type: ignore[attr-defined]


def _fill_bars(series: object, kinds: Sequence[str]) -> None:
    """The authority strong, the others grey, the median dark, England white with a dashed edge."""
    series.invert_if_negative = False  # type: ignore[attr-defined]
    series.format.fill.solid()  # type: ignore[attr-defined]
    _colour(series.format.fill.fore_color, _GREY)  # type: ignore[attr-defined]
    for place, kind in enumerate(kinds):
        if kind == "member":
            continue
        shape = series.points[place].format  # type: ignore[attr-defined]
        shape.fill.solid()
        _colour(shape.fill.fore_color, {"authority": _STRONG, "median": _DARK}.get(kind, MSO_THEME_COLOR.BACKGROUND_1))
        if kind == "england":
            _paint(shape.line, _ENGLAND, 2)
            shape.line.dash_style = MSO_LINE_DASH_STYLE.SQUARE_DOT


def _last(values: Sequence[float | None]) -> int | None:
    """The place of the newest figure; None where there is none."""
    return next((place for place in reversed(range(len(values))) if values[place] is not None), None)


def _ends(course: pl.DataFrame, names: dict[str, str], unit: str) -> tuple[list[str], list[str]]:
    """What stands at the ends of the lines at its widest: every name with its figure; and the authority's without."""
    widest = {"percent": "88.8%", "per_10k": "188.8", "count": "8,888"}[unit]
    there = [column for column in names if _last(course[column].to_list()) is not None]
    full = {column: f"{names[column]} {widest}" for column in there}
    return list(full.values()), [full[column] if column != "value" else widest for column in there]


def _offsets(columns: Sequence[Sequence[float | None]], most: float, tall: float) -> list[float]:
    """How far each line's last label has to move down, in points, so that none lies on another."""
    wanted = {
        place: (1 - values[-1] / most) * tall
        for place, values in enumerate(columns)
        if values and values[-1] is not None
    }
    order = sorted(wanted, key=lambda place: (wanted[place], -place))
    put: dict[int, float] = {}
    for number, place in enumerate(order):
        above = put[order[number - 1]] + _NEAR if number else -_TOP
        put[place] = max(wanted[place], above)
    lowest = tall  # the axis: below it stand the years
    for place in reversed(order):
        put[place] = min(put[place], lowest)
        lowest = put[place] - _NEAR
    return [put[place] - wanted[place] if place in wanted else 0.0 for place in range(len(columns))]


def _label(place: int, form: str, down: float | None, *, named: bool, valued: bool) -> BaseOxmlElement:
    """The label of a line's last figure: its name where there is room, and the figure.

    Args:
        down: How far it is moved down at the end of the line, as a share of the chart's height; None where the line
            ends before the newest year: then it stands above its point, and the year is said too.
    """
    moved = f"<c:layout>{_layout('', x=0, y=down or 0)}</c:layout>" if abs(down or 0) > 1e-4 else ""
    said = valued and (down is not None or not named)
    own = _words_of_label(form, "t" if down is None else "r", value=said, name=named, bold=True)
    none = _words_of_label(form, "r", value=False, name=False, bold=False)
    return _c("dLbls", inner=f'<c:dLbl><c:idx val="{place}"/>{moved}{own}<c:separator> </c:separator></c:dLbl>{none}')


def _bar_labels(form: str, silent: Sequence[int]) -> BaseOxmlElement:
    """Labels of all bars beyond their ends, but for some."""
    left_out = "".join(f'<c:dLbl><c:idx val="{place}"/><c:delete val="1"/></c:dLbl>' for place in silent)
    return _c("dLbls", inner=left_out + _words_of_label(form, "outEnd", value=True, name=False, bold=False))


def _words_of_label(form: str, where: str, *, value: bool, name: bool, bold: bool) -> str:
    """What a label says, and how, in the order of the standard."""
    return (
        f'<c:numFmt formatCode="{form.replace(chr(34), "&quot;")}" sourceLinked="0"/><c:spPr/>'
        '<c:txPr><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr>'
        f'<a:defRPr lang="{LANGUAGE}" sz="{_TYPE * 100}" b="{int(bold)}"/>'
        f'</a:pPr><a:endParaRPr lang="{LANGUAGE}"/></a:p></c:txPr>'
        f'<c:dLblPos val="{where}"/><c:showLegendKey val="0"/><c:showVal val="{int(value)}"/><c:showCatName val="0"/>'
        f'<c:showSerName val="{int(name)}"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
    )
