"""A throw-away keyring of the real GnuPG."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.world.commands import Ran, run


@contextlib.contextmanager
def keyring(who: str) -> Iterator[Callable[..., Ran]]:
    """Make a key without a passphrase for `who`, and give what runs gpg with it."""
    # An agent's socket takes a short path.
    home = Path(tempfile.mkdtemp(prefix="gpg-"))
    home.chmod(0o700)
    known = {"GNUPGHOME": str(home), "HOME": str(home)}

    def gpg(*words: str) -> Ran:
        quiet = ("--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "")
        return run("gpg", *quiet, *words, environment=known)

    try:
        gpg("--quick-generate-key", who, "ed25519", "sign", "never").checked()
        named = gpg("--list-keys", "--with-colons", who).checked().output
        print_of = next(line for line in named.splitlines() if line.startswith("fpr"))
        gpg("--quick-add-key", print_of.split(":")[9], "cv25519", "encr", "never").checked()
        yield gpg
    finally:
        run("gpgconf", "--kill", "all", environment=known)
        shutil.rmtree(home, ignore_errors=True)
