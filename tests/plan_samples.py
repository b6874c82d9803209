"""Small files of plan records for the tests, built from a few words each."""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import polars as pl
from openpyxl import Workbook

from explorer.config import Limits
from explorer.errors import DataError
from explorer.sources.plan_file import PlanFile
from explorer.sources.plans import read_plans
from tests.fixtures import faults

LIMITS = Limits(
    max_bytes=5_000_000,
    max_upload_bytes=5_000_000,
    max_rows=20_000,
    max_columns=100,
    max_expansion_ratio=100,
    earliest_year=1990,
    latest_year=2030,
)
ANNEX_A = (
    "Child Unique ID",
    "Gender",
    "Ethnicity",
    "Date of Birth",
    "Age of Child (Years)",
    "Does the Child have a Disability",
    "Child Protection Plan Start Date",
    "Initial Category of Abuse",
    "Latest Category of Abuse",
    "Date of the Last Statutory Visit",
    "Was the Child Seen Alone?",
    "Date of latest review conference",
    "Child Protection Plan End Date",
    "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months (Y/N)",
    "Number of Previous Child Protection Plans",
    "Allocated Team",
    "Allocated Worker",
)
SSD = (
    "cppl_cp_plan_id",
    "cppl_referral_id",
    "cppl_icpc_id",
    "cppl_person_id",
    "cppl_cp_plan_start_date",
    "cppl_cp_plan_end_date",
    "cppl_cp_plan_ola",
    "cppl_cp_plan_initial_category",
    "cppl_cp_plan_latest_category",
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
HEADER = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>{}</Year><ReferenceDate>{}</ReferenceDate>"
    "</CollectionDetails></Header>"
)


def read(content: bytes | str, name: str = "plans", limits: Limits = LIMITS) -> PlanFile:
    """Read the bytes of a file, or its text in UTF-8."""
    return read_plans(name, content.encode() if isinstance(content, str) else content, limits)


def refusal(content: bytes | str, name: str = "plans", limits: Limits = LIMITS) -> str:
    """The one sentence with which a file is refused."""
    (sentence,) = faults(lambda: read(content, name, limits), DataError)
    assert "\n" not in sentence
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    return sentence


def cells(found: PlanFile, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of the plans, row by row."""
    return found.plans.select(columns).rows()


def plan(
    start: str = "2018-05-01", end: str = "", more: str = "", *, previous: str = "0", category: str = "NEG"
) -> str:
    """A ``ChildProtectionPlans`` element."""
    ended = f"<CPPendDate>{end}</CPPendDate>" if end else ""
    return (
        f"<ChildProtectionPlans><CPPstartDate>{start}</CPPstartDate>{ended}"
        f"<InitialCategoryOfAbuse>{category}</InitialCategoryOfAbuse>"
        f"<LatestCategoryOfAbuse>{category}</LatestCategoryOfAbuse>"
        f"<NumberOfPreviousCPP>{previous}</NumberOfPreviousCPP>{more}</ChildProtectionPlans>"
    )


def child(identifier: str, *episodes: str, more: str = "<PersonBirthDate>2010-01-02</PersonBirthDate>") -> str:
    """A ``Child`` element; each episode is what stands in one ``CINdetails``."""
    return (
        f"<Child><ChildIdentifiers><LAchildID>{identifier}</LAchildID>{more}</ChildIdentifiers>"
        "<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>"
        f"{''.join(f'<CINdetails>{episode}</CINdetails>' for episode in episodes)}</Child>"
    )


def census(*children: str, year: str = "2019", reference: str = "2019-03-31", root: str = "Message") -> str:
    """A return of some children."""
    header = HEADER.format(year, reference)
    closing = root.partition(" ")[0]
    return f'<?xml version="1.0"?>\n<{root}>{header}<Children>{"".join(children)}</Children></{closing}>\n'


def comma_separated(headings: Sequence[object], *rows: Sequence[object], separator: str = ",") -> str:
    """A CSV file."""
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows([headings, *rows])
    return text.getvalue()


def parquet(frame: pl.DataFrame) -> bytes:
    """A Parquet file."""
    content = BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    """An Excel workbook with some sheets; "_" in a name stands for a space."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name.replace("_", " "))
        for row in rows:
            page.append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def annex_a_row(
    identifier: object = "A1",
    start: object = "01/05/2018",
    end: object = "",
    category: object = "a) Neglect",
    previous: object = 0,
    review: object = "",
    born: object = "02/01/2010",
) -> list[object]:
    """One row of List 7, in the order of ``ANNEX_A``."""
    return [
        *(identifier, "a) Male", "a) WBRI", born, 8, "b) No", start, category, category, "01/09/2018"),
        *("a) Yes", review, end, "b) No", previous, "Team", "Worker"),
    ]


def ssd_row(
    plan_id: str = "P1",
    person: str = "A1",
    start: str = "2018-05-01",
    end: str = "",
    category: str = "NEG",
    ola: str = "N",
) -> list[str]:
    """One row of ``ssd_cp_plans``, in the order of ``SSD``."""
    return [plan_id, "R1", "C1", person, start, end, ola, category, category]


def repacked(content: bytes, changed: Mapping[str, bytes]) -> bytes:
    """A packed file with some parts put in or replaced."""
    names, target = dict(changed), BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, names.pop(part) if part in names else old.read(part))
        for part, value in names.items():
            new.writestr(part, value)
    return target.getvalue()


def day(text: str) -> date:
    """A date from its ISO form."""
    return date.fromisoformat(text)


def as_excel_packs(content: bytes) -> bytes:
    """A workbook with its texts in one shared list, as Excel writes them."""
    with ZipFile(BytesIO(content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        types = package.read("[Content_Types].xml").decode()
    texts = list(dict.fromkeys(re.findall(r"<is><t[^>]*>(.*?)</t></is>", sheet)))
    shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
    for number, text in enumerate(texts):
        sheet = re.sub(rf't="inlineStr"><is><t[^>]*>{re.escape(text)}</t></is>', f't="s"><v>{number}</v>', sheet)
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'
    return repacked(
        content,
        {
            "[Content_Types].xml": types.replace("</Types>", override).encode(),
            "xl/worksheets/sheet1.xml": sheet.encode(),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{shared}</sst>'.encode(),
        },
    )
