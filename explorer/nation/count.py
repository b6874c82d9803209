"""A folder of plan records to one table: the figures of every authority, and what could not be counted.

No total of authorities stands in the table. Beside 149 authorities whose figure is shown, the figure of England would
give away that of the one whose figure is hidden, and beside fewer it would narrow hidden ones down. For the same reason
England's published figure must not stand beside this table where one authority alone is hidden: even rounded to 10 it
gives that figure within 5 either way. Who adds shown figures up learns nothing that is hidden.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from explorer.errors import DataError
from explorer.nation.authority import Found, Question
from explorer.nation.places import Places
from explorer.nation.programs import Rows, begun, counted
from explorer.nation.reading import shelved_apart, shelved_here
from explorer.nation.shelf import Shelved
from explorer.plan_indicators.table import PLAN_INDICATORS
from explorer.records import RecordRules
from explorer.sources.plan_file import INVENTED_NOTE
from explorer.sources.upload import shown_name
from explorer.wording import listed, plural

NATION: Mapping[str, type[pl.DataType]] = {"authority": pl.String, "name": pl.String, **PLAN_INDICATORS}
FAULTS: Mapping[str, type[pl.DataType]] = {
    "authority": pl.String,
    "name": pl.String,
    "rows": pl.Int64,
    "rows_left_out": pl.Int64,
    "rule": pl.String,
    "severity": pl.String,
    "label": pl.String,
    "findings": pl.Int64,
}
NO_AUTHORITY = "no-authority"
_QUIET_DAYS = 92  # three months, the longest that any have
_WORTH_A_PROGRAM = 2_000_000  # bytes of files: fewer are counted sooner than a program begins
_TOO_LOW = (
    "The authorities in the figures were counted without what could not be read: if rows of one of them are in it, the "
    "figures of that authority may be too low."
)
_BESIDE = (
    "Before you publish: a table of another kind of period or up to another day, of the same records, must not be "
    "published beside this one, nor may a total such as England's published figure stand beside it. Each could give a "
    "hidden figure away."
)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Nation:
    """What a folder comes to.

    Attributes:
        figures: ``NATION``, by authority, indicator and period.
        faults: ``FAULTS``, what was wrong in the rows of each authority, and how many were left out. Such numbers can
            tell how many children have something: for the analyst alone.
        found: what each authority came to, by DfE number.
        files: how many files were read.
        rows: plans that were read.
        missing: a sentence for each file and authority that is not in the figures.
    """

    figures: pl.DataFrame
    faults: pl.DataFrame
    found: Mapping[str, Found]
    files: int
    rows: int
    missing: tuple[str, ...]

    @property
    def invented(self) -> bool:
        """Whether no child in them is real."""
        return all(INVENTED_NOTE in one.notes for one in self.found.values())


def count_nation(
    folder: Path, places: Places, rules: RecordRules, question: Question, programs: int, progress: Progress
) -> Nation:
    """Count every authority of a folder.

    Args:
        folder: Files of plans with a column for the authority, or one such file. Files whose names begin with a full
            stop, and folders in it, are left alone.
        places: Whom rows can be of.
        rules: How records are read, checked, counted and shown.
        question: What is asked.
        programs: How many programs may work at once; 0: everything is done in this one.
        progress: Told what is being done, how much of it is done, and of how much: bytes of files, authorities.

    Raises:
        DataError: nothing can be read; or a file cannot, and the others do not say whom it is of.
    """
    paths = _files(folder)
    some = min(programs, 1 + sum(path.stat().st_size for path in paths) // _WORTH_A_PROGRAM)
    with TemporaryDirectory(prefix="plans-") as shelves, begun(some) as pool:
        files = [(path, Path(shelves) / f"{number}.arrow") for number, path in enumerate(paths)]
        shelved, faults = _shelved(files, places, rules, programs, progress)
        every = _rows(shelved)
        found: dict[str, Found] = {}
        missing = [*faults, _TOO_LOW] if faults else []
        for done, (area, answer) in enumerate(counted(every, rules, question, pool), 1):
            if isinstance(answer, Found):
                found[area] = answer
            else:
                missing += [f"{places.names[area]} is not in the figures. {fault}" for fault in answer.faults]
            progress("Counting authorities", done, len(every))
    if not found:
        raise DataError(*missing or [f"{shown_name(folder.name)}: there is no row of a plan in it; export it again."])
    ordered = {area: found[area] for area in sorted(found)}
    rows = sum(slot.rows for _, slots in every for slot in slots)
    return Nation(
        _table(ordered, places), _faults(ordered, shelved, places), ordered, len(shelved), rows, tuple(missing)
    )


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise DataError(f"{shown_name(folder.name)}: there is no such folder; check where it is kept.")
    paths = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise DataError(
            f"{shown_name(folder.name)}: the folder holds no files; put CSV or Parquet files of plans in it."
        )
    return paths


def _shelved(
    files: Sequence[tuple[Path, Path]], places: Places, rules: RecordRules, programs: int, progress: Progress
) -> tuple[list[Shelved], tuple[str, ...]]:
    """What the files held, and a sentence for each that could not be read."""
    sizes = [path.stat().st_size for path, _ in files]
    done = 0

    def read(more: int) -> None:
        nonlocal done
        done = min(done + more, sum(sizes))
        progress("Reading files", done, sum(sizes))

    shelve = shelved_apart if programs else shelved_here
    shelved, faults = list[Shelved](), list[str]()
    for number, answer in enumerate(shelve(files, places, rules.limits, read), 1):
        read(sum(sizes[:number]) - done)  # what was told on the way is nearly right
        if isinstance(answer, DataError):
            faults += answer.faults
        else:
            shelved.append(answer)
    if faults:
        _check_apart(shelved, faults)
    return shelved, tuple(faults)


def _check_apart(shelved: Sequence[Shelved], faults: Sequence[str]) -> None:
    """Where a file cannot be read, make sure that the others are not the rest of the same authorities.

    In a folder with a file for each authority, or for each region, the figures of all others are right. In one with
    a file for each year the rows of a year are missing from every authority, and each figure would be too low.

    Raises:
        DataError: an authority stands in two files, or all of them in the only one that can be read.
    """
    stands = Counter(area for one in shelved for area in one.slots)
    if not shelved:
        raise DataError(*faults)
    if max(stands.values(), default=0) > 1 or (len(shelved) == 1 and len(stands) > 1):
        raise DataError(
            *faults,
            "Nothing was counted: a file holds rows of several authorities, so what cannot be read may be missing from "
            "any of them, and their figures would be too low.",
        )


def _rows(shelved: Sequence[Shelved]) -> list[Rows]:
    areas = sorted({area for one in shelved for area in one.slots})
    return [(area, tuple(one.slots[area] for one in shelved if area in one.slots)) for area in areas]


def _table(found: Mapping[str, Found], places: Places) -> pl.DataFrame:
    frames = (
        one.figures.select(authority=pl.lit(area), name=pl.lit(places.names[area]), **{c: c for c in PLAN_INDICATORS})
        for area, one in found.items()
    )
    return pl.concat([pl.DataFrame(schema=NATION), *frames])


def _faults(found: Mapping[str, Found], shelved: Sequence[Shelved], places: Places) -> pl.DataFrame:
    frames = [
        one.faults.by_rule.select(
            authority=pl.lit(area),
            name=pl.lit(places.names[area]),
            rows=pl.lit(one.rows, pl.Int64),
            rows_left_out=pl.lit(one.faults.left_out, pl.Int64),
            rule="rule",
            severity="severity",
            label="label",
            findings=pl.col("findings").cast(pl.Int64),
        )
        for area, one in found.items()
    ]
    nobody = [
        (None, None, None, one.nobody, NO_AUTHORITY, "error", f"No known authority, in {one.place}", one.nobody)
        for one in shelved
        if one.nobody
    ]
    return pl.concat([pl.DataFrame(schema=FAULTS), *frames, pl.DataFrame(nobody, schema=FAULTS, orient="row")])


def remarks(nation: Nation, places: Places, question: Question) -> list[str]:
    """What should be known beside the figures, without a number of rows: those can tell of children."""
    said = [f"{plural(len(nation.found), 'authority', 'authorities')} in {plural(nation.files, 'file', 'files')}."]
    if (nation.faults["severity"] == "error").any():
        said.append(
            "Rows with an error were found; they are left out of every figure. --faults FILE says how many and why, by "
            "authority."
        )
    if (nation.faults["rule"] == NO_AUTHORITY).any():
        said.append("Some rows name no authority that is known; they are in no figure.")
    absent = sorted(places.names[area] for area in places.present - nation.found.keys())
    if absent and len(absent) < len(places.present) / 2:  # else it is the folder of a region
        said.append(f"Without figures: {listed(absent)}.")
    said += dict.fromkeys(note for one in nation.found.values() for note in one.notes)
    quiet = [places.names[area] for area, one in nation.found.items() if _ends_early(one, question)]
    if quiet:
        said.append(
            f"Nothing in the rows of {listed(quiet)} is from the last three months before the day asked for. If their "
            "files end earlier, their newest figures are wrong: plans that started or ended since are missing."
        )
    if not question.exact:
        said.append(_BESIDE)
    return said


def _ends_early(found: Found, question: Question) -> bool:
    return found.latest is not None and (question.until - found.latest).days > _QUIET_DAYS
