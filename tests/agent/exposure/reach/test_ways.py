from __future__ import annotations

import pytest
from guardian_agent.exposure.reach import Folders, ways
from guardian_agent.exposure.reach.beside import Beside
from guardian_agent.exposure.reach.secrets import secrets_in
from guardian_agent.magic import Classified
from guardian_agent.system.ports import Entry
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Slug

from tests.agent.fakes import FakeSystem


def found(state: Encryption = Encryption.PLAINTEXT) -> Classified:
    return Classified(state=state, kind=Slug("k"), rule=Slug("r"), confidence=Slug("proven"))


def entry(mode: int = 0o600, user: int = 0) -> Entry:
    return Entry(
        path="/srv/exports/list.csv",
        is_file=True,
        is_directory=False,
        is_link=False,
        size=1,
        modified_ns=0,
        changed_ns=0,
        inode=1,
        mode=mode,
        device=1,
        user=user,
    )


def ways_of(mode: int = 0o600, user: int = 0, *, state=Encryption.PLAINTEXT, **words) -> set[str]:
    owners = frozenset(words.get("owners", ()))
    is_reached = words.get("is_reached", True)
    return set(ways(entry(mode, user), found(state), owners, is_reached=is_reached))


class TestTheFile:
    @pytest.mark.parametrize(
        ("mode", "told"),
        [
            (0o600, set()),
            (0o640, set()),
            (0o644, {"world-readable"}),
            (0o666, {"world-readable", "world-writable"}),
            (0o602, {"world-writable"}),
        ],
    )
    def test_its_mode(self, mode, told):
        assert ways_of(mode=mode) == told

    def test_a_closed_folder_keeps_others_off(self):
        assert ways_of(mode=0o666, is_reached=False) == set()

    @pytest.mark.parametrize("state", [Encryption.ENCRYPTED, Encryption.EMPTY])
    def test_what_nobody_can_read_may_lie_open(self, state):
        assert ways_of(mode=0o666, user=7, owners=[0], state=state) == set()

    @pytest.mark.parametrize("state", [Encryption.WEAK, Encryption.UNKNOWN])
    def test_what_is_not_known_to_be_sealed_counts(self, state):
        assert ways_of(mode=0o644, state=state) == {"world-readable"}

    def test_its_owner(self):
        assert ways_of(user=33) == set()
        assert ways_of(user=33, owners=[0, 33]) == set()
        assert ways_of(user=33, owners=[0]) == {"wrong-owner"}


PEM = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"MIIEpAIBAAKCAQEA" * 8 + b"\n"
OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAA\n"
LOCKED = b"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYm\n"
SECRETS = {
    "pem": (PEM, "private-key"),
    "openssh": (OPENSSH, "private-key"),
    "age": (b"# public key: age1\nAGE-SECRET-KEY-1" + b"Q" * 58 + b"\n", "private-key"),
    "putty": (b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "private-key"),
    "aws": (b"aws_secret_access_key = " + b"abcdEFGH12" * 4 + b"\n", "cloud-key"),
    "github": (b"token: ghp_" + b"a1B2" * 9 + b"\n", "access-token"),
    "role": (b"ALTER ROLE a PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$aa:bb';", "password-hash"),
    "mysql": (b"CREATE USER a IDENTIFIED BY PASSWORD '*" + b"0A" * 20 + b"'", "password-hash"),
    "bcrypt": (b"1,ada,$2y$10$" + b"x" * 53 + b"\n", "password-hash"),
    "assigned": (b"[mail]\nsmtp_password = hunter2hunter2\n", "password"),
    "variable": (b"export RESTIC_PASSWORD='correct horse'\n", "password"),
    "address": (b"url=postgres://shop:s3cr3t@db/shop\n", "password"),
}
HARMLESS = {
    "public key": b"-----BEGIN PUBLIC KEY-----\n" + b"MIIBIjANBgkqhkiG" * 8,
    "locked key": LOCKED,
    "encrypted key": PEM.replace(b"RSA", b"ENCRYPTED"),
    "old encrypted key": PEM.replace(b"\nMII", b"\nProc-Type: 4,ENCRYPTED\n\nMII", 1),
    "putty": b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n",
    "template": b"password = <your password here>\npassphrase: changeme\nPASSWORD=${DB_PASSWORD}\n",
    "code": b"password = request.form['password']\npassword = getpass()\n",
    "prose": b"The password: see the safe. Passwords are dull.\n",
    "address": b"https://example.org:8443/a@b and user@example.org\n",
    "nothing": b"",
}


class TestSecrets:
    @pytest.mark.parametrize("name", SECRETS)
    def test_are_told_by_kind(self, name):
        text, kind = SECRETS[name]
        assert secrets_in(text) == {kind}

    @pytest.mark.parametrize("name", HARMLESS)
    def test_what_looks_alike_is_none(self, name):
        assert secrets_in(HARMLESS[name]) == set()

    @pytest.mark.parametrize(
        "text",
        [
            *(b"a_" * 200_000, b"password" * 60_000, b"://" * 200_000),
            b"PuTTY-User-Key-File-2:" * 50_000,
        ],
    )
    def test_odd_text_takes_no_time(self, text):
        assert secrets_in(text) == set()


class TestFolders:
    def test_one_closed_folder_above_closes_all_below(self):
        system = FakeSystem()
        system.files.put("/srv/exports/deep/list.csv", b"x")
        assert Folders(system.files).are_open("/srv/exports/deep")
        system.files.change_mode("/srv", 0o750)
        folders = Folders(system.files)
        assert not folders.are_open("/srv/exports/deep")
        assert not folders.are_open("/srv/exports/deep/")
        assert folders.are_open("/")

    def test_what_cannot_be_seen_closes_nothing(self):
        system = FakeSystem()
        system.files.put("/srv/exports/list.csv", b"x")
        system.files.fail("stat", "/srv")
        assert Folders(system.files).are_open("/srv/exports")
        system.files.change_mode("/srv/exports", 0o700)
        assert not Folders(system.files).are_open("/srv/exports")

    def test_many_folders_cost_no_memory(self):
        system = FakeSystem()
        for number in range(5000):
            system.files.put(f"/srv/{number}/f", b"x")
            system.files.change_mode(f"/srv/{number}", 0o755 if number % 2 else 0o700)
        folders = Folders(system.files)
        told = [folders.are_open(f"/srv/{number}") for number in range(5000)]
        assert told == [bool(number % 2) for number in range(5000)]


class TestBeside:
    def note(self, *files: tuple[str, Encryption, set[str]]) -> int:
        beside = Beside()
        for path, state, told in files:
            beside.note(path, 100, found(state), told)
        return beside.folders

    @pytest.mark.parametrize(
        "name", ["restic.password", "key.txt", "backup.key", "my-passphrase", "keyfile", "identity"]
    )
    def test_a_file_named_like_a_key(self, name):
        told = self.note(
            ("/b/dump.gpg", Encryption.ENCRYPTED, set()),
            (f"/b/{name}", Encryption.PLAINTEXT, set()),
        )
        assert told == 1

    def test_a_private_key_by_its_contents(self):
        sealed = ("/b/dump.age", Encryption.ENCRYPTED, set[str]())
        assert self.note(sealed, ("/b/notes", Encryption.PLAINTEXT, {"private-key"})) == 1

    def test_neither_alone_nor_elsewhere(self):
        sealed = ("/b/dump.age", Encryption.ENCRYPTED, set[str]())
        key = ("/keys/backup.key", Encryption.PLAINTEXT, set[str]())
        assert self.note(sealed) == 0
        assert self.note(key) == 0
        assert self.note(sealed, key) == 0
        assert self.note(sealed, ("/b/keyboard.txt", Encryption.PLAINTEXT, set())) == 0
