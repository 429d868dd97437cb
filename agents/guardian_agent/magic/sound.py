"""Sound: MPEG audio by frames that follow each other, the others by their first blocks."""

from __future__ import annotations

from guardian_agent.magic.data import number
from guardian_agent.magic.formats import Format, longer_than

_BIT_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BIT_RATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = (44100, 48000, 32000)
_FRAMES = 3


def _mpeg_audio(head: bytes) -> bool:
    """Three frames of layer III in a row."""
    place = 0
    for _ in range(_FRAMES):
        length = _frame_bytes(head[place : place + 4])
        if not length:
            return False
        place += length
    return place <= len(head)


def _frame_bytes(header: bytes) -> int:
    """Return the length of a layer III frame; 0 when the header is none."""
    bits = number(header, "big")
    version, layer = bits >> 19 & 3, bits >> 17 & 3
    rate, samples = bits >> 12 & 15, bits >> 10 & 3
    is_frame = bits >> 21 == 0x7FF and version != 1 and layer == 1 and 0 < rate < 15
    if len(header) < 4 or not is_frame or samples == 3:
        return 0
    hertz = _SAMPLE_RATES[samples] >> (0, 0, 1, 0)[version] >> (2 if version == 0 else 0)
    kilobits = (_BIT_RATES if version == 3 else _BIT_RATES_2)[rate]
    return (144 if version == 3 else 72) * kilobits * 1000 // hertz + (bits >> 9 & 1)


def _id3(head: bytes) -> bool:
    """A tag's header: version 2 to 4, a length in seven-bit bytes, a first frame's name."""
    name = head[10:13]
    return head[3] in {2, 3, 4} and all(byte < 128 for byte in head[6:10]) and name.isalnum()


def _midi(head: bytes) -> bool:
    return head[14:18] == b"MTrk"


FORMATS: tuple[Format, ...] = (
    ("mpeg-audio", (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3"), _mpeg_audio),
    ("mpeg-audio", (b"ID3",), lambda head: len(head) > 13 and _id3(head)),
    ("ogg", (b"OggS\x00\x02",), longer_than(27)),
    ("flac", (b"fLaC\x00", b"fLaC\x80"), longer_than(42)),
    ("midi", (b"MThd\x00\x00\x00\x06",), _midi),
    ("sun-audio", (b".snd\x00\x00",), longer_than(24)),
    ("aiff", (b"FORM",), lambda head: head[8:12] in {b"AIFF", b"AIFC"}),
)
