"""The files of deploy/ agree with each other and with the program, and the proxy does what they say."""

import gzip
import http.client
import json
import re
import shlex
import socket
import ssl
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from explorer.__main__ import _parser
from tests import nginx
from tests.deployed import DEPLOY, NAMES, ROOT, asked, filled_in, free_port, proxy_command, proxy_values
from tests.fixtures import shipped_world

CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
TEMPLATE = (DEPLOY / "nginx.conf.template").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
SETTINGS = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
MEGABYTE = 2**20
ROOM = 300  # people in a committee room and its gallery who open the link at once
ASKS = 8  # requests of a page that is opened, without the browser's part of it


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word}\s+(.+)$", CONTAINERFILE, re.MULTILINE)


# --- The images


def test_every_image_is_named_from_outside_with_its_digest() -> None:
    assert set(instructions("FROM")) == {
        "${PYTHON_IMAGE} AS packages",
        "${NGINX_IMAGE} AS proxy",
        "${PYTHON_IMAGE} AS app",
    }
    assert instructions("ARG") == ["PYTHON_IMAGE", "NGINX_IMAGE"], "a default would be built on without being looked at"
    pin = (DEPLOY / "pin.sh").read_text(encoding="utf-8")
    for name in ("PYTHON_IMAGE", "NGINX_IMAGE", "POSTGRES_IMAGE"):
        assert f'"{name} docker.io/library/' in pin
        assert f"{name}:?" in (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert "{{.Manifest.Digest}}" in pin


def test_everything_that_is_copied_is_there_and_let_through() -> None:
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    sources = [word for line in instructions("COPY") if "--from=" not in line for word in line.split()[:-1]]
    assert {"explorer", "config", "data", "streamlit_app.py"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source in let_through, f"{source} is copied and not let through"
    assert let_through <= set(sources), "something is let through that no image needs"


def test_packages_are_held_to_hashes_and_nothing_is_compiled() -> None:
    (install,) = (line for line in instructions("RUN") if " install " in line)
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    last = CONTAINERFILE.rpartition("\nFROM ")[2]
    assert " install " not in last
    assert "uninstall" in last


def test_the_command_of_the_image_is_one_that_the_program_knows() -> None:
    command = json.loads(instructions("CMD")[-1])
    assert command[:3] == ["python", "-m", "explorer"]
    options = _parser().parse_args(command[3:])
    (port,) = instructions("EXPOSE")
    assert (options.host, options.port, options.replica, options.log) == ("0.0.0.0", int(port), True, "json")
    (check,) = instructions("HEALTHCHECK")
    asked_for = re.search(r"http://localhost:(\d+)(/[\w/]+)", check)
    assert asked_for
    assert (asked_for[1], asked_for[2]) == (port, "/health/ready")
    for replica in ("ONE", "TWO"):
        assert SERVICES["proxy"]["environment"][f"EXPLORER_REPLICA_{replica}"].endswith(f":{port}")


def test_nobody_is_root_and_nothing_can_be_written() -> None:
    users = instructions("USER")
    assert users
    assert all(not user.startswith(("0", "root")) for user in users)
    for name, service in SERVICES.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"mem_limit", "cpus", "pids_limit", "restart", "tmpfs"} <= set(service), name
    environment = dict(re.findall(r"(\w+)=(\S+)", instructions("ENV")[0]))
    assert environment["OPENBLAS_NUM_THREADS"] == "1"
    assert not [name for name in environment if name.startswith("MALLOC")], "memory is settled in serving_command alone"


# --- The services


def test_the_replicas_are_alike_and_share_secrets_and_data() -> None:
    one, two = ({**SERVICES[f"replica-{name}"]} for name in NAMES)
    addresses = [replica.pop("networks")["inside"]["ipv4_address"] for replica in (one, two)]
    assert one == two
    assert len(set(addresses)) == 2
    told = SERVICES["proxy"]["environment"]
    assert [told["EXPLORER_REPLICA_ONE"], told["EXPLORER_REPLICA_TWO"]] == [f"{address}:8501" for address in addresses]
    assert one["environment"]["FORWARDED_ALLOW_IPS"] == SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    assert "ports" not in one, "replicas are reached through the proxy alone"


def test_secrets_are_files_that_the_script_makes_and_nothing_keeps_in_history() -> None:
    script = (DEPLOY / "secrets.sh").read_text(encoding="utf-8")
    for secret in COMPOSE["secrets"].values():
        assert Path(secret["file"]).name in script
    assert "secrets/" in (DEPLOY / ".gitignore").read_text(encoding="utf-8").splitlines()
    words = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"PASSWORD:|COOKIE_SECRET:|EXPLORER_DATABASE_URL:", words)


@pytest.mark.parametrize("script", sorted(DEPLOY.glob("*.sh")), ids=lambda script: script.name)
def test_scripts_are_understood_and_can_be_run(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)
    assert script.stat().st_mode & 0o100
    assert "set -eu" in script.read_text(encoding="utf-8")


def test_secrets_are_drawn_once_and_kept(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_text((DEPLOY / "secrets.sh").read_text(encoding="utf-8"), encoding="utf-8")
    seen = []
    for _ in range(2):
        subprocess.run(["sh", script], check=True, stdout=subprocess.DEVNULL)
        seen.append({file.name: file.read_text(encoding="utf-8") for file in (tmp_path / "secrets").iterdir()})
    assert seen[0] == seen[1]
    assert re.fullmatch(r"[0-9a-f]{64}", seen[0]["database_password"])
    assert seen[0]["database_password"] in seen[0]["database_address"]
    cookie = tomllib.loads(seen[0]["secrets.toml"])["auth"]["cookie_secret"]
    assert cookie != seen[0]["database_password"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def test_a_replica_has_time_to_finish_with_its_readers() -> None:
    stop = shipped_world().config.serving.stop
    most = shipped_world().config.serving.safety.most_open.value
    needed = stop.grace.value + most / stop.handed_over.value + 10
    for name in NAMES:
        assert float(SERVICES[f"replica-{name}"]["stop_grace_period"].rstrip("s")) > needed


def test_a_replica_has_the_memory_that_its_settings_let_it_take() -> None:
    files = shipped_world().config.serving.files
    program, temporary = 450, 512
    needed = program + files.megabytes.value * files.at_once.value + files.held.value + temporary
    for name in NAMES:
        assert f"/tmp:size={temporary}m,mode=1777" in SERVICES[f"replica-{name}"]["tmpfs"]
        assert float(SERVICES[f"replica-{name}"]["mem_limit"].rstrip("m")) >= needed


def test_the_rolling_restart_waits_for_each_replica() -> None:
    words = shlex.split((DEPLOY / "restart.sh").read_text(encoding="utf-8"), comments=True)
    at = words.index("replica-one")
    assert words[at + 1].rstrip(";") == "replica-two"
    assert words.index("stop", at) < words.index("--wait", at)


def test_an_upgrade_of_the_program_makes_no_new_proxy() -> None:
    """It would cut every conversation off, and with them what readers moved."""
    assert "${EXPLORER_VERSION" not in json.dumps(SERVICES["proxy"])
    words = (DEPLOY / "restart.sh").read_text(encoding="utf-8")
    (line,) = (line for line in words.splitlines() if line.startswith("compose up") and line.endswith("proxy"))
    assert "--no-recreate" in line
    example = (DEPLOY / "deployment.env.example").read_text(encoding="utf-8")
    for name in re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")):
        assert name.endswith("_IMAGE") or f"\n{name}=" in example, name


# --- The proxy's words


def test_files_are_as_large_as_the_program_takes_them() -> None:
    most = SETTINGS["server"]["maxUploadSize"]
    assert SERVICES["proxy"]["environment"]["EXPLORER_MOST_UPLOAD"] == f"{most + 1}m"
    assert TEMPLATE.count("${EXPLORER_MOST_UPLOAD}") == 1, "nothing but a file may be as large"


def test_a_committee_room_behind_one_address_is_let_in() -> None:
    bursts = [int(burst) for burst in re.findall(r"limit_req zone=asking burst=(\d+) nodelay", TEMPLATE)]
    assert bursts
    assert all(burst >= ROOM * ASKS for burst in bursts)
    everywhere = re.findall(r"limit_conn open (\d+);", TEMPLATE)
    assert len(set(everywhere)) == 1
    assert int(everywhere[0]) >= ROOM * 7, "a browser has six connections, and one for its conversation"
    assert "ip_hash" not in re.sub(r"#.*", "", TEMPLATE)


def test_one_address_cannot_take_every_place_of_both_replicas() -> None:
    stream = TEMPLATE.partition("location = /_stcore/stream {")[2].partition("}")[0]
    (most,) = re.findall(r"limit_conn pages (\d+);", stream)
    assert ROOM <= int(most) < 2 * shipped_world().config.serving.safety.most_open.value
    assert "limit_conn open" in stream, "a limit in a place of its own takes those around it away"


def test_the_template_asks_for_what_compose_gives() -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", TEMPLATE))
    given = {name for name in SERVICES["proxy"]["environment"] if name.startswith("EXPLORER_")}
    assert wanted == given


# --- The proxy at work, before replicas that tell who they are


class Replica(ThreadingHTTPServer):
    """In the place of a replica: tells its name and what it was asked, and answers with codes as it is told."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.name, self.codes = name, dict[str, int]()
        self.asked: list[tuple[str, dict[str, str]]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Replica

    def _answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        code = next((code for path, code in self.server.codes.items() if self.path.startswith(path)), 200)
        said = f"{self.server.name} {self.path} {len(body)}".encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_PUT = do_DELETE = _answer  # names that the library calls

    def log_message(self, *_: object) -> None:
        pass


class Proxy:
    def __init__(self, folder: Path, port: int, replicas: dict[str, Replica]) -> None:
        self.folder, self.address, self.replicas = folder, f"http://127.0.0.1:{port}", replicas

    def who(self, path: str, cookie: str) -> tuple[int, str]:
        """Code, and who answered."""
        code, _, content = asked(self.address + path, Cookie=f"explorer_replica={cookie}")
        return code, content.decode().split()[0]


@contextmanager
def _started(folder: Path, listen: str = "", port: int = 0) -> Iterator[Proxy]:
    assert nginx.find(), nginx.MISSING
    replicas = {name: Replica(name) for name in NAMES}
    port = port or free_port()
    ports = {name: replica.server_address[1] for name, replica in replicas.items()}
    values = proxy_values(folder, port, ports, listen)
    (folder / "nginx.conf").write_text(filled_in(TEMPLATE, values), encoding="utf-8")
    with (folder / "nginx.log").open("wb") as log:
        program = subprocess.Popen(proxy_command(folder), stdout=log, stderr=log)
    try:
        _wait(port, program)
        yield Proxy(folder, port, replicas)
    finally:
        program.terminate()
        program.wait(10)
        for replica in replicas.values():
            replica.shutdown()
            replica.server_close()


def _wait(port: int, program: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 20
    while program.poll() is None and time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("nginx did not start")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("proxy")
    (made / "browser" / "static" / "js").mkdir(parents=True)
    (made / "browser" / "static" / "js" / "index.abc.js").write_text("x" * 5000, encoding="utf-8")
    (made / "browser" / "static" / "js" / "index.abc.js.gz").write_bytes(gzip.compress(b"packed beforehand"))
    return made


@pytest.fixture(scope="module")
def started(folder: Path) -> Iterator[Proxy]:
    with _started(folder) as proxy:
        yield proxy


@pytest.fixture
def proxy(started: Proxy) -> Iterator[Proxy]:
    for name in NAMES:  # a replica that said 503 is left alone for two seconds
        until = time.monotonic() + 10
        while started.who("/", name) != (200, name) and time.monotonic() < until:
            time.sleep(0.1)
    for replica in started.replicas.values():
        replica.asked.clear()
    yield started
    for replica in started.replicas.values():
        replica.codes.clear()
        replica.asked.clear()


def test_a_reader_stays_with_one_replica_and_new_ones_are_shared_out(proxy: Proxy) -> None:
    for name in NAMES:
        assert {proxy.who(f"/{page}", name) for page in range(5)} == {(200, name)}
    drawn = set()
    for number in range(40):
        _, headers, content = asked(f"{proxy.address}/{number}")
        cookie = re.fullmatch(r"explorer_replica=(one|two); Path=/; HttpOnly; SameSite=Lax", headers["set-cookie"])
        assert cookie
        assert content.decode().split()[0] == cookie[1]
        drawn.add(cookie[1])
    assert drawn == set(NAMES)
    assert "set-cookie" not in asked(proxy.address, Cookie="explorer_replica=two")[1]
    assert "set-cookie" in asked(proxy.address, Cookie="explorer_replica=three")[1]


def test_who_is_leaving_or_full_passes_its_readers_on(proxy: Proxy) -> None:
    proxy.replicas["one"].codes["/_stcore/stream"] = 503
    assert proxy.who("/_stcore/stream", "one") == (200, "two")


def test_a_file_of_a_session_is_found_where_it_is_and_nobody_is_left_alone_for_that(proxy: Proxy) -> None:
    proxy.replicas["two"].codes |= {"/media/": 404, "/_stcore/upload_file/": 503}
    for _ in range(3):
        assert proxy.who("/media/abc.csv", "two") == (200, "one")
        assert proxy.who("/_stcore/upload_file/s/f", "two") == (200, "one")
        assert proxy.who("/neighbours", "two") == (200, "two")
    assert len([path for path, _ in proxy.replicas["two"].asked if path.startswith("/media/")]) == 3
    proxy.replicas["one"].codes["/media/"] = 404
    assert proxy.who("/media/abc.csv", "two")[0] == 404
    proxy.replicas["two"].codes["/nothing"] = 404
    assert proxy.who("/nothing", "two") == (404, "two")


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/health/ready",
        "/_stcore/metrics",
        "/_stcore/agent/v1/run",
        "/_stcore/agent",
        "/_stcore/script-health-check",
        "//metrics",
        "/./metrics",
        "/x/../metrics",
        "/%6detrics",
    ],
)
def test_what_is_for_the_inside_is_not_there(proxy: Proxy, path: str) -> None:
    assert asked(proxy.address + path)[0] == 404
    assert not any(replica.asked for replica in proxy.replicas.values())


def test_a_monitor_outside_may_ask_whether_it_is_alive(proxy: Proxy) -> None:
    assert proxy.who("/health/live", "one") == (200, "one")


def test_replicas_are_told_who_asks_and_not_what_somebody_claims(proxy: Proxy) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "Forwarded": "for=203.0.113.9"}
    asked(f"{proxy.address}/x", Cookie="explorer_replica=one", **claimed)
    (_, told) = proxy.replicas["one"].asked[-1]
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert "forwarded" not in told
    assert told["host"] == proxy.address.removeprefix("http://")


def put(address: str, size: int) -> int:
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=20)
    connection.putrequest("PUT", where.path)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    if size < MEGABYTE:
        connection.send(b"x" * size)
    answer = connection.getresponse()
    connection.close()
    return answer.status


def test_nothing_but_a_file_is_large_and_a_file_not_too_large(proxy: Proxy) -> None:
    most = SETTINGS["server"]["maxUploadSize"] + 1
    assert put(f"{proxy.address}/_stcore/upload_file/s/f", 100_000) == 200
    assert put(f"{proxy.address}/_stcore/upload_file/s/f", most * MEGABYTE + 1) == 413
    assert put(f"{proxy.address}/anything", 100_000) == 413


def test_the_browsers_part_is_packed_beforehand_and_kept_by_browsers(proxy: Proxy) -> None:
    path = f"{proxy.address}/static/js/index.abc.js"
    code, headers, content = asked(path, **{"Accept-Encoding": "gzip"})
    assert (code, gzip.decompress(content)) == (200, b"packed beforehand")
    assert headers["cache-control"] == "public, immutable, max-age=31536000"
    assert headers["x-content-type-options"] == "nosniff"
    assert asked(path)[2] == b"x" * 5000
    assert not any(replica.asked for replica in proxy.replicas.values())
    assert proxy.who("/static/js/of-another-version.js", "two") == (200, "two")


def test_headers_of_the_program_are_not_doubled(proxy: Proxy) -> None:
    _, headers, _ = asked(f"{proxy.address}/", Cookie="explorer_replica=one")
    assert not {"x-content-type-options", "content-security-policy", "strict-transport-security"} & set(headers)


def test_a_room_opens_at_once_and_a_flood_is_told_to_wait(proxy: Proxy) -> None:
    with ThreadPoolExecutor(32) as pool:
        codes = list(pool.map(lambda number: asked(f"{proxy.address}/health/live?{number}")[0], range(1000)))
    assert set(codes) == {200}


def test_the_log_has_no_address_and_nothing_behind_the_question_mark(proxy: Proxy) -> None:
    asked(f"{proxy.address}/metrics/of?child=Ann")
    until = time.monotonic() + 5
    told: list[dict[str, Any]] = []
    while not told and time.monotonic() < until:
        lines = (proxy.folder / "nginx.log").read_text(encoding="utf-8").splitlines()
        told = [json.loads(line) for line in lines if "GET /metrics/of" in line]
    assert told[0]["status"] == 404
    assert {"time", "logger", "event", "ms", "replica"} <= set(told[0])
    assert "127.0.0.1" not in json.dumps(told[0])
    assert not any("Ann" in line for line in lines)


def test_without_its_replica_a_reader_is_served_by_the_other(tmp_path: Path) -> None:
    with _started(tmp_path) as proxy:
        gone = proxy.replicas["one"]
        gone.shutdown()
        gone.server_close()
        for path in ("/", "/_stcore/health", "/_stcore/stream", "/media/x", "/_stcore/upload_file/s/f"):
            assert proxy.who(path, "one") == (200, "two")


def test_with_a_certificate_the_proxy_encrypts_and_says_so(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        shlex.split(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost "
            "-addext subjectAltName=DNS:localhost "
            f"-keyout {key} -out {certificate}"
        ),
        check=True,
        capture_output=True,
    )
    port = free_port()
    listen = (DEPLOY / "listen-tls.conf").read_text(encoding="utf-8").replace("8443", f"127.0.0.1:{port}")
    for secret, file in (("certificate_key", key), ("certificate", certificate)):
        listen = listen.replace(f"/run/secrets/{secret};", f"{file};")
    with _started(tmp_path, listen, port) as proxy:
        trusted = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(f"https://localhost:{port}/x", context=trusted, timeout=20) as answer:
            assert answer.status == 200
        plain = http.client.HTTPConnection("localhost", port, timeout=20)
        plain.request("GET", "/x?a=b")
        sent_on = plain.getresponse()
        assert (sent_on.status, sent_on.getheader("location")) == (301, f"https://localhost:{port}/x?a=b")
        plain.close()
        told = next(told for replica in proxy.replicas.values() for _, told in replica.asked)
        assert told["x-forwarded-proto"] == "https"


# --- What was measured


def test_no_reader_of_a_killed_replica_was_lost_and_what_was_missed_is_told() -> None:
    held = json.loads((ROOT / "bench" / "results" / "replicas.json").read_text(encoding="utf-8"))
    found = held["seconds_from_the_kill"]
    assert len(found["browser"]["whole"]) >= 3
    crowds = [crowd for name, crowd in found.items() if name != "browser"]
    assert max(crowd["struck"] for crowd in crowds) >= 5
    assert all(not crowd["lost"] and len(crowd["stands"]) == crowd["struck"] for crowd in crowds)
    assert all(bar["met"] == (bar["found"] <= bar["most"]) for bar in held["bars"])
    (slowest,) = (bar for bar in held["bars"] if "browser" in bar["what"])
    assert slowest["found"] == max(found["browser"]["whole"])


def test_the_browsers_part_can_be_packed(tmp_path: Path) -> None:
    pack = [sys.executable, str(DEPLOY / "pack_static.py"), str(tmp_path)]
    said = subprocess.run(pack, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d+ files packed\n", said.stdout)
    scripts = list((tmp_path / "static").rglob("index.*.js"))
    assert scripts
    assert all(file.with_name(f"{file.name}.gz").stat().st_size < file.stat().st_size for file in scripts)
