"""The way through a folder that both sides see: a mount, a removable disk, the same machine.

    inbox/<key id>/<epoch>-<number>.dsse        written by the agent, removed by central
    outbox/<key id>/<epoch>-<number>.receipt    written by central, removed by the agent
    enrol/<hash of the token's secret>.json     the same for enrolment
    outbox/enrol/<hash of the token's secret>.json

Each file appears whole, by a rename.
"""

from __future__ import annotations

from contextlib import suppress

from guardian_agent.delivery.way import Application, Parcel
from guardian_agent.errors import DeliveryError, StateError
from guardian_agent.system import System
from guardian_agent.wire.receipt import MAX_RECEIPT_BYTES

FILE_MODE = 0o640
FOLDER_MODE = 0o770
"""Central may be another user of the folder's group, and removes what it has read."""

_ANSWER_BYTES = 8192


class DropFolder:
    """Central behind `file:///folder`."""

    def __init__(self, folder: str, system: System) -> None:
        self._folder = folder.rstrip("/")
        self._files = system.files

    def enroll(self, application: Application) -> bytes | None:
        """Return the answer if it is there, else leave the request."""
        name = f"{application.secret_hash}.json"
        answer = self._read(f"outbox/enrol/{name}", _ANSWER_BYTES)
        if answer is None:
            self._put(f"enrol/{name}", application.request)
        return answer

    def send(self, parcel: Parcel) -> bytes | None:
        """Return the receipt if it is there, else see to it that the statement lies in the inbox.

        Central reads in the order of names. So a statement that is gone without a receipt, while a
        later one has its own, was refused: what central removes it has dealt with.
        """
        receipt = self._read(_receipt(parcel), MAX_RECEIPT_BYTES + 1)
        if receipt is not None:
            return receipt.removesuffix(b"\n")
        inbox = f"inbox/{parcel.sender}/{parcel.name}"
        if self._files.exists(f"{self._folder}/{inbox}"):
            return None
        if parcel.overtaken:
            message = f"{parcel.name}: taken from the drop folder, but never acknowledged"
            raise DeliveryError(message, final=True, reason="not_acknowledged")
        self._put(inbox, parcel.envelope)
        return None

    def forget(self, parcel: Parcel) -> None:
        """Remove the receipt, where we may."""
        with suppress(OSError):
            self._files.remove(f"{self._folder}/{_receipt(parcel)}")

    def _read(self, path: str, limit: int) -> bytes | None:
        try:
            return self._files.read(f"{self._folder}/{path}", limit)
        except FileNotFoundError:
            return None
        except (OSError, StateError) as error:
            raise DeliveryError(f"drop folder: {error}") from error

    def _put(self, path: str, data: bytes) -> None:
        whole = f"{self._folder}/{path}"
        if not self._files.exists(self._folder):
            raise DeliveryError(f"drop folder {self._folder} is not there: is it mounted?")
        try:
            self._files.make_directory(whole.rpartition("/")[0], FOLDER_MODE)
            self._files.write(whole, data, FILE_MODE)
        except OSError as error:
            raise DeliveryError(f"drop folder: {error}") from error


def _receipt(parcel: Parcel) -> str:
    return f"outbox/{parcel.sender}/{parcel.name.removesuffix('.dsse')}.receipt"
