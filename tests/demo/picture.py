"""Draw what a terminal shows as an SVG for the README: `guardian status` in, SVG out.

.venv/bin/guardian --config FILE status | .venv/bin/python -m tests.demo.picture > demo.svg
"""

from __future__ import annotations

import io
import re
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

WIDTH = 84
LINES = 47
COLOURS = {"FAIL": "bold red", "UNKNOWN": "bold yellow", "EXEMPT": "bold blue", "PASS": "green"}
DARK = TerminalTheme(
    (24, 28, 36),
    (214, 219, 229),
    [(40, 44, 52), (240, 98, 98), (126, 200, 130), (235, 190, 90), (110, 160, 250)],
    [(90, 98, 112), (255, 120, 120), (146, 220, 150), (250, 210, 110), (130, 180, 255)],
)
FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">
<title>What guardian status says of the demo</title>
<style>.{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace;
line-height: {line_height}px; }} {styles}</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="10" fill="#181c24"/>
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


def draw(text: str) -> str:
    """Return the first screen of `text` as an SVG that needs no font from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in text.splitlines()[:LINES]:
        console.print(_coloured(line), highlight=False, soft_wrap=True)
    return console.export_svg(theme=DARK, code_format=FRAME, unique_id="demo")


def _coloured(line: str) -> Text:
    shown = Text(line)
    for word, style in COLOURS.items():
        shown.highlight_regex(rf"\b{re.escape(word)}\b", style)
    shown.highlight_regex(r"^  (since|what is wrong|how we know|what to do)", "#8b93a3")
    return shown


if __name__ == "__main__":
    sys.stdout.write(draw(sys.stdin.read()))
