"""Look at a file's bytes: can they be read without a key?"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator

from guardian_agent.errors import ProbeError
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, Classified, classify
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason


@contextlib.contextmanager
def reading(path: str) -> Iterator[None]:
    """Turn what the disk says about `path` into a `ProbeError` with its reason."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there; was it mounted?") from error
    except OSError as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{path}: cannot be read: {error}") from error


def classify_file(files: Files, path: str) -> Classified:
    """Say whether a file can be read without a key.

    Raises:
        ProbeError: it cannot be read at all.
    """
    with reading(path), files.open(path) as file:

        def read(offset: int, count: int) -> bytes:
            file.seek(offset)
            return file.read(count)

        size = file.seek(0, io.SEEK_END)
        head = read(0, HEAD_BYTES)
        return classify(head, read(max(0, size - TAIL_BYTES), TAIL_BYTES), size, read)
