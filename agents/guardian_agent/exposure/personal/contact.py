"""E-mail addresses and telephone numbers."""

from __future__ import annotations

import re
from typing import Final

from guardian_agent.exposure.personal.domains import TOP_LEVEL

_LOCAL: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"
"""What names of mailboxes are made of; RFC 5322 allows signs that only enclose or assign them."""
_LOCAL_MOST: Final = 64
_DOMAIN: Final = re.compile(rb"@[A-Za-z0-9][A-Za-z0-9.-]{1,252}(?![A-Za-z0-9@_])")
_USER_OF_ADDRESS: Final = re.compile(rb"://[^\s/@\"'<>]*")
_COPY_TARGET: Final = re.compile(rb":[A-Za-z0-9~._-]*/|:\S+\.git\b")
_MESSAGE_ID: Final = re.compile(
    rb"(?i)(?:message-id|references|in-reply-to|content-id):\s*[^\n]*\Z"
)
_BEFORE: Final = 256


def email_at(view: bytes, place: int) -> bytes | None:
    """Return the address around the `@` at a place, in lower case; None when there is none.

    None, too, for what only looks like one: the user of a web or copy address, a message's number.
    """
    written = _DOMAIN.match(view, place)
    if written is None:
        return None
    domain = written[0].lower().rstrip(b".-")
    host, _, top = domain.rpartition(b".")
    if not host or (top not in TOP_LEVEL and not top.startswith(b"xn--")):
        return None
    before = view[max(place - _BEFORE, 0) : place]
    local = _local(before)
    end = place + len(domain)
    if not local or b".." in domain or b".-" in domain or b"-." in domain:
        return None
    return None if _is_other(before, local, view[end : end + 64]) else local.lower() + domain


def _local(before: bytes) -> bytes:
    """The longest name that ends here: no dot at its ends, no two in a row, not too long."""
    start = len(before.rstrip(_LOCAL))
    local = before[start:]
    local = local.lstrip(b".+-%").rpartition(b"..")[2]
    return local if len(local) <= _LOCAL_MOST and not local.endswith(b".") else b""


def _is_other(before: bytes, local: bytes, after: bytes) -> bool:
    if after[:1] == b":" and _COPY_TARGET.match(after) is not None:
        return True
    scheme = before.rfind(b"://")
    if scheme >= 0 and _USER_OF_ADDRESS.fullmatch(before, scheme) is not None:
        return True
    return before[: -len(local)].endswith(b"<") and _MESSAGE_ID.search(before) is not None


_PLANS: Final = (
    b"1:10 7:10 20:8-10 27:9 30:10 31:9 32:8-9 33:9 34:9 36:8-9 39:6-11 40:9 41:9 43:4-13 44:9-10 "
    b"45:8 46:7-10 47:8 48:9 49:6-12 51:8-9 52:10 53:8 54:10-11 55:10-11 56:9 57:10 58:10 60:8-10 "
    b"61:9 62:8-12 63:8-10 64:8-10 65:8 66:8-9 81:9-10 82:8-10 84:9-10 86:10-11 90:10 91:10 92:10 "
    b"93:9 94:9 95:7-10 98:10 211:9 212:9 213:9 216:8 218:9 220:7 221:9 222:8 223:8 224:9 225:10 "
    b"226:8 227:8 228:8 229:8-10 230:8 231:7-9 232:8 233:9 234:8-10 235:8 236:8 237:9 238:7 239:7 "
    b"240:9 241:8 242:9 243:9 244:9 245:7 248:7 249:9 250:9 251:9 252:7-9 253:8 254:9 255:9 256:9 "
    b"257:8 258:9 260:9 261:9 262:9 263:9 264:8-9 265:7-9 266:8 267:8 268:8 269:7 290:5 291:7 "
    b"297:7 298:6 299:6 350:8 351:9 352:6-11 353:7-9 354:7 355:8-9 356:8 357:8 358:6-11 359:8-9 "
    b"370:8 371:8 372:7-8 373:8 374:8 375:9 376:6-9 377:8-9 378:8-10 380:9 381:8-9 382:8 383:8-9 "
    b"385:8-9 386:8 387:8 389:8 420:9 421:9 423:7 500:5 501:7 502:8 503:8 504:8 505:8 506:8 507:8 "
    b"508:6 509:8 590:9 591:8 592:7 593:8-9 594:9 595:9 596:9 597:6-7 598:8 599:7-8 670:7-8 672:6 "
    b"673:7 674:7 675:7-8 676:5-7 677:5-7 678:5-7 679:7 680:7 682:5 685:5-7 686:5-8 687:6 689:8 "
    b"690:4-7 691:7 692:7 850:8-10 852:8 853:8 855:8-9 856:8-10 880:8-10 886:8-9 960:7 961:7-8 "
    b"962:8-9 963:8-9 964:8-10 965:8 966:8-9 967:7-9 968:8 970:8-9 971:8-9 972:8-9 973:8 974:8 "
    b"975:7-8 976:8 977:8-10 992:9 993:8 994:9 995:9 996:9 998:9"
)


def _plans() -> dict[bytes, range]:
    """How many digits follow each country code."""
    plans = {}
    for each in _PLANS.split():
        code, _, lengths = each.partition(b":")
        least, _, most = lengths.partition(b"-")
        plans[code] = range(int(least), int(most or least) + 1)
    return plans


_LENGTHS_BY_CODE: Final = _plans()
_INTERNATIONAL: Final = re.compile(rb"\+[1-9][0-9]*+(?:(?:[ ().\-/]|\xc2\xa0){1,3}[0-9]++)*+")
_GROUP: Final = re.compile(rb"[0-9]+")
_DIGITS_MOST: Final = 15
_NORTH_AMERICA: Final = re.compile(rb"[2-9][0-9]{2}[2-9][0-9]{6}")
_RUSSIA: Final = re.compile(rb"[34789][0-9]{9}")


def phone(value: bytes) -> bool:
    """Whether digits are a country code with as many more as its plan has (ITU-T E.164)."""
    if not value.isdigit() or len(value) > _DIGITS_MOST:
        return False
    code = next((value[:n] for n in (1, 2, 3) if value[:n] in _LENGTHS_BY_CODE), None)
    if code is None:
        return False
    rest = value[len(code) :]
    strict = {b"1": _NORTH_AMERICA, b"7": _RUSSIA}.get(code)
    if strict is not None:
        return strict.fullmatch(rest) is not None
    return len(rest) in _LENGTHS_BY_CODE[code] and len(set(rest)) > 1


def phone_at(view: bytes, place: int) -> bytes | None:
    """Return the number behind the `+` at a place, digits only; None when it is none.

    Other figures may follow after a blank: an unbroken number ends where its first run of digits
    does, another at the last run with which it is valid.
    """
    before = view[place - 1 : place]
    written = _INTERNATIONAL.match(view, place, place + 40)
    if written is None or before.isalnum() or before in {b"+", b"/", b"_", b"."}:
        return None
    groups = list(_GROUP.finditer(view, place, written.end()))
    if len(groups[0][0]) > 5:
        groups = groups[:1]
    for last in reversed(groups):
        value = view[place + 1 : last.end()].translate(None, b" ().-/\xc2\xa0")
        if phone(value) and not view[last.end() : last.end() + 1].isalpha():
            return value
    return None


_DATE: Final = re.compile(
    rb"(?:19|20)[0-9]{2}([-./])[01]?[0-9]\1[0-3]?[0-9]\b.*|[0-3]?[0-9]([-./])[01]?[0-9]\2(?:19|20)[0-9]{2}\b.*",
    re.DOTALL,
)


def local_phone(written: bytes) -> bool:
    """Whether figures beside a word like "phone" are a number as people of one country write it."""
    if written[:1] == b"+":
        return False
    digits = written.translate(None, b" ().-/\xc2\xa0")
    if not 7 <= len(digits) <= 12 or _DATE.fullmatch(written) or len(set(digits)) == 1:
        return False
    if digits[:1] == b"0" or written[:1] == b"(":
        return True
    if digits[:1] in b"78" and len(digits) == 11:
        return _RUSSIA.fullmatch(digits[1:]) is not None
    separated = len(_GROUP.findall(written)) > 1
    return separated or _NORTH_AMERICA.fullmatch(digits) is not None
