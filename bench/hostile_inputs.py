"""What somebody who means harm might send: links, files, what-ifs, messages and requests, made from good ones."""

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from math import inf, nan
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

JUNK = (
    *(
        "",
        " ",
        "\x00",
        "\x00" * 50,
        "nan",
        "inf",
        "-1",
        "0",
        "1e309",
        "9" * 400,
        "-0.0",
        "0x10",
        "true",
        "null",
        "None",
    ),
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "![x](http://evil.example/x.png)",
        "[x](javascript:1)",
    ),
    *("'; DROP TABLE views;--", "{{7*7}}", "${7*7}", "%s%s%n", '=HYPERLINK("http://evil.example")', "@SUM(1)", "|calc"),
    *(
        "../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "C:\\Windows",
        "file:///etc/passwd",
        "\\\\evil\\share",
        "%00",
        "%2500",
    ),
    *(
        "\u202egnp.exe",
        "\ufeff",
        "💥" * 40,
        "e\u0301" * 200,
        "İ",
        "ß",
        "１２３",
        "\u0660\u0661",
        "\r\nSet-Cookie: a=b",
        "a\tb\nc",
    ),
    *(
        ",".join(["358"] * 3000),
        "." * 5000,
        "~" * 5000,
        "a" * 20000,
        "[" * 3000,
        "&" * 300,
        "358",
        "2018",
        "custom",
        "upload",
    ),
    *("2018-13-45", "0001-01-01", "9999-12-31", "10000-01-01", "-2018", "2018.5", "2018-03-31T00:00:00Z"),
)


def _pick(rng: random.Random) -> str:
    return rng.choice(JUNK)


def link(rng: random.Random, good: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """A page and a query string: a good link with some of its parts made bad.

    Args:
        good: pages by their names in their addresses, each with the query string of a link to it.
    """
    page, query = rng.choice(good)
    parts = parse_qsl(query, keep_blank_values=True)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(parts)) if parts else 0
        match rng.randrange(9):
            case 0 | 1 | 2 if parts:
                parts[at] = parts[at][0], _pick(rng)
            case 3 if parts:
                letters = list(parts[at][1] or "x")
                letters[rng.randrange(len(letters))] = chr(
                    rng.choice((0, 10, 37, 44, 46, 126, 0xE9, 0x1F4A5, rng.randint(33, 126)))
                )
                parts[at] = parts[at][0], "".join(letters)
            case 4 if parts:
                parts.insert(rng.randrange(len(parts)), (parts[at][0], _pick(rng)))
            case 5 if parts:
                del parts[at]
            case 6:
                parts.append((_pick(rng), _pick(rng)))
            case 7 if parts:
                parts[at] = parts[at][0], quote(quote(parts[at][1]))
            case _:
                parts += parse_qsl(rng.choice(good)[1], keep_blank_values=True)
    written = urlencode(parts)
    if rng.random() < 0.1:
        written = "".join(rng.choice("&=%+;?#ab\x00é💥0") for _ in range(rng.choice((10, 300, 30_000))))
    return (page if rng.random() < 0.95 else _pick(rng)), written


def changed_bytes(rng: random.Random, content: bytes) -> bytes:
    """Bytes of which some are changed, cut out, doubled or put in."""
    raw = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(raw) + 1)
        match rng.randrange(6):
            case 0 if raw:
                raw[min(at, len(raw) - 1)] = rng.randrange(256)
            case 1:
                del raw[at : at + rng.choice((1, 3, 50, 5000))]
            case 2:
                raw[at:at] = raw[at : at + rng.choice((1, 20, 500))] * rng.choice((1, 3, 200))
            case 3:
                raw[at:at] = _pick(rng).encode()[:5000]
            case 4:
                raw[at:at] = rng.randbytes(rng.choice((1, 8, 300)))
            case _:
                del raw[at:]
    return bytes(raw)


def file(rng: random.Random, good: Sequence[bytes]) -> bytes:
    """A file of plan records that is none: a good one made bad, or one that grows when it is opened."""
    if rng.random() < 0.1:
        return rng.choice(BOMBS)()
    content = rng.choice(good)
    if content[:2] == b"PK" and rng.random() < 0.6:
        return _repacked(rng, content)
    return changed_bytes(rng, content)


def _repacked(rng: random.Random, content: bytes) -> bytes:
    """A workbook of which one part is made bad and packed again, so that what unpacks it sees it."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        bad = rng.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changed_bytes(rng, part) if name == bad else part)
    return made.getvalue()


def _packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return made.getvalue()


_LAUGHS = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
BOMBS: tuple[Callable[[], bytes], ...] = (
    f'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a0 "ha">{_LAUGHS}]><Message>&a9;</Message>'.encode,
    lambda: b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message>&x;</Message>',
    lambda: b"<Message>" + b"<a>" * 200_000,
    lambda: b"<Message " + b" ".join(b'a%d="x"' % at for at in range(50_000)) + b"/>",
    lambda: _packed({"xl/workbook.xml": b"0" * 60_000_000, "[Content_Types].xml": b""}),
    lambda: _packed({f"xl/worksheets/sheet{at}.xml": b"<worksheet/>" for at in range(3000)}),
    lambda: _packed({"../../evil.xml": b"x", "/etc/passwd": b"x"}),
    lambda: ",".join(f"c{at}" for at in range(60_000)).encode() + b"\n",
    lambda: b"child_id,start_date,end_date\n" + b"\x00" * 2_000_000,
    lambda: b"child_id,start_date,end_date\n" + b'"' + b"a" * 3_000_000,
    lambda: b"child_id,start_date,end_date\n" + b",,\n" * 300_000,
    lambda: b"PAR1" + b"\xff" * 5000 + b"\xff\xff\xff\x7fPAR1",
    lambda: b"PK\x03\x04" + b"\x00" * 500,
    lambda: b"\xff\xfe" + "child_id".encode("utf-16-le"),
    lambda: b"",
)


def what_if(rng: random.Random, good: Sequence[str]) -> bytes:
    """A what-if file that is none."""
    if rng.random() < 0.15:
        return rng.choice(YAML_BOMBS)
    lines = rng.choice(good).splitlines()
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                del lines[at]
                lines = lines or ["name: x"]
            case 1:
                lines[at] = lines[at].partition(":")[0] + ": " + _pick(rng)
            case 2:
                lines.insert(at, lines[rng.randrange(len(lines))])
            case 3:
                lines[at] = rng.choice(("  ", "\t", "- ", "? ", "! ", "& ", "* ", "| ")) + lines[at]
            case 4:
                lines.insert(at, f"{_pick(rng)}: {_pick(rng)}")
            case _:
                return changed_bytes(rng, "\n".join(lines).encode())
    return "\n".join(lines).encode(errors="replace")


YAML_BOMBS = (
    b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\n",
    b"name: !!python/object/apply:os.system ['true']\n",
    b"name: !!python/name:os.system\n",
    b"a: " + b"[" * 20_000,
    b"{" * 20_000,
    b"name: " + b"x" * 900_000,
    b"? " * 5000,
    b"a: 0x" + b"f" * 20_000,
    b"a: 1:" + b"59:" * 3000 + b"1",
    b"\xff\xfe\x00",
    b"<<: {name: x}\nname: y",
    b"area: 358\n" * 20_000,
    b"year: 2018-13-45",
    b"name: !!binary //////8=",
    b"",
)


def wrong_states(rng: random.Random, state: WidgetState) -> None:
    """Give a control a state that it cannot have."""
    values: tuple[Callable[[], Any], ...] = (
        lambda: setattr(state, "string_value", _pick(rng)),
        lambda: setattr(state, "int_value", rng.choice((0, -1, 2**62, -(2**62)))),
        lambda: setattr(state, "double_value", rng.choice((nan, inf, -inf, 1e308, -0.0))),
        lambda: setattr(state, "bool_value", True),
        lambda: setattr(state, "trigger_value", True),
        lambda: state.double_array_value.data.extend(rng.choice(((nan,), (inf, -inf), (1e300,) * 5, (), (-5.0,)))),
        lambda: state.int_array_value.data.extend(rng.choice(((2**60,), (-1,), (0,) * 1000, ()))),
        lambda: state.string_array_value.data.extend(rng.choice((("",), (_pick(rng),) * 50, (), ("358", "358")))),
        lambda: setattr(state, "json_value", rng.choice(("{", "null", "[]", '{"a":1}', _pick(rng)))),
        lambda: setattr(state, "bytes_value", rng.randbytes(50)),
        lambda: state.file_uploader_state_value.uploaded_file_info.add(file_id=_pick(rng)[:100], name="x", size=2**63),
        lambda: setattr(state.string_trigger_value, "data", _pick(rng)),
        state.arrow_value.SetInParent,
    )
    for name in [field.name for field, _ in state.ListFields() if field.name != "id"]:
        state.ClearField(name)
    rng.choice(values)()


def message(rng: random.Random, good: bytes, strangers_file: str) -> bytes | str:  # noqa: PLR0912 - kinds of message
    """A message of a page that no page sends: bytes, or text where the protocol has none.

    Args:
        good: a message as the page at hand sends it.
        strangers_file: the name in the server's memory of a file that another reader loaded.
    """
    said = BackMsg.FromString(good)
    run = said.rerun_script
    match rng.randrange(16):
        case 0:
            return rng.randbytes(rng.choice((0, 1, 9, 500, 50_000)))
        case 1 | 2:
            return changed_bytes(rng, good)
        case 3 | 4 | 5 | 6 | 7 if run.widget_states.widgets:
            for _ in range(rng.choice((1, 1, 2, 6))):
                wrong_states(rng, rng.choice(run.widget_states.widgets))
        case 8:
            state = run.widget_states.widgets.add(id=_pick(rng)[:200])
            wrong_states(rng, state)
        case 9:
            run.fragment_id = rng.choice((_pick(rng)[:200], rng.randbytes(16).hex()))
        case 10:
            run.page_script_hash = rng.choice(("", _pick(rng)[:200], rng.randbytes(16).hex()))
            run.page_name = _pick(rng)[:500]
        case 11:
            for state in run.widget_states.widgets:
                if state.WhichOneof("value") in (None, "file_uploader_state_value"):
                    info = state.file_uploader_state_value.uploaded_file_info.add()
                    info.file_id, info.name, info.size = strangers_file, "x.csv", 10
        case 12:
            return _other_kind(rng)
        case 13:
            run.cached_message_hashes.extend(rng.randbytes(16).hex() for _ in range(rng.choice((1, 1000))))
            run.context_info.timezone, run.context_info.locale = _pick(rng)[:200], _pick(rng)[:200]
            run.context_info.url, run.context_info.timezone_offset = _pick(rng)[:200], -(2**31)
        case 14:
            return rng.choice(("", "hello", "{}", b"\x00" * 1_100_000, b"\x0a" * 1_000_001))
        case _:
            run.is_auto_rerun, run.is_history_navigation = True, True
            run.query_string = _pick(rng)
    return bytes(said.SerializeToString())


def _other_kind(rng: random.Random) -> bytes:
    """A message that asks the server for something else than a page."""
    said = BackMsg()
    match rng.randrange(9):
        case 0:
            said.clear_cache = True
        case 1:
            said.set_run_on_save = True
        case 2:
            said.stop_script = True
        case 3:
            said.load_git_info = True
        case 4:
            said.debug_disconnect_websocket = True
        case 5:
            said.debug_shutdown_runtime = True
        case 6:
            said.file_urls_request.request_id = "x"
            said.file_urls_request.file_names.extend([_pick(rng)] * rng.choice((1, 5000)))
        case 7:
            asked = said.backend_operation_request
            asked.request_id, asked.session_id = "x", rng.choice(("", "x" * 36))
            asked.deferred_file.file_id = _pick(rng)[:100]
        case _:
            said.backend_operation_request.install_skills.SetInParent()
    return bytes(said.SerializeToString())


_PATHS = (
    *(
        "/",
        "/what_if",
        "/nothing",
        "/_stcore/metrics",
        "/_stcore/agent/mcp",
        "/_stcore/agent/interact",
        "/_stcore/health",
    ),
    *(
        "/_stcore/script-health-check",
        "/_stcore/host-config",
        "/_stcore/stream",
        "/static/../../../etc/passwd",
        "//evil.example",
    ),
    *("/..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/index.html", "/media/../x", "/media/" + "a" * 64, "/media/x.csv"),
    *(
        "/_stcore/upload_file/x/y",
        "/_stcore/upload_file/../x",
        "/_stcore/upload_file/%2e%2e/%2e%2e",
        "/component/x/../../y",
    ),
    *(
        "/_stcore/bidi-components/../../x",
        "/auth/login",
        "/oauth2callback?code=x&state=y",
        "/auth/logout",
        "/app/static/x",
    ),
    *("/\x00", "/\\evil", "/é", "/" + "a" * 8000, "/%ff%fe", "/health/live", "/health/ready", "/metrics"),
)


def request(rng: random.Random) -> tuple[str, str, list[tuple[bytes, bytes]], bytes]:
    """Method, path, headers and body of a request."""
    method = rng.choice(
        ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "X" * 50)
    )
    path = rng.choice(_PATHS) + (f"?{quote(_pick(rng)[:2000])}" if rng.random() < 0.3 else "")
    host = (
        b"localhost"
        if rng.random() < 0.7
        else rng.choice((b"", b"evil.example", b"localhost:x", b"a@localhost", b"\xff", b"[::"))
    )
    headers = [(b"host", host)]
    for name in (
        b"origin",
        b"referer",
        b"cookie",
        b"range",
        b"content-length",
        b"x-forwarded-for",
        b"x-xsrftoken",
        b"accept",
    ):
        if rng.random() < 0.25:
            headers.append(
                (name, _pick(rng).encode("latin-1", "replace")[:3000].replace(b"\r", b"").replace(b"\n", b""))
            )
    if rng.random() < 0.2:
        headers.append((b"origin", rng.choice((b"http://evil.example", b"null", b"http://localhost"))))
    return method, path, headers, rng.randbytes(rng.choice((0, 0, 10, 5000)))
