"""The forms that a briefing can be taken along in, each with how it is made.

What writes a form is loaded when the form is first asked for: together they take memory that most readers never need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Protocol
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from explorer.briefing.briefing import Briefing
from explorer.world import World

if TYPE_CHECKING:
    from explorer.export.briefing_parts import Drawings

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # that a ZIP can hold: no clock, so that the same content is the same file
_READABLE = 0o100644


class Make(Protocol):
    """Makes a whole file; ``drawn`` are its pictures where they have been drawn for another form already."""

    def __call__(self, briefing: Briefing, world: World, drawn: "Drawings | None" = None) -> bytes:
        """From a briefing and the world that it was made in."""


@dataclass(frozen=True)
class Form:
    """One kind of file.

    Attributes:
        name: As the command line calls it.
        label: As a button does.
        make: The whole file.
    """

    name: str
    label: str
    ending: str
    mime: str
    make: Make


def _slides(briefing: Briefing, world: World, drawn: "Drawings | None" = None) -> bytes:
    from explorer.export.slides import slides_bytes  # noqa: PLC0415 - see above

    return slides_bytes(briefing)


def _page(briefing: Briefing, world: World, drawn: "Drawings | None" = None) -> bytes:
    from explorer.export.briefing_page import briefing_page  # noqa: PLC0415 - see above

    return briefing_page(briefing, world.config, world.areas, drawn).encode()


def _document(briefing: Briefing, world: World, drawn: "Drawings | None" = None) -> bytes:
    from explorer.export.document import document_bytes  # noqa: PLC0415 - see above

    return document_bytes(briefing, world.config, world.areas, drawn)


def _workbook(briefing: Briefing, world: World, drawn: "Drawings | None" = None) -> bytes:
    from explorer.export.pack_workbook import pack_workbook_bytes  # noqa: PLC0415 - see above

    return pack_workbook_bytes(briefing)


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMS: Sequence[Form] = (
    Form("slides", "Slides (PowerPoint)", "pptx", f"{_OFFICE}.presentationml.presentation", _slides),
    Form("briefing", "Briefing (web page)", "html", "text/html", _page),
    Form("document", "Briefing (Word)", "docx", f"{_OFFICE}.wordprocessingml.document", _document),
    Form("workbook", "Figures (Excel)", "xlsx", f"{_OFFICE}.spreadsheetml.sheet", _workbook),
)


def whole_pack(briefing: Briefing, world: World, forms: Sequence[Form] = FORMS) -> tuple[tuple[Form, bytes], ...]:
    """Every form of one briefing, with its pictures drawn once.

    Raises:
        ImageError: the pictures could not be drawn.
    """
    from explorer.export.briefing_parts import briefing_drawings  # noqa: PLC0415 - see above

    drawn = briefing_drawings(briefing, world.config, world.areas)
    return tuple((form, form.make(briefing, world, drawn)) for form in forms)


def pack_zip(briefing: Briefing, world: World) -> bytes:
    """The whole pack as one file, with the names that its parts have by themselves; the same briefing, the same bytes.

    Raises:
        ImageError: the pictures could not be drawn.
    """
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as file:  # what is in it is packed already, all but the page
        for form, content in whole_pack(briefing, world):
            part = ZipInfo(f"{briefing.stem}.{form.ending}", _FIRST_DAY)
            part.compress_type = ZIP_DEFLATED if form.ending == "html" else ZIP_STORED
            part.external_attr = _READABLE << 16  # the mode of a file, where Unix looks for it
            file.writestr(part, content)
    return packed.getvalue()
