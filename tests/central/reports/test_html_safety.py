"""Whatever stands in a name or a reason: it is text, and never an element of the page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser

import pytest

from guardian.domain.ladder import Rung
from guardian.domain.snapshot import RestoreFigures
from guardian.reports.html import FORMAT
from tests.central.domain.making import answer, answered, database, of_kind, seen
from tests.central.reports import months
from tests.central.reports.months import EXEMPT, FAIL, PASS, UNKNOWN

PAYLOADS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=`javascript:alert(1)`>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href=data:image/svg+xml,x></use></svg>",
    "</text></svg><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</desc><foreignObject><body onload=alert(1)>",
    "</style><script>alert(1)</script>",
    "<style>*{background:url(//evil.example)}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    '<link rel=attachment href="file:///etc/passwd">',
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<base href=//evil.example/>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=//evil.example><input name=x autofocus onfocus=alert(1)>",
    "<button formaction=javascript:alert(1)>x",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<math><mtext></mtext><a href=javascript:alert(1)>x",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<table background=javascript:alert(1)>",
    "<marquee onstart=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><script>alert(1)</script>'>",
    "<!--><script>alert(1)</script-->",
    "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href=//evil.example?>",
    "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&#x3c;script&#x3e;",
    "\\u003cscript\\u003ealert(1)",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "{{ 7*7 }}",
    "{{ page.__class__.__mro__ }}",
    "{% include '/etc/passwd' %}",
    "{# comment #}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "expression(alert(1))",
    "}*{background:url(//evil.example)}",
    "\x00<script>\x00alert(1)</script>",
    "\x1b]0;owned\x07",
    "\x9b31mred",
    "a\r\nSet-Cookie: x=1\r\n\r\n<script>",
    "\u202egpj.exe\u202c",
    "\u2066\u202e<b>\u2069",
    "\u200b\u200d\ufeff",
    "\u2028\u2029<b>x",
    "\ud800\udfff",
    "\uff1cscript\uff1ealert(1)",
    "a" * 100_000,
    "<b>" * 30_000,
    "Z\u0351\u036b\u0343" * 500,
]


class Elements(HTMLParser):
    """Collects start tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", ()))

    def handle_pi(self, data: str) -> None:
        self.found.append(("pi", ()))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@cache
def restores_of(text: str) -> RestoreFigures:
    """Return figures of restore tests in which every text is this one."""
    asked = (answered(answer(question=text)),)
    doubtful = seen(text, verified=False, unverified_because=text)
    good = seen("database", database=replace(database(), engine=text), answers=asked)
    return RestoreFigures(tests=(of_kind(good, newest=doubtful),))


def page_of(text: str) -> Elements:
    """Build a page in which everything that comes from outside is `text`."""
    asset = months.copy(text, text, text)
    control = f"zz{text}"  # sorts behind the real ones, whatever the text
    findings = [
        months.finding(asset, "backup.fresh", FAIL, text, remedy=text),
        months.finding(asset, control, UNKNOWN, text, remedy=text),
        months.finding(asset, "backup.encrypted", EXEMPT, text, exempt_owner=text),
        months.finding(months.server(text), "agent.reporting", PASS, text),
    ]
    changes = [
        months.change(asset, "backup.fresh", timedelta(days=3), FAIL, text),
        months.change(asset, control, timedelta(days=3), UNKNOWN, text),
    ]
    month = months.month(
        findings,
        changes,
        [months.figures(asset, Rung.OBSERVED, restores=restores_of(text))],
        client_name=text,
        provider_name=text,
        log_root=text,
        key_fingerprint=text,
        language=text,
    )
    parser = Elements()
    parser.feed(FORMAT.render(month).decode("utf-8"))
    parser.close()
    return parser


HARMLESS = page_of("harmless").found


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 60


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_payload_adds_an_element_or_an_attribute(payload: str) -> None:
    assert page_of(payload).found == HARMLESS


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_unseen_is_written(payload: str) -> None:
    written = "".join(page_of(payload).words).replace("\n", "")
    assert written.isprintable()


@pytest.mark.parametrize("payload", PAYLOADS[:60:7])
def test_a_payload_is_shown_as_it_is(payload: str) -> None:
    assert payload in "".join(page_of(payload).words)


def test_the_page_asks_for_nothing() -> None:
    page = FORMAT.render(months.troubled()).decode()
    assert not re.search(r"\b(?:src|href|action|srcset|data)\s*=", page)
    assert not re.search(r"url\((?!#)|@import|<script|javascript:|https?://", page)


def test_the_policy_allows_this_style_alone() -> None:
    page = FORMAT.render(months.troubled()).decode()
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page.replace("&#39;", "'")
    assert " style=" not in page
