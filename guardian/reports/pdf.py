"""The month on paper: the page, printed by WeasyPrint as tagged PDF (PDF/A-3a and PDF/UA-1).

The engine may fetch nothing, neither from the network nor from the disk (CVE-2025-68616): all that
it needs is handed over in memory. The facts behind the page are attached as JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from guardian.errors import ReportError
from guardian.months import moment
from guardian.ports import ReportInput
from guardian.reports import html, json

if TYPE_CHECKING:
    from weasyprint import Document

VARIANT = "pdf/a-3a"
EVIDENCE = "evidence.json"
"""What the attached facts are called."""
PDF_UA = """\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""
"""What a PDF/A says of itself to be PDF/UA as well, with the description that PDF/A asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfReport:
    """Prints the page."""

    name: str = "pdf"
    suffix: str = ".pdf"

    def render(self, month: ReportInput) -> bytes:
        """Return the document; equal inputs give equal bytes.

        Raises:
            ReportError: when the month had not begun at the time of building, or the engine is not
                installed.
        """
        page = html.FORMAT.page(month, "paper.css")
        return printed(page, json.FORMAT.render(month), month.built_at)


def printed(page: str, evidence: bytes, built_at: datetime) -> bytes:
    """Return a page as PDF that carries its evidence.

    Args:
        page: HTML that names nothing to fetch; what it names all the same is left out.
        evidence: JSON to attach.
        built_at: the one date that the document bears.

    Raises:
        ReportError: the engine is not installed.
    """
    weasyprint = _engine()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=set())
    document = weasyprint.HTML(string=page, url_fetcher=nothing).render(pdf_variant=VARIANT)
    attached = weasyprint.Attachment(
        string=evidence,
        name=EVIDENCE,
        description="The facts of this report, with the signed checkpoint of the evidence log",
        created=built_at.astimezone(UTC),
        modified=built_at.astimezone(UTC),
        relationship="Data",
        url_fetcher=nothing,
    )
    _describe(document, built_at)
    made = document.write_pdf(pdf_variant=VARIANT, attachments=[attached], finisher=_finish)
    return bytes(made)


def _engine() -> Any:  # noqa: ANN401 - the engine is optional, and comes without types
    try:
        import weasyprint  # noqa: PLC0415 - it takes a second, and not every provider has it
        import weasyprint.urls  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise ReportError(
            "PDF needs WeasyPrint and Pango: install guardian[pdf], libpangoft2-1.0-0, "
            "libharfbuzz-subset0 and fonts-dejavu-core, or build --format html"
        ) from error
    return weasyprint


def _describe(document: Document, built_at: datetime) -> None:
    """Date the document, and let it say in plain bytes that it is PDF/UA, too."""
    metadata = document.metadata
    metadata.created = metadata.modified = moment(built_at)
    described: Callable[..., bytes] = metadata.generate_rdf_metadata
    include: Callable[..., None] = metadata.include_in_pdf
    metadata.generate_rdf_metadata = lambda *given: described(*given).replace(
        b"</rdf:RDF>", PDF_UA.encode("ascii")
    )
    metadata.include_in_pdf = lambda *given, **_: include(*given[:4], compress=False)


def _finish(_: Document, pdf: Any) -> None:  # noqa: ANN401
    """Say of each heading of a table whether it heads a column or a row."""
    tags: dict[bytes, Any] = {each.reference: each for each in pdf.objects if hasattr(each, "get")}
    for heading in [each for each in tags.values() if each.get("S") == "/TH"]:
        group = tags[tags[heading["P"]]["P"]]
        heading["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


FORMAT = PdfReport()
