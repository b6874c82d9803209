"""The template of the slides: one master, three layouts with real titles, theme colours and fonts; no logo."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.oxml.xmlchemy import BaseOxmlElement
from pptx.presentation import Presentation as Deck
from pptx.util import Pt

from explorer.charts.theme import AUTHORITY, ENGLAND, NEIGHBOUR, SCENARIO
from explorer.export.slide_text import Box

WIDTH, HEIGHT = 960, 540  # points: 13.33 by 7.5 inches, 16:9
LANGUAGE = "en-GB"
FONT = "Arial"
INK, DARK = "0B0C0C", "3A3F47"
COVER, MEASURE, LIST, TABLE = range(4)  # the layouts, in their order
_LEFT, _INNER = 44, 872
_EMU = 12700  # of a point
PROGRAM_NAME = "Child Protection Planning Explorer"

TITLE = Box(_LEFT, 22, _INNER, 70)
BODY = Box(_LEFT, 104, _INNER, 384)
FOOTER = Box(_LEFT, 500, 792, 34)
NUMBER = Box(856, 500, 60, 34)
NOTICE = Box(_LEFT, 40, _INNER, 44)
COVER_TITLE = Box(_LEFT, 104, _INNER, 140)
COVER_BODY = Box(_LEFT, 262, _INNER, 176)
COVER_LAST = Box(_LEFT, 444, _INNER, 44)
VALUE = Box(_LEFT, 100, 252, 112)
SAID = Box(312, 100, 604, 112)
HEADINGS = (Box(_LEFT, 216, 416, 36), Box(480, 216, 436, 36))
CHARTS = (Box(_LEFT, 252, 416, 211), Box(480, 252, 436, 211))
BELOW = Box(_LEFT, 465, _INNER, 34)
# Numbers of the placeholders in the layouts: a slide finds its boxes by them.
VALUE_AT, SAID_AT, HEADINGS_AT, CHARTS_AT, BELOW_AT = 10, 11, (12, 14), (13, 15), 16
BODY_AT, NOTE_AT, NOTICE_AT, LAST_AT = 10, 11, 12, 13
FOOTER_AT, NUMBER_AT = 20, 21

_COLOURS = {
    "dk1": INK,
    "lt1": "FFFFFF",
    "dk2": DARK,
    "lt2": "EEF1F5",
    "accent1": AUTHORITY.lstrip("#"),
    "accent2": NEIGHBOUR.lstrip("#"),
    "accent3": DARK,
    "accent4": ENGLAND.lstrip("#"),
    "accent5": SCENARIO.lstrip("#"),
    "accent6": "C9CED6",
    "hlink": "1D5BB8",
    "folHlink": "5B3E8F",
}
_DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
    b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>%b</Application></Properties>" % PROGRAM_NAME.encode()
)


def deck() -> Deck:
    """A presentation of this template without a slide."""
    return Presentation(BytesIO(_template()))


@lru_cache(maxsize=1)
def _template() -> bytes:
    """The template as a file, made from the one that python-pptx brings."""
    made = Presentation()
    made.slide_width, made.slide_height = Pt(WIDTH), Pt(HEIGHT)
    made.element.xpath("p:sldSz")[0].attrib.pop("type", None)
    for layout in list(made.slide_layouts)[len(_LAYOUTS) :]:
        made.slide_layouts.remove(layout)
    master = made.slide_master
    _put_shapes(master.element, [_RULE, *_master_shapes()])
    _put_styles(master.element)
    for layout, (name, shapes) in zip(made.slide_layouts, _LAYOUTS.items(), strict=True):
        layout.element.attrib.pop("type", None)
        layout.element.xpath("p:cSld")[0].set("name", name)
        _put_shapes(layout.element, [*shapes, *_foot()])
    theme = master.part.part_related_by(RT.THEME)
    theme.blob = _coloured(theme.blob)
    _name_notes_master(made)
    _leave_out(made)
    stream = BytesIO()
    made.save(stream)
    return stream.getvalue()


def holder(number: int, name: str, role: str, box: Box, words: str = "", style: str = "") -> str:
    """A placeholder as XML.

    Args:
        number: Its number among the shapes of the slide, from 2.
        role: What ``p:ph`` says of it: 'type="body" idx="10"'.
        words: What stands in it; after ``#`` the number of the slide, as a field.
        style: Attributes and children of its first level: '<a:lvl1pPr>...</a:lvl1pPr>'.
    """
    graphic = 'type="chart"' in role or 'type="tbl"' in role
    run = f'<a:rPr lang="{LANGUAGE}"/>'
    said = (
        f'<a:fld id="{{C1FF6DA9-008F-8B48-92A6-B652298478BF}}" type="slidenum">{run}<a:t>{words[1:]}</a:t></a:fld>'
        if words.startswith("#")
        else f"<a:r>{run}<a:t>{escape(words)}</a:t></a:r>"
    )
    anchor = "b" if 'type="title"' in role or 'type="ftr"' in role or 'type="sldNum"' in role else "t"
    fit = "" if graphic else "<a:normAutofit/>"
    return (
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {role}/></p:nvPr></p:nvSpPr>'
        f'<p:spPr>{_place(box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>'
        f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="{anchor}">{fit}'
        f"</a:bodyPr><a:lstStyle>{style}</a:lstStyle><a:p>{said}</a:p></p:txBody></p:sp>"
    )


def _place(box: Box) -> str:
    left, top, wide, tall = (round(part * _EMU) for part in box)
    return f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'


def _level(size: int, colour: str = "tx1", *, bold: bool = False, align: str = "l") -> str:
    """The style of a placeholder's first level."""
    weight = ' b="1"' if bold else ' b="0"'
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/>'
        f'<a:defRPr lang="{LANGUAGE}" sz="{size * 100}"{weight}>'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


def _body(number: int, name: str, idx: int, box: Box, style: str) -> str:
    return holder(number, name, f'type="body" sz="quarter" idx="{idx}"', box, name, style)


_RULE = (
    f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="7" name="Rule">{_DECORATIVE}</p:cNvPr><p:cNvSpPr/>'
    f'<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>{_place(Box(0, 0, WIDTH, 8))}<a:prstGeom prst="rect"><a:avLst/>'
    '</a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
)


def _title(box: Box = TITLE, size: int = 26) -> str:
    return holder(2, "Title", 'type="title"', box, "The finding, in one sentence", _level(size, bold=True))


def _foot() -> Iterator[str]:
    """Where the authority, the day and the notice stand on every slide, and its number."""
    yield holder(90, "Footer", f'type="ftr" sz="quarter" idx="{FOOTER_AT}"', FOOTER, "", _level(14, "tx2"))
    yield holder(
        91,
        "Slide number",
        f'type="sldNum" sz="quarter" idx="{NUMBER_AT}"',
        NUMBER,
        "#‹#›",
        _level(14, "tx2", align="r"),
    )


def _master_shapes() -> Iterator[str]:
    yield _title()
    yield holder(3, "Text", 'type="body" idx="1"', BODY, "Text", "")
    yield holder(4, "Footer", 'type="ftr" sz="quarter" idx="3"', FOOTER, "", _level(14, "tx2"))
    yield holder(5, "Slide number", 'type="sldNum" sz="quarter" idx="4"', NUMBER, "#‹#›", _level(14, "tx2", align="r"))


def _chart_holders() -> Iterator[str]:
    for place, name in enumerate(("years", "others")):
        at = 5 + 2 * place
        yield _body(at, f"Heading: {name}", HEADINGS_AT[place], HEADINGS[place], _level(14, bold=True))
        role = f'type="chart" sz="quarter" idx="{CHARTS_AT[place]}"'
        yield holder(at + 1, f"Chart: {name}", role, CHARTS[place], "", _level(14))


_LAYOUTS = {
    "Title": (
        _title(COVER_TITLE, 36),
        _body(3, "Notice", NOTICE_AT, NOTICE, _level(18, bold=True)),
        _body(4, "Answer", BODY_AT, COVER_BODY, _level(24)),
        _body(5, "As at", LAST_AT, COVER_LAST, _level(18, "tx2")),
    ),
    "One measure": (
        _title(),
        _body(3, "Figure", VALUE_AT, VALUE, _level(14)),
        _body(4, "What is said of it", SAID_AT, SAID, _level(18)),
        *_chart_holders(),
        _body(9, "Below the charts", BELOW_AT, BELOW, _level(14)),
    ),
    "List": (_title(), _body(3, "List", BODY_AT, BODY, _level(20))),
    "Table": (
        _title(),
        holder(3, "Table", f'type="tbl" idx="{BODY_AT}"', BODY, "", _level(16)),
        _body(4, "Below the table", NOTE_AT, Box(_LEFT, 440, _INNER, 48), _level(16)),
    ),
}


def _put_shapes(element: BaseOxmlElement, shapes: Iterable[str]) -> None:
    """Put these shapes in the place of all that are there."""
    (tree,) = element.xpath("p:cSld/p:spTree")
    for shape in tree.xpath("p:sp"):
        tree.remove(shape)
    for shape in shapes:
        tree.append(parse_xml(shape))


def _put_styles(master: BaseOxmlElement) -> None:
    """Titles bold, text without bullets on its first level, all at the left in the theme's font and our language."""
    for style, size, bold in (("titleStyle", 26, 1), ("bodyStyle", 18, 0)):
        path = f"p:txStyles/p:{style}"
        for level in master.xpath(f"{path}/*"):
            level.set("algn", "l")
        for font in master.xpath(f"{path}/*/a:defRPr"):
            font.attrib.update({"lang": LANGUAGE, "sz": "1600", "b": str(bold)})
        for level in master.xpath(f"{path}/a:lvl1pPr"):
            level.attrib.update({"marL": "0", "indent": "0"})
        for font in master.xpath(f"{path}/a:lvl1pPr/a:defRPr"):
            font.set("sz", str(size * 100))
        for mark in master.xpath(f"{path}/a:lvl1pPr/a:buFont"):
            mark.getparent().remove(mark)
        for mark in master.xpath(f"{path}/a:lvl1pPr/a:buChar"):
            mark.getparent().replace(mark, parse_xml(f"<a:buNone {nsdecls('a')}/>"))


def _coloured(theme: bytes) -> bytes:
    """A theme with our colours and font in the place of its own."""
    tree = etree.fromstring(theme)
    tree.set("name", PROGRAM_NAME)
    for name, colour in _COLOURS.items():
        for place in tree.iter(qn(f"a:{name}")):
            place.clear()
            etree.SubElement(place, qn("a:srgbClr")).set("val", colour.upper())
    for face in tree.iter(qn("a:latin")):
        face.set("typeface", FONT)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _name_notes_master(made: Deck) -> None:
    """Speaker notes have a master too: made here, and named in the presentation as the standard asks."""
    part = made.notes_master.part
    rel = next(rel for rel in made.part.rels.values() if not rel.is_external and rel.target_part is part)
    names = parse_xml(
        f"<p:notesMasterIdLst {nsdecls('p', 'r')}><p:notesMasterId r:id={quoteattr(rel.rId)}/></p:notesMasterIdLst>"
    )
    made.element.xpath("p:sldMasterIdLst")[0].addnext(names)
    for element in (made.element, made.notes_master.element):
        for words in element.xpath("//a:defRPr | //a:rPr | //a:endParaRPr"):
            words.set("lang", LANGUAGE)


def _leave_out(made: Deck) -> None:
    """Leave out what python-pptx's own template brings from the program that once saved it."""
    package = made.part.package
    for rel in list(package.iter_rels()):
        if rel.reltype == RT.THUMBNAIL:
            package.drop_rel(rel.rId)
        elif rel.reltype == RT.PRINTER_SETTINGS:
            made.part.drop_rel(rel.rId)
        elif rel.reltype == RT.EXTENDED_PROPERTIES:
            rel.target_part.blob = _PROPERTIES
