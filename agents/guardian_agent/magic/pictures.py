"""Pictures, films and fonts, each checked beyond its first bytes."""

from __future__ import annotations

from guardian_agent.magic.data import number
from guardian_agent.magic.formats import Format, longer_than

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_JPEG_MARKERS = {0xC0, 0xC2, 0xC4, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE}
_SFNT_TAGS = 64
_BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}
_ICON_BYTES = 16


def _jpeg(head: bytes) -> bool:
    """Two segments in a row: marker, length, marker."""
    if number(head[3:4]) not in _JPEG_MARKERS:
        return False
    place = 4 + number(head[4:6], "big")
    return (
        head[place : place + 1] == b"\xff" and number(head[place + 1 : place + 2]) in _JPEG_MARKERS
    )


def _riff(head: bytes) -> bool:
    return head[8:12] in {b"WEBP", b"WAVE", b"AVI ", b"ACON", b"RMID", b"sfbk", b"CDDA"}


def _tiff(head: bytes) -> bool:
    order = "little" if head[:2] == b"II" else "big"
    return number(head[4:8], order) >= 8 and len(head) > 16


def _truetype(head: bytes) -> bool:
    """A table directory with a plausible count and a printable first tag."""
    tag = head[12:16]
    is_word = tag.isascii() and tag.replace(b"/", b"").replace(b" ", b"").isalnum()
    return 1 <= number(head[4:6], "big") < _SFNT_TAGS and is_word


def _bmp(head: bytes) -> bool:
    """The header's own size, and pixels that start behind it."""
    return number(head[14:18]) in _BMP_HEADERS and 26 <= number(head[10:14]) < 2048


def _icon(head: bytes) -> bool:
    """A first picture whose data lies behind the directory."""
    count = number(head[4:6])
    return 1 <= count <= 64 and head[9] == 0 and number(head[18:22]) >= 6 + _ICON_BYTES * count


def _pcf(head: bytes) -> bool:
    """X11's compiled font: a table directory whose first type has one bit set."""
    kind = number(head[8:12])
    return 1 <= number(head[4:8]) <= 16 and kind != 0 and not kind & (kind - 1)


def _eot(head: bytes) -> bool:
    return head[34:36] == b"LP"


def _netpbm(head: bytes) -> bool:
    """A kind, blanks, and decimal width."""
    return head[2:3] in b" \n\t" and head[3:20].split(b" ")[0].strip()[:1].isdigit()


FORMATS: tuple[Format, ...] = (
    ("png", (_PNG,), longer_than(24)),
    ("jpeg", (b"\xff\xd8\xff",), _jpeg),
    ("gif", (b"GIF87a", b"GIF89a"), longer_than(12)),
    ("riff", (b"RIFF",), _riff),
    ("tiff", (b"II*\x00", b"MM\x00*"), _tiff),
    ("font", (b"wOF2", b"wOFF"), longer_than(44)),
    ("truetype", (b"\x00\x01\x00\x00", b"OTTO", b"true"), _truetype),
    ("truetype", (b"ttcf\x00\x01\x00\x00", b"ttcf\x00\x02\x00\x00"), longer_than(16)),
    ("type1-font", (b"\x80\x01",), lambda head: head[6:8] == b"%!"),
    ("pcf-font", (b"\x01fcp",), _pcf),
    ("bmp", (b"BM",), _bmp),
    (
        "icon",
        (b"\x00\x00\x01\x00", b"\x00\x00\x02\x00"),
        lambda head: len(head) > 22 and _icon(head),
    ),
    ("x-cursor", (b"Xcur\x10\x00\x00\x00",), longer_than(16)),
    ("xcf", (b"gimp xcf ",), longer_than(16)),
    ("photoshop", (b"8BPS\x00\x01", b"8BPS\x00\x02"), longer_than(26)),
    ("djvu", (b"AT&TFORM",), longer_than(16)),
    ("netpbm", (b"P4", b"P5", b"P6"), _netpbm),
    ("jpeg2000", (b"\x00\x00\x00\x0cjP  \r\n\x87\n",), longer_than(16)),
    ("jpeg-xl", (b"\x00\x00\x00\x0cJXL \r\n\x87\n",), longer_than(16)),
    (
        "matroska",
        (b"\x1a\x45\xdf\xa3",),
        lambda head: b"webm" in head[:64] or b"matroska" in head[:64],
    ),
    ("flash-video", (b"FLV\x01",), lambda head: head[5:9] == b"\x00\x00\x00\x09"),
    ("mpeg", (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"), longer_than(64)),
    ("asf", (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"),), longer_than(64)),
    ("dicom", (b"\x00" * 128 + b"DICM",), longer_than(140)),
)
