"""The month as one HTML page that needs nothing else: no script, no request, no second file."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from guardian.months import visible
from guardian.ports import ReportInput
from guardian.reports.html.page import build_page
from guardian.reports.html.tongue import SOURCE, Tongue, languages, tongue
from guardian.reports.html.words import finalize


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlReport:
    """Renders a client's month for a reader who owns a business, not a server."""

    name: str = "html"
    suffix: str = ".html"

    def render(self, month: ReportInput) -> bytes:
        """Return the page; equal inputs give equal bytes.

        Raises:
            ReportError: when the month had not begun at the time of building.
        """
        return self.page(month).encode("utf-8")

    def page(self, month: ReportInput, *sheets: str) -> str:
        """Return the page with further style sheets of this folder behind its own.

        Raises:
            ReportError: when the month had not begun at the time of building.
        """
        folder = files(__package__) / "templates"
        named = ("report.css", *sheets)
        style = "".join((folder / name).read_text("utf-8") for name in named)
        template = _environment(_language(month)).get_template("report.html")
        return template.render(page=build_page(month), style=style, style_hash=_hash(style))


def _language(month: ReportInput) -> str:
    return month.language if month.language in languages() else SOURCE


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("guardian.reports.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = tongue(language)
    made.globals.update(_=spoken.text, _n=spoken.count, language=language)
    made.filters.update(
        say=lambda text: _marked(spoken, text),
        place=spoken.place,
        told=lambda text: spoken.say(text) or text,
        # A name of the operator's own has no space, and is nobody's word.
        thing=lambda text: (spoken.say(text) if " " in text else None) or text,
    )
    return made


def _marked(spoken: Tongue, text: str) -> str:
    """Return a sentence of the model as it is said; one that nobody translated is English."""
    said = spoken.say(text)
    return Markup('<span lang="en">{}</span>').format(visible(text)) if said is None else said


def _hash(style: str) -> str:
    """Return the style sheet's hash for the page's content security policy."""
    return base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")


FORMAT = HtmlReport()
