"""What a monthly report costs: the page, and the page on paper beside the bare engine.

The same finished page goes through WeasyPrint alone, without tags, attachment or paper's own style:
what Guardian adds to it must stay small. Pages are counted for a client of two servers, one after
the other on one core; the month's facts are gathered by other benchmarks' code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import weasyprint

from guardian.domain.ladder import Rung
from guardian.domain.verdict import Status
from guardian.ports import ReportInput
from guardian.reports import html, pdf
from tests.bench._result import Result, at_most, no_less
from tests.central.reports import months

SERVERS, RUNS, PAGES = 6, 3, 60
PDF_RATIO, PAGES_A_MINUTE = 1.5, 600


def measure() -> Iterator[Result]:
    """Print a client of several servers, then write many pages of small clients."""
    month = client(SERVERS)
    page = html.FORMAT.render(month).decode()
    pdf.FORMAT.render(client(1))  # both have loaded their fonts
    yield at_most(
        PDF_RATIO,
        name="report-pdf",
        unit="s",
        ours=_quickest(lambda: pdf.FORMAT.render(month)),
        other=_quickest(lambda: weasyprint.HTML(string=page).write_pdf()),
        peer="WeasyPrint alone on the same page",
    )
    small = client(2)
    seconds = _quickest(lambda: [html.FORMAT.render(small) for _ in range(PAGES)])
    yield no_less(
        PAGES_A_MINUTE,
        name="report-html",
        unit="pages a minute",
        ours=60 * PAGES / seconds,
        other=0.0,
        peer="none",
    )


def client(servers: int) -> ReportInput:
    """Return a client whose backups were late once in the month, each at another hour."""
    findings, changes, copies = [], [], []
    for number in range(servers):
        server = months.server(f"web{number}")
        copy = months.copy(f"web{number}", "files", "local")
        findings += [*months.all_pass(server), *months.all_pass(copy)]
        changes += [*months.healthy(server), *months.healthy(copy)]
        late = timedelta(days=8, hours=number % 24)
        why = "newest complete restore point is 31 h old, 26 h allowed"
        changes.append(months.change(copy, "backup.fresh", late, Status.FAIL, why))
        over = late + timedelta(days=1)
        changes.append(months.change(copy, "backup.fresh", over, Status.PASS))
        copies.append(months.figures(copy, Rung.RESTORED, restores=months.sampled()))
    return months.month(findings, changes, copies, [f"web{n}" for n in range(servers)])


def _quickest(work: Callable[[], object]) -> float:
    """Return the processor seconds of the quickest of several runs: the machine may be busy."""
    taken = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)
