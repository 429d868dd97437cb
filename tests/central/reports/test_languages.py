"""The report in Russian: plurals, dates, numbers; no sentence forgotten, no name translated."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from guardian_agent.wire.observations import Reason

import guardian
from guardian.checks import load
from guardian.domain import personal_words, reach_words, readers, setting_words
from guardian.reports.html import FORMAT
from guardian.reports.html.tongue import languages, tongue
from tests.central.reports import months

RUSSIAN = tongue("ru")
HOME = Path(guardian.__file__).parent
TEMPLATES = HOME / "reports" / "html" / "templates"
HOLE = re.compile(r"\{[a-z]+[0-9]*\}")


def catalogue(language: str):
    file = HOME / "reports" / "locale" / language / "LC_MESSAGES" / "guardian.po"
    with file.open("rb") as read:
        return [message for message in read_po(read, locale=language) if message.id]


def forms(text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("0 files", "0 файлов"),
        ("1 file", "1 файл"),
        ("2 files", "2 файла"),
        ("4 files", "4 файла"),
        ("5 files", "5 файлов"),
        ("11 files", "11 файлов"),
        ("12 files", "12 файлов"),
        ("21 files", "21 файл"),
        ("22 files", "22 файла"),
        ("111 files", "111 файлов"),
        ("1,204 files", "1 204 файла"),
        ("8,340,211 rows", "8 340 211 строк"),
        ("1 check", "1 проверка"),
        ("3 checks", "3 проверки"),
    ],
)
def test_plurals(english: str, russian: str) -> None:
    assert RUSSIAN.say(english) == russian


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        ("9 Mar 2026, 07:05", "9 мар. 2026, 07:05"),
        ("2026-11-21 07:00 UTC", "21 нояб. 2026, 07:00 UTC"),
        ("31 May 2027", "31 мая 2027"),
        ("2026-12-31", "31 дек. 2026"),
        ("November 2026", "ноябрь 2026"),
        ("99.9 %", "99,9 %"),
        ("0 %", "0 %"),
        ("1,204.5", "1 204,5"),
        ("1.9 GB", "1,9 ГБ"),
        ("71.5 kB", "71,5 кБ"),
        ("1 day 14 h", "1 день 14 ч"),
        ("2 days 4 h", "2 дня 4 ч"),
        ("5 days", "5 дней"),
        ("92 d", "92 дня"),
        ("12 min 14 s", "12 мин 14 с"),  # noqa: RUF001 - seconds in Russian
        ("under a second", "меньше секунды"),
    ],
)
def test_times_and_numbers(english: str, russian: str) -> None:
    assert RUSSIAN.say(english) == russian


@pytest.mark.parametrize("nothing", ["31 Foo 2026", "2026-13-40", "41 Feb 2026, 99:99", "1 parsec"])
def test_what_is_no_time_stays(nothing: str) -> None:
    assert RUSSIAN.say(nothing) is None


def test_a_sentence_with_everything_in_it() -> None:
    said = RUSSIAN.say(
        "Newest complete restore point is 31 h old, 26 h allowed; the newest look at it failed "
        "(restic: wrong password)"
    )
    assert said == (
        "Последней полной точке восстановления 31 ч, допускается 26 ч; последний просмотр не "
        "удался (restic: неверный пароль)"
    )


def test_a_name_that_is_a_word_stays_a_name() -> None:
    assert RUSSIAN.place("none, sample, copy archive") == "none, sample, копия archive"
    assert RUSSIAN.say("database was never scanned") == "database: ни разу не сканировалось"


@pytest.mark.parametrize("text", ["", "x", "a b c", "{n} files", "n файлов", "\x00", "; ; ;"])
def test_what_nobody_translated_is_left_alone(text: str) -> None:
    assert RUSSIAN.say(text) in (None, "")


def test_an_unknown_sentence_is_marked_as_english() -> None:
    found = months.finding(months.WEB, "agent.clock", months.FAIL, "it <b>ticks</b> oddly")
    page = FORMAT.render(months.month([found], language="ru")).decode()
    assert '<span lang="en">It &lt;b&gt;ticks&lt;/b&gt; oddly</span>' in page


@pytest.mark.parametrize("language", ["", "de", "../ru", "ru/..", "en"])
def test_a_language_without_a_catalogue_is_english(language: str) -> None:
    page = FORMAT.render(months.month([], language=language)).decode()
    assert '<html lang="en">' in page
    assert "Open risks" in page


def test_there_is_russian() -> None:
    assert "ru" in languages()


@pytest.mark.parametrize("language", languages())
def test_a_catalogue_is_whole(language: str) -> None:
    for message in catalogue(language):
        assert all(forms(message.string)), message.id
        assert not message.fuzzy, message.id
        holes = set(HOLE.findall(" ".join(forms(message.id))))
        for form in forms(message.string):
            assert set(HOLE.findall(form)) <= holes, message.id


CALLS = re.compile(r'_\(\s*"((?:[^"\\]|\\.)*)"|_n\(\s*"([^"]*)",\s*"([^"]*)"')


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda file: file.name)
def test_every_text_of_a_template_is_in_the_catalogue(template: Path) -> None:
    known = {form for message in catalogue("ru") for form in forms(message.id)}
    asked = [text for call in CALLS.findall(template.read_text("utf-8")) for text in call if text]
    assert [text for text in asked if text not in known] == []


def test_every_control_is_said_in_russian() -> None:
    for check in load():
        for text in (check.title, check.why, check.remedy):
            assert RUSSIAN.say(text.replace("`", "")) is not None, text


def test_every_word_that_a_server_may_state_is_said_in_russian() -> None:
    said = [reason.value.replace("_", " ") for reason in Reason]
    said += [*readers.DOORS.values(), *readers.HELD.values(), *readers.FETCHED.values()]
    said += setting_words.FAULTS.values()
    for number in (1, 3):
        said += [reach_words.ways_in([(way, number)]) for way in reach_words.WAYS]
        said += [personal_words.kinds_found([(kind, number)]) for kind in personal_words.KINDS]
    assert [text for text in said if RUSSIAN.say(text) is None] == []


JUDGING = [
    *sorted((HOME / "checks").glob("*.py")),
    *sorted((HOME / "domain").glob("*.py")),
]
WORD = re.compile(r"[a-z]{2,}")
NEVER_SAID = {"grace: below 1h every change of the clocks would give a false alarm"}
"""Said to the operator whose configuration is refused."""


@pytest.mark.parametrize("file", JUDGING, ids=lambda file: file.stem)
def test_no_sentence_of_judgement_is_forgotten(file: Path) -> None:
    """Every run of three words in a string of the judging code stands in some entry.

    Red: add to guardian/reports/locale/*/LC_MESSAGES/guardian.po what the new sentence says.
    """
    known = "\n".join(
        HOLE.sub("{}", form.replace("`", "")).lower()
        for message in catalogue("ru")
        for form in forms(message.id)
    )
    missing = [
        text
        for whole in strings(ast.parse(file.read_text("utf-8")))
        for text in re.split(r"\{\}|[;:] ", plain(whole))
        if " " in text and len(WORD.findall(text)) > 2 and not stands_in(known, plain(text))
    ]
    assert [text for text in missing if text not in " ".join(NEVER_SAID)] == []


def strings(tree: ast.AST):
    """Yield the strings of a module that are neither documentation nor an error's."""
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            documents |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documents:
            yield node.value


def plain(text: str) -> str:
    return text.replace("`", "").strip(" ,;:.()%\n").lower()


def stands_in(known: str, text: str) -> bool:
    """Say whether an entry has the text, or what is left where "the newest ... is" has its own."""
    return text in known or text.removeprefix("the newest ").removesuffix(" is") in known


class Words(HTMLParser):
    """Collects what a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag, attrs):
        self._hidden = tag in {"style", "code"}

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        if not self._hidden:
            self.seen.append(data)


NAMES = re.compile(
    "ACME|GmbH|Northlight|IT|UTC|Guardian|PostgreSQL|timedatectl|guardian|agent|restore|test|all|"
    "scan|web|db|mail|legacy|files|orders|mailboxes|dumps|local|offsite|exports|text|zip|acme|doe|"
    "newest|invoice|yesterday|of|borg|restic|pg|dump|header|the|share|goes"
)
"""Names, commands, kinds of files, and an operator's own note."""


def test_nothing_but_names_is_left_in_latin_letters() -> None:
    page = FORMAT.render(replace(months.troubled(), language="ru")).decode()
    assert 'lang="en"' not in page
    words = Words()
    words.feed(page)
    latin = set(re.findall(r"[A-Za-z]{2,}", " ".join(words.seen)))
    assert [word for word in sorted(latin) if NAMES.fullmatch(word) is None] == []
