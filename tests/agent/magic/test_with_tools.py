"""The same questions put to what the tools on this machine write."""

from __future__ import annotations

import base64
import subprocess

import pytest
from guardian_agent.magic import HEAD_BYTES, TAIL_BYTES, classify

from tests.agent.magic import made

pytestmark = pytest.mark.tools

CONTENTS = {
    "text": (made.TEXT * 3, {"plaintext"}),
    "age": (made.age(made.noise(150_000)), {"encrypted", "unknown"}),
    "noise": (made.noise(300_000), {"unknown"}),
    "base64": (base64.encodebytes(made.noise(300_000)), {"unknown"}),
    "hex": (made.noise(300_000).hex().encode(), {"unknown"}),
    "zeros": (b"\0" * 300_000, {"unknown"}),
}


def look(data: bytes) -> str:
    found = classify(data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data), lambda o, n: data[o : o + n])
    return found.state.value


def run(data: bytes, *command: str) -> bytes:
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("level", ["-1", "-3", "-9", "-19"])
@pytest.mark.parametrize("content", CONTENTS)
def test_zstd_without_a_decoder(content: str, level: str) -> None:
    data, possible = CONTENTS[content]
    assert look(run(data, "zstd", "-q", level)) in possible


@pytest.mark.parametrize(
    ("options", "state"),
    [(["-aes-256-cbc"], "encrypted"), (["-aes-256-cbc", "-a"], "encrypted"),
     (["-aes-256-ctr", "-nosalt"], "unknown")],
)  # fmt: skip
def test_openssl(options: list[str], state: str) -> None:
    command = ["openssl", "enc", *options, "-pbkdf2", "-pass", "pass:test-only-pass"]
    assert look(run(made.TEXT, *command)) == state
