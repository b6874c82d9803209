"""What a chart of a slide is drawn from, with the workbook behind it, which opens with 'Edit data'."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from types import MappingProxyType

import polars as pl
import xlsxwriter
from pptx.chart.data import CategoryChartData

from explorer.export.slide_words import MEDIAN
from explorer.export.workbook import TEXT_IS_TEXT
from explorer.sentences.median import is_open

_NOTHING: Mapping[str, Sequence[float | None]] = MappingProxyType({})


class ChartData(CategoryChartData):
    """Categories and series whose workbook is the same whenever it is made on the same day."""

    def __init__(self, number_format: str, made: date, beside: Mapping[str, Sequence[float | None]] = _NOTHING) -> None:
        """As python-pptx's own.

        Args:
            beside: Columns of the workbook that are not drawn, with their headings.
        """
        super().__init__(number_format=number_format)  # type: ignore[no-untyped-call]
        self._made, self._beside = datetime.combine(made, time()), beside

    @property
    def xlsx_blob(self) -> bytes:
        """The workbook behind 'Edit data': names down the side, series across; a cell without a figure is empty."""
        stream = BytesIO()
        with xlsxwriter.Workbook(stream, dict(TEXT_IS_TEXT)) as book:
            book.set_properties({"created": self._made})
            sheet, shown = book.add_worksheet(), book.add_format({"num_format": self.number_format})
            years = book.add_format({"num_format": self.categories.number_format})
            for row, entry in enumerate(self.categories, start=1):
                if isinstance(entry.label, date):
                    sheet.write_datetime(row, 0, entry.label, years)
                else:
                    sheet.write_string(row, 0, entry.label)
            columns = [*((series.name, series.values) for series in self), *self._beside.items()]
            for column, (name, values) in enumerate(columns, start=1):
                sheet.write_string(0, column, name)
                for row, value in enumerate(values, start=1):
                    if value is not None:
                        sheet.write_number(row, column, value, shown)
        return stream.getvalue()


def medians(ends: pl.DataFrame, unit: str) -> Mapping[str, Sequence[float | None]]:
    """Columns that say where hidden members leave the median open: the series beside them holds its middle."""
    if not any(is_open(least, most, unit) for least, most in ends.iter_rows()):
        return {}
    return {f"{MEDIAN}, {end} it can be": exact(ends[f"median_{end}"]) for end in ("least", "most")}


def exact(values: pl.Series) -> list[float | None]:
    """Figures to twelve places: the noise that sums leave, 25.240000000000002, would show in 'Edit data'."""
    return [None if value is None else float(f"{value:.12g}") for value in values]
