"""Archives that 7-Zip alone can read: its own, and zip archives with a password.

Source: 7-Zip's help and p7zip's answers. It asks for a password on its standard input where there
is no terminal, so none stands on a command line that every user of the machine can see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing.paths import live_path
from guardian_agent.probing.tool import RESTORE_SECONDS, Failures, find_tool, read_secret, run_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Reason

MAGIC = b"7z\xbc\xaf\x27\x1c"
TOOLS = ("7zz", "7z", "7za")

_NOT_ANSWERED = 255
"""7-Zip's exit status when it asks for a password and gets none."""
_PROMPT = "Enter password (will not be echoed):"
_WRONG = b"Wrong password"
_FAILURES = Failures(
    exits={8: Reason.QUOTA_EXCEEDED, _NOT_ANSWERED: Reason.WRONG_PASSWORD},
    phrases=(
        (b"Cannot open encrypted archive", Reason.WRONG_PASSWORD),
        (b"Unsupported Method", Reason.UNSUPPORTED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"Cannot open the file as", Reason.DAMAGED),
        (b"Can not open the file as", Reason.DAMAGED),
        (b"Unexpected end", Reason.DAMAGED),
        (b"Headers Error", Reason.DAMAGED),
        (b"Data Error", Reason.DAMAGED),
        (b"CRC Failed", Reason.DAMAGED),
        (b"Unavailable data", Reason.DAMAGED),
        (b"Is not archive", Reason.DAMAGED),
        (_WRONG, Reason.WRONG_PASSWORD),
    ),
)


class SevenZip:
    """One archive, read by 7-Zip; `folder` is an empty one for its listing.

    Every method raises `ProbeError`: TOOL_MISSING, DAMAGED, WRONG_PASSWORD, UNSUPPORTED, TIMEOUT.
    """

    def __init__(
        self, system: System, path: str, root: str, password_file: str | None, folder: str
    ) -> None:
        self._system = system
        self._path = path
        self._root = root
        self._password_file = password_file
        self._listing = f"{folder}/listing"
        self._names_locked = False
        self._files_locked = 0

    def entries(self) -> Iterator[PointFile]:
        """Yield what the archive lists; raise UNSAFE_CONTENTS for names that leave `root` too."""
        self._list()
        with self._system.files.open(self._listing) as lines:
            for told in _blocks(lines):
                entry = _entry(told, self._root)
                self._files_locked += told.get("Encrypted") == "+" and entry.size > 0
                yield entry

    def prove(self) -> None:
        """Unpack everything to nowhere, checksums compared; ask `entries` before."""
        done = self._run("t", "-bso0", password_file=self._password_file)
        if not done.status:
            return
        error = _FAILURES.error(done, "7z t")
        doubted = done.stderr.count(_WRONG)
        if doubted and (self._names_locked or doubted < self._files_locked):
            # The password opened the rest: what it did not open is damaged.
            raise ProbeError(Reason.DAMAGED, str(error))
        raise ProbeError(Reason.WRONG_PASSWORD, str(error)) if doubted else error

    def _list(self) -> None:
        """Write the listing, first without the password, to see whether it is wanted for that."""
        words = ("l", "-slt", "-ba", "-sccUTF-8")
        done = self._run(*words, output_path=self._listing)
        if done.status and _FAILURES.reason(done) is Reason.WRONG_PASSWORD:
            self._names_locked = True
            self._system.files.remove(self._listing)
            done = self._run(*words, output_path=self._listing, password_file=self._password_file)
        if done.status:
            raise _FAILURES.error(done, "7z l")

    def _run(
        self, *words: str, output_path: str | None = None, password_file: str | None = None
    ) -> Completed:
        feeder = None
        if password_file is not None:
            read_secret(self._system, password_file)  # what keeps it from being read is told now
            feeder = [find_tool(self._system, "cat"), password_file]
        return run_tool(
            self._system,
            [_tool(self._system), *words, "-bsp0", "--", self._path],
            seconds=RESTORE_SECONDS,
            output_path=output_path,
            feeder=feeder,
        )


def _tool(system: System) -> str:
    """Return the first of 7-Zip's names that is there; each release has another."""
    here = (name for name in TOOLS if system.processes.find(name) is not None)
    return find_tool(system, next(here, TOOLS[0]))


def _blocks(lines: Iterable[bytes]) -> Iterator[dict[str, str]]:
    """Yield what is told of each entry; 7-Zip writes no line break that stands in a name."""
    told: dict[str, str] = {}
    for line in lines:
        text = line.decode("utf-8", "surrogateescape").rstrip("\r\n").removeprefix(_PROMPT)
        key, _, value = text.partition(" = ")
        if key == "Path" and told:
            yield told
            told = {}
        if key:
            told[key.removesuffix(" =")] = value
    if told:
        yield told


def _entry(told: Mapping[str, str], root: str) -> PointFile:
    if "Path" not in told:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "7z l: an entry has no name")
    size = told.get("Size", "")
    kind, _, mode = told.get("Attributes", "").partition(" ")
    is_folder = kind.startswith("D") or told.get("Folder") == "+"
    return PointFile(
        path=live_path(root, told["Path"]),
        size=int(size) if size.isdecimal() and size.isascii() else 0,
        modified_ns=None,
        is_file=not is_folder and (not mode or mode.startswith("-")),
    )
