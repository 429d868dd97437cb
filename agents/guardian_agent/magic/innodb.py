"""InnoDB's data files (MariaDB, MySQL): readable once an index page is found in the clear.

Sources: InnoDB's `fil0fil.h` and `page0page.h`. Page 0 describes the file and stays readable even
where all others are encrypted; an index page holds the records "infimum" and "supremum".
"""

from __future__ import annotations

from guardian_agent.magic.answer import Classified, plaintext
from guardian_agent.magic.data import Data, number

_PAGE_SIZES = (16384, 4096, 8192, 32768, 65536)
_PAGES = range(2, 20)
"""Where the first index pages lie: 3 in a table's own file, 8 and later in `ibdata1`."""
_FILE_HEADER = 8
_INDEX = 17855
_SEEN = 160
_NUMBER = slice(4, 8)
_TYPE = slice(24, 26)


def innodb(data: Data) -> Classified | None:
    """An index page with its number where it belongs."""
    if number(data.head[_NUMBER], "big") or number(data.head[_TYPE], "big") != _FILE_HEADER:
        return None
    for size in _PAGE_SIZES:
        if any(_is_index(data.at(size * page, _SEEN), page) for page in _PAGES):
            return plaintext("innodb", "innodb-page")
    return None


def _is_index(page: bytes, expected: int) -> bool:
    if len(page) < _SEEN or number(page[_NUMBER], "big") != expected:
        return False
    is_index = number(page[_TYPE], "big") == _INDEX
    return is_index and b"infimum\x00" in page and b"supremum" in page
