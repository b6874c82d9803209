"""Pieces of a Word document: its styles, tables whose headings repeat, pictures with their words, links and numbers."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, cast
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.document import Document as Doc
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Length, Mm
from docx.text.paragraph import Paragraph

from explorer.export.sheet import clean

_MARGIN, _WIDTH = Mm(20), Mm(170)  # of A4, 210 mm wide
_LANGUAGE = "en-GB"
_UNUSED = ("stylesWithEffects", "customXml", "thumbnail")  # of python-docx's own template
_ROOM = {  # style: points before and after, and whether the next paragraph stays on its page
    "Title": (0, 8, False),
    "Heading1": (16, 5, True),
    "Heading2": (10, 3, True),
    "Answer": (0, 3, False),
    "Notice": (0, 8, False),
    "Caption": (8, 3, True),
    "Figure": (0, 3, True),
    "Picture": (0, 2, True),
    "Small": (3, 6, False),
    "ListBullet": (0, 2, False),
    "ListNumber": (0, 3, False),
    "TableText": (0, 0, False),
    "Footer": (0, 0, False),
}
_NAMES = {"Heading1": "heading 1", "Heading2": "heading 2", "ListBullet": "List Bullet", "ListNumber": "List Number"}
_NAMES |= {"Caption": "caption", "Footer": "footer", "TableText": "Table Text"}
_LETTERS = {"Title": 20, "Heading1": 14, "Heading2": 11.5, "Answer": 12, "Small": 9, "TableText": 8.5, "Footer": 8.5}
_BOLD = ("Title", "Heading1", "Heading2", "Answer", "Notice", "Caption")
_BAR = '<w:left w:val="single" w:sz="24" w:space="8" w:color="6B7280"/>'
_BOX = "".join(f'<w:{side} w:val="single" w:sz="8" w:space="4" w:color="6B7280"/>' for side in ("top", "bottom"))
_SHAPES = {  # what else a style says of its paragraphs, in the order of the standard (ECMA-376, 17.3.1.26)
    "Heading1": ("", '<w:outlineLvl w:val="0"/>'),
    "Heading2": ("", '<w:outlineLvl w:val="1"/>'),
    "Answer": (f"<w:pBdr>{_BAR}</w:pBdr>", '<w:ind w:left="200"/>'),
    "Notice": (f"<w:pBdr>{_BOX}</w:pBdr>", ""),
    "ListBullet": ('<w:numPr><w:numId w:val="1"/></w:numPr>', ""),  # bullets and numbers of python-docx's template
    "ListNumber": ('<w:numPr><w:numId w:val="5"/></w:numPr>', ""),
    "Footer": ('<w:tabs><w:tab w:val="right" w:pos="9638"/></w:tabs>', ""),
}
_OTHERS = (
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>',
    '<w:style w:type="character" w:styleId="Value"><w:name w:val="Value"/><w:rPr><w:b/><w:sz w:val="40"/></w:rPr>'
    "</w:style>",
    '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="0B5394"/>'
    '<w:u w:val="single"/></w:rPr></w:style>',
    '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>',
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
    '<w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>',
    '<w:style w:type="table" w:styleId="Figures"><w:name w:val="Figures"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
    '<w:tblBorders><w:top w:val="single" w:sz="6" w:color="6B7280"/><w:bottom w:val="single" w:sz="6" '
    'w:color="6B7280"/><w:insideH w:val="single" w:sz="4" w:color="9CA3AF"/></w:tblBorders><w:tblCellMar>'
    '<w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/>'
    '<w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:shd w:val="clear" w:fill="E8ECF1"/></w:tcPr>'
    '</w:tblStylePr><w:tblStylePr w:type="firstCol"><w:rPr><w:b/></w:rPr></w:tblStylePr></w:style>',
)


def new_document(footer: str) -> Doc:
    """An empty A4 document in British English, with a text and the number of the page at the foot of each."""
    made = Document()
    _without_unused(made)
    _styled(made)
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    section.footer_distance = Mm(10)
    foot = section.footer.paragraphs[0]
    foot.style = "Footer"
    foot.add_run(f"{clean(footer)}\tPage ")
    _field(foot, "PAGE")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES")
    return made


def _without_unused(made: Doc) -> None:
    for holder in (made.part, made.part.package):
        for name, one in list(holder.rels.items()):
            if one.reltype.endswith(_UNUSED):
                del holder.rels[name]


def _styled(made: Doc) -> None:
    """Our few styles in the place of the hundred of the template, which are most of a short document's size."""
    element = made.styles.element
    for style in element.findall(qn("w:style")):
        element.remove(style)
    for fonts in element.iter(qn("w:rFonts")):
        fonts.attrib.clear()
        fonts.attrib.update({qn(f"w:{name}"): "Arial" for name in ("ascii", "hAnsi", "cs", "eastAsia")})
    for language in element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LANGUAGE)
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr>'
        '<w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="21"/></w:rPr></w:style>'
    )
    for style in (normal, *map(_style, _ROOM), *_OTHERS):
        element.append(parse_xml(style.replace("<w:style ", f"<w:style {nsdecls('w')} ", 1)))


def _style(name: str) -> str:
    before, after, keep = _ROOM[name]
    first, last = _SHAPES.get(name, ("", ""))
    bold = "<w:b/>" if name in _BOLD else ""
    size = f'<w:sz w:val="{2 * _LETTERS[name]:g}"/>' if name in _LETTERS else ""
    kept = "<w:keepNext/><w:keepLines/>" if keep else "<w:keepLines/>"
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{_NAMES.get(name, name)}"/>'
        f'<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>{kept}{first}'
        f'<w:spacing w:before="{20 * before}" w:after="{20 * after}"/>{last}</w:pPr>'
        f"<w:rPr>{bold}{size}</w:rPr></w:style>"
    )


def _field(paragraph: Paragraph, what: str) -> None:
    """A number that Word works out."""
    _append(paragraph, f'<w:fldSimple {nsdecls("w")} w:instr="{what}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')


def _append(paragraph: Paragraph, xml: str) -> None:
    paragraph._p.append(cast(Any, parse_xml(xml)))


def say(made: Doc, said: str, style: str = "Normal") -> Paragraph:
    """A paragraph; nothing is added for no words."""
    return made.add_paragraph(clean(said), style)


def add_picture(made: Doc, png: bytes, width: Length, title: str, alt: str) -> None:
    """A picture in the line, with its name and what it shows for those who cannot see it."""
    shape = made.add_picture(BytesIO(png), width=width)
    shape._inline.docPr.set("title", clean(title))
    shape._inline.docPr.set("descr", clean(alt))
    made.paragraphs[-1].style = "Picture"


def add_link(made: Doc, paragraph: Paragraph, address: str, said: str) -> None:
    """A link at the end of a paragraph."""
    name = made.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = (
        f'<w:hyperlink {nsdecls("w", "r")} r:id="{name}"><w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr>'
        f"{_text(said)}</w:r></w:hyperlink>"
    )
    _append(paragraph, link)


def add_table(
    made: Doc, caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]
) -> None:
    """A table under its caption; its first row is flagged as headings and repeats on every page, no row is broken.

    It is written as XML at once: cell by cell it would take most of the time that a document takes.

    Args:
        widths: Of the columns, in any unit: together they fill the page.
    """
    say(made, caption, "Caption")
    twips = [int(_WIDTH.twips * width / sum(widths)) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    head = _row(headings, twips, "<w:cantSplit/><w:tblHeader/>")
    body = "".join(_row(row, twips, "<w:cantSplit/>") for row in rows)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="Figures"/><w:tblW w:w="{sum(twips)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="00A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={quoteattr(clean(caption))}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"
    )
    made.element.body.insert(len(made.element.body) - 1, table)  # before the last element, which is the page's shape


def _row(cells: Sequence[str], widths: Sequence[int], kind: str) -> str:
    written = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr>'
        f"<w:r>{_text(cell)}</w:r></w:p></w:tc>"
        for cell, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr>{kind}</w:trPr>{written}</w:tr>"


def _text(said: str) -> str:
    return f'<w:t xml:space="preserve">{escape(clean(said))}</w:t>'
