"""Strings made to break whoever shows them: refused in a configuration, harmless in a statement."""

from __future__ import annotations

import html.parser
import json
import time
import unicodedata
from datetime import UTC, datetime

import pytest
from guardian_agent.wire.encode import moment
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.adversary import Adversary, central, counted, post, promtool, request, scrape
from tests.world.serving import serving

pytestmark = pytest.mark.tools

HOSTILE = (
    "\x1b]0;owned\x07",
    "\x9b31mred",
    "two\nlines",
    '"},status="pass"} 1\n# ',
    "\u202egnp.exe",
    "<script>alert(1)</script>",
    "half \ud800 a character",
    "nul\x00",
    "../../../etc/passwd",
    "{{ 7 * 7 }} %s %n [red]",
    "long" * 25_000,
)
"""Escape codes (C0, C1), line breaks, ends of labels, direction, markup, templates, paths, size."""

SECONDS = 30
CLIENT = """
[client]
id = {id}
name = {name}
[[server]]
id = "web1"
"""


@pytest.fixture(scope="module")
def guardian(tmp_path_factory):
    made = central(
        tmp_path_factory.mktemp("strings"), ("acme", "web1"), ("umbrella", "mail1"), judging="1s"
    )
    with serving(made):
        yield made


@pytest.fixture(scope="module")
def acme(guardian):
    return Adversary(guardian, guardian.servers[0])


@pytest.fixture(scope="module")
def umbrella(guardian):
    made = Adversary(guardian, guardian.servers[1])
    unheard = of_client(guardian, "umbrella")
    made.send()
    await_change(guardian, "/metrics/clients/umbrella", unheard)
    return made


IDS = ('"\\ud800"', '"a\\nb"', '"a\\n"', "'\"'", '"a\\"b"', f'"{"a" * 100_000}"', '""', '"../x"')
NAMES = ('"\\ud800"', '"a\\nb"', '"\\u001b[31m"', '"\\u202e"', f'"{"a" * 100_000}"', '" "')


@pytest.mark.parametrize("id_", IDS, ids=range(len(IDS)))
def test_a_client_with_a_hostile_id_cannot_be_configured(tmp_path, id_):
    assert_not_configured(central(tmp_path), CLIENT.format(id=id_, name='"ACME"'), "id")


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_client_with_a_hostile_name_cannot_be_configured(tmp_path, name):
    assert_not_configured(central(tmp_path), CLIENT.format(id='"acme"', name=name), "name")


def assert_not_configured(guardian, text, key):
    """Each command says where the fault lies, in a few plain words, and does nothing."""
    configure(guardian, text)
    for command in (("config", "check"), ("check",), ("serve",)):
        done = guardian(*command)

        assert done.status == 2, done
        assert done.output == ""
        assert "clients.d/acme.toml" in done.errors
        assert f"$.client.{key}: " in done.errors or "line " in done.errors
        assert len(done.errors) < 500
        assert_harmless(done.errors)


def configure(guardian, text):
    folder = guardian.folder / "clients.d"
    folder.mkdir(exist_ok=True)
    (folder / "acme.toml").write_text(text, encoding="utf-8")


def test_a_quoted_display_name_is_text_everywhere(tmp_path):
    made = central(tmp_path)
    name = '"ACME \\"<b>&\\\\ GmbH {{ 7*7 }}"'
    configure(made, CLIENT.format(id='"acme"', name=name))

    assert made("config", "check").status == 0
    assert '"<b>&\\ GmbH {{ 7*7 }}' in made("status").output
    assert "<b>" not in report(made, "acme")


def test_every_string_of_a_statement_is_refused_or_harmless(guardian, acme, umbrella):
    before, log = of_client(guardian, "umbrella"), logged(guardian)
    sent = [post(guardian, acme.signed(json.dumps(body)))[0] for body in hostile_bodies(acme)]

    assert set(sent) == {400}
    assert counted(guardian)["malformed"] >= len(sent)
    assert_everything_can_be_shown(guardian)
    assert of_client(guardian, "umbrella") == before
    assert len(logged(guardian)) - len(log) >= len(sent)


def hostile_bodies(acme):
    """Yield the next statement with each hostile string in each place that takes a string."""
    for text in HOSTILE:
        for place in ("client", "agent", "boot_id", "wall_time", "agent_version", "previous"):
            yield acme.body(**{place: text})
        for fact in facts(text):
            yield acme.body(observations=[fact])
        yield acme.body(failures=[{"probe": text, "reason": "timeout"}])
        yield acme.body(failures=[{"probe": "restic", "reason": text}])


def facts(text):
    """Return facts whose names, words and kinds are this text."""
    now = moment(datetime.now(UTC))  # noqa: TID251
    whose = {"backup_set": "files", "copy": "local"}
    encryption = {"kind": "copy_encryption", **whose, "state": "encrypted", "rule": "restic-format"}
    listing = {"kind": "restore_points", **whose, "tool": "restic", "total": 0, "points": []}
    exposure = {"kind": "exposure", "name": "x", "scanned_at": now, "complete": True}
    counts = {"kind": "csv", "state": "plaintext", "files": 1, "bytes": 1}
    return [
        {"kind": text},
        {**encryption, "backup_set": text},
        {**encryption, "copy": text},
        {**encryption, "rule": text},
        {**encryption, "state": text},
        {**listing, "tool": text},
        {**listing, "tool_version": text},
        {**listing, "total": 1, "points": [{"id": text, "started_at": now}]},
        {**exposure, "reason": "none", "counts": [], "name": text},
        {**exposure, "reason": "none", "counts": [{**counts, "kind": text}]},
        {**exposure, "reason": text, "counts": []},
    ]


def test_what_a_statement_may_say_at_most_is_shown_without_harm(guardian, acme, umbrella):
    before = of_client(guardian, "umbrella")
    heard = scrape(guardian, "/metrics/clients/acme")
    longest, name = "a" + "+" * 39, "z" + "-" * 61 + "z"
    now = moment(datetime.now(UTC))  # noqa: TID251
    kinds = [
        {"kind": f"{n}{'_' * 30}", "state": "plaintext", "files": n + 1, "bytes": 2**63 - 1}
        for n in range(200)
    ]
    exposure = {"kind": "exposure", "scanned_at": now, "complete": True, "reason": "none"}
    listing = {"kind": "restore_points", "backup_set": name, "copy": name, "tool": longest}
    unknown = [
        {"kind": f"{n}{longest}"[:40], "text": "\x1b]0;owned\x07\n\u202e"} for n in range(50)
    ]

    acme.send(
        agent_version=longest,
        observations=[
            *unknown,
            {**exposure, "name": name, "counts": kinds},
            {**listing, "total": 2**63 - 1, "points": [], "tool_version": longest},
        ],
    )

    await_change(guardian, "/metrics/clients/acme", heard)
    assert_everything_can_be_shown(guardian)
    assert of_client(guardian, "umbrella") == before


def test_what_is_asked_for_is_one_line_of_the_log(guardian):
    log = logged(guardian)
    paths = (
        "/%0d%0a{%22event%22:%22stopped%22}",
        "/%1b]0;owned%07",
        "/%e2%80%ae",
        "/" + "x" * 9000,
    )

    for path in paths:
        assert request(guardian, "GET", path)[0] == 404

    # A line is written after its answer: wait for the last, and pass over that of earlier requests.
    deadline = time.monotonic() + SECONDS
    while len(new := _not_found(logged(guardian)[len(log) :])) < len(paths):
        assert time.monotonic() < deadline
    assert len(new) == len(paths)
    assert max(len(line["path"]) for line in new) <= 200


def _not_found(lines):
    assert {line["event"] for line in lines} <= {"request"}
    return [line for line in lines if line["status"] == 404]


def assert_everything_can_be_shown(guardian):
    text = scrape(guardian)
    assert promtool(text) == ""
    families = {family.name: family for family in text_string_to_metric_families(text)}
    (errors,) = families["guardian_exposition_errors"].samples
    assert errors.value == 0
    for words in (("status",), ("check",), ("agent", "list"), ("audit", "verify")):
        for output in ("table", "json", "csv"):
            done = guardian(*words, *(("--output", output) if output != "table" else ()))
            assert done.status in (0, 1, 3), done
            assert_harmless(done.output + done.errors)
    for client in ("acme", "umbrella"):
        assert_harmless(report(guardian, client))
    logged(guardian)


def assert_harmless(text):
    """Nothing in it commands a terminal, breaks a line oddly, or turns the direction."""
    bad = {
        c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }
    assert not bad


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def report(guardian, client):
    """Build this month's report and return its text, which runs no script."""
    month = f"{datetime.now(UTC):%Y-%m}"  # noqa: TID251
    out = guardian.folder / "reports"
    guardian("report", "build", client, "--month", month, "--out", str(out)).checked()
    text = (out / f"{client}-{month}.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert "script" not in page.tags
    return text


def of_client(guardian, client):
    return scrape(guardian, f"/metrics/clients/{client}")


def logged(guardian):
    """Return the log's lines, each of which must be one JSON object of plain ASCII."""
    raw = (guardian.folder / "serve.log").read_bytes()
    assert all(byte == 10 or 32 <= byte < 127 for byte in raw)
    return [json.loads(line) for line in raw.decode().splitlines()]


def await_change(guardian, path, before):
    """Wait until central has judged what came."""
    deadline = time.monotonic() + SECONDS
    while scrape(guardian, path) == before:
        assert time.monotonic() < deadline, "never judged"
        time.sleep(0.1)
