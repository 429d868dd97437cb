"""What the tools installed here make: shut with a good password, open with a bad one."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from guardian_agent.exposure.doors import try_doors
from guardian_agent.system.real import real_system

from tests.world.borg import Borg
from tests.world.restic import Restic

pytestmark = pytest.mark.tools

GOOD = "a-password-of-our-own"


def run(*words, folder, **environment):
    known = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(folder), **environment}
    done = subprocess.run(words, cwd=folder, env=known, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def opened(path):
    found = try_doors(str(path), real_system())
    assert found.doors
    return found.opened


@pytest.mark.parametrize(
    ("password", "door"), [(GOOD, None), ("static-passw0rd", "well-known-password")]
)
def test_restic(tmp_path, password, door):
    made = Restic(tmp_path / "share" / "repository", tmp_path / "home", password=password)
    made.repository.parent.mkdir()
    made.create()
    assert opened(made.repository) == door


@pytest.mark.parametrize("mode", ["repokey-blake2", "keyfile"])
@pytest.mark.parametrize(("passphrase", "door"), [(GOOD, None), ("", "empty-password")])
def test_borg(tmp_path, mode, passphrase, door):
    made = Borg(tmp_path / "share" / "repository", tmp_path / "home", mode, passphrase).create()
    if mode == "keyfile":
        assert try_doors(str(made.repository), real_system()).doors == 0
        made("key", "export", str(made.repository), str(tmp_path / "share" / "borg.key")).checked()
        door = door and "key-beside-data"
    assert opened(made.repository) == door


@pytest.mark.parametrize(("beside", "door"), [(GOOD, "key-beside-data"), ("another", None)])
@pytest.mark.parametrize("method", ["zip", "7z"])
def test_zip(tmp_path, method, beside, door):
    (tmp_path / "letter.txt").write_text("Dear Sir\n" * 400)
    if method == "zip":
        run("zip", "-q", "-P", GOOD, "drop.zip", "letter.txt", folder=tmp_path)
    else:
        words = ("-tzip", "-mem=AES256", f"-p{GOOD}")
        run("7z", "a", *words, "drop.zip", "letter.txt", folder=tmp_path)
    (tmp_path / "drop.key").write_text(f"{beside}\n")
    assert opened(tmp_path / "drop.zip") == door


@pytest.mark.parametrize(("beside", "door"), [(GOOD, "key-beside-data"), ("another", None)])
@pytest.mark.parametrize("how", [("none",), ("zip", "--armor"), ("bzip2",)])
def test_openpgp(tmp_path, how, beside, door):
    (tmp_path / "letter.txt").write_text("Dear Sir\n" * 40)
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    words = ("--pinentry-mode", "loopback", "--passphrase", GOOD, "--s2k-count", "65536")
    out = ("--output", "letter.gpg", "--compress-algo", *how, "--symmetric", "letter.txt")
    run("gpg", "--batch", *words, *out, folder=tmp_path, GNUPGHOME=str(home))
    subprocess.run(["gpgconf", "--kill", "all"], env={"GNUPGHOME": str(home)}, check=False)
    (tmp_path / "letter.pass").write_text(f"{beside}\n")
    assert opened(tmp_path / "letter.gpg") == door


@pytest.mark.parametrize(("password", "door"), [(GOOD, None), ("", "empty-password")])
@pytest.mark.parametrize("derivation", [("-pbkdf2",), ("-md", "sha256")])
@pytest.mark.parametrize("lines", [20, 20_000])
def test_openssl(tmp_path, derivation, password, door, lines):
    (tmp_path / "letter.txt").write_text("Dear Sir\n" * lines)
    words = ("enc", "-aes-256-cbc", *derivation, "-pass", f"pass:{password}")
    run("openssl", *words, "-in", "letter.txt", "-out", "letter.enc", folder=tmp_path)
    assert opened(tmp_path / "letter.enc") == door


@pytest.mark.skipif(shutil.which("cryptsetup") is None, reason="cryptsetup is not installed")
@pytest.mark.parametrize("version", ["luks1", "luks2"])
@pytest.mark.parametrize(("beside", "door"), [(GOOD, "key-beside-data"), ("another", None)])
def test_luks(tmp_path, version, beside, door):
    with (tmp_path / "volume.img").open("wb") as image:
        image.truncate(24 << 20)
    (tmp_path / "passphrase").write_text(GOOD)
    words = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--key-file", "passphrase")
    run("cryptsetup", "luksFormat", "-q", "--type", version, *words, "volume.img", folder=tmp_path)
    (tmp_path / "passphrase").unlink()
    (tmp_path / "volume.key").write_text(beside)
    assert opened(tmp_path / "volume.img") == door
