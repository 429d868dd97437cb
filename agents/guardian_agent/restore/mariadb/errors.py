"""What MariaDB's and MySQL's clients say went wrong: `ERROR 1064 (42000) at line 35: ...`.

Sources: "MariaDB Error Code Reference" and MySQL's "Error Message Reference"; 2000 to 2999 are the
client's own.
"""

from __future__ import annotations

import re

from guardian_agent.errors import ProbeError
from guardian_agent.system import Completed
from guardian_agent.wire.facts.words import Reason

_CODE = re.compile(rb"^ERROR ([0-9]{1,5}) ", re.MULTILINE)
_REASONS = {
    1021: Reason.QUOTA_EXCEEDED,
    1114: Reason.QUOTA_EXCEEDED,
    1037: Reason.QUOTA_EXCEEDED,
    1041: Reason.QUOTA_EXCEEDED,
    # A server of this kind or age knows no such character set, collation, variable or engine.
    1115: Reason.UNSUPPORTED,
    1193: Reason.UNSUPPORTED,
    1273: Reason.UNSUPPORTED,
    1286: Reason.UNSUPPORTED,
    1126: Reason.UNSUPPORTED,
    # It wanted a file of this machine.
    1148: Reason.UNSAFE_CONTENTS,
    4166: Reason.UNSAFE_CONTENTS,
    1194: Reason.DAMAGED,
    1712: Reason.DAMAGED,
    1877: Reason.DAMAGED,
    1932: Reason.DAMAGED,
    # The server went away: it was ended, or ended itself.
    2002: Reason.INTERRUPTED,
    2006: Reason.INTERRUPTED,
    2013: Reason.INTERRUPTED,
}
_REFUSED_BY_OPTION = 1290
_FILES_OPTION = b"secure-file-priv"


def error_of(done: Completed, what: str) -> ProbeError:
    """Return the error for a script that ended early; STATEMENT_FAILED where it is no other."""
    text = done.stderr[-2000:].decode("utf-8", "backslashreplace").strip()
    return ProbeError(_reason(done.stderr), f"{what}: {text}")


def _reason(stderr: bytes) -> Reason:
    found = _CODE.search(stderr)
    code = int(found[1]) if found else 0
    if code == _REFUSED_BY_OPTION:
        return Reason.UNSAFE_CONTENTS if _FILES_OPTION in stderr else Reason.UNSUPPORTED
    return _REASONS.get(code, Reason.STATEMENT_FAILED)
