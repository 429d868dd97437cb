"""The PDF as others see it: two checkers of accessibility, a reader of text, a hostile page."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import threading
from dataclasses import replace

import page
import pdfua
import pikepdf
import pytest
import weasyprint

from guardian.errors import ReportError
from guardian.reports import json as facts
from guardian.reports import pdf
from tests.central.reports import months

pytestmark = pytest.mark.tools

EVIDENCE = b'{"evidence": true}\n'


@pytest.fixture(scope="module", params=["en", "ru"])
def month(request):
    return replace(months.troubled(), language=request.param, checkpoint="guardian/acme\n1\nAA==\n")


@pytest.fixture(scope="module")
def made(month) -> bytes:
    return pdf.FORMAT.render(month)


@pytest.mark.parametrize("profile", ["ua1", "3a"])
def test_a_first_checker_finds_it_accessible_and_fit_for_archives(made, profile):
    report = page.validate_pdf_bytes(made, profile=profile)
    found = [each.rule_id for each in report.failures]
    # It takes a carriage return that ends a compressed stream for a part of the line's end.
    if b"\r\nendstream" in made:
        found = [rule for rule in found if rule != "PDFA3A-STREAM-LENGTH-001"]
    assert found == []


def test_a_second_checker_has_nothing_to_say(made, tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(made)
    assert [each.rule_id for each in pdfua.validate(str(file)).findings] == []


def test_the_checkers_find_what_is_wrong():
    """A checker that says nothing of a page without tags would say nothing of ours."""
    plain = weasyprint.HTML(string="<img alt=x><h3>x</h3>").write_pdf()
    assert not page.validate_pdf_bytes(plain, profile="ua1").is_compliant


def test_the_facts_are_attached(month, made):
    with pikepdf.open(io.BytesIO(made)) as read:
        (name, attached), *more = read.attachments.items()
        assert (name, more) == (pdf.EVIDENCE, [])
        assert attached.get_file().read_bytes() == facts.FORMAT.render(month)
        assert attached.obj["/AFRelationship"] == "/Data"
        assert json.loads(attached.get_file().read_bytes())["proof"]["checkpoint"]


def test_it_says_whose_it_is_and_bears_one_date(month, made):
    with pikepdf.open(io.BytesIO(made)) as read:
        assert str(read.Root.Lang) == month.language
        assert "ACME GmbH" in str(read.docinfo.Title)
        assert str(read.docinfo.CreationDate) == str(read.docinfo.ModDate)
        assert str(read.docinfo.CreationDate).startswith("D:20261202060000")


def test_the_chart_is_said_in_words(made):
    with pikepdf.open(io.BytesIO(made)) as read:
        said = [
            str(each.Alt)
            for each in read.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
        ]
    assert len(said) == 1
    assert said[0]


def test_every_page_is_numbered_and_nothing_is_without_a_letter(month, made):
    pages = text_of(made).split("\f")[:-1]
    for number, text in enumerate(pages, 1):
        assert text.rstrip().replace(" ", "").endswith(f"{number}/{len(pages)}")
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(pages)
    title = {"en": "If a server died now", "ru": "Если бы сервер погиб сейчас"}[month.language]
    assert title in pages[0]


def text_of(document: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=document, capture_output=True, check=True
    )
    return done.stdout.decode()


LINKS = (
    "<link rel=attachment href='{}'>",
    "<a rel=attachment href='{}'>x</a>",
    "<link rel=stylesheet href='{}'>",
    "<style>@import url('{}');</style>",
    "<style>@font-face {{ font-family: x; src: url('{}') }} p {{ font-family: x }}</style><p>x",
    "<p style=\"background: url('{}')\">x",
    "<p style=\"content: url('{}')\">x",
    "<img src='{}'>",
    "<object data='{}'>x</object>",
    "<embed src='{}'>",
    "<svg><image href='{}' width=9 height=9 /></svg>",
    "<svg><use href='{}' /></svg>",
)


@pytest.fixture
def listening():
    """Listen where a fetcher would come; yield the URL and who came."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def accept() -> None:
            while not over.is_set():
                try:
                    came.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", came
        over.set()
        thread.join()


def test_the_engine_fetches_nothing(tmp_path, listening):
    """Even elements of the page itself get nothing from the disk and nothing from the network."""
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>hunter2</text></svg>")
    url, came = listening
    opened: list[str] = []
    _watch(opened)

    for target in (secret.as_uri(), url):
        document = "<html lang=en><title>x</title>" + "".join(link.format(target) for link in LINKS)
        made = pdf.printed(document, EVIDENCE, months.BUILT)
        with pikepdf.open(io.BytesIO(made)) as read:
            assert list(read.attachments) == [pdf.EVIDENCE]
        assert "hunter2" not in text_of(made)

    assert came == []
    assert [path for path in opened if "secret" in path] == []


def test_an_engine_that_may_fetch_does(tmp_path):
    """What the test above would see if nothing were refused."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    link = f"<link rel=attachment href='{secret.as_uri()}'>"
    with pikepdf.open(io.BytesIO(weasyprint.HTML(string=link).write_pdf())) as read:
        assert len(read.attachments) == 1


_OPENED: list[list[str]] = []


def _watch(opened: list[str]) -> None:
    """Note every file that Python opens from now on; an audit hook stays for good."""
    if not _OPENED:
        sys.addaudithook(
            lambda event, given: (
                _OPENED[-1].append(str(given[0])) if event == "open" and _OPENED else None
            )
        )
    _OPENED.append(opened)


def test_without_the_engine_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(ReportError, match=r"install guardian\[pdf\]"):
        pdf.FORMAT.render(months.troubled())
