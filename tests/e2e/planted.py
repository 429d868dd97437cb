"""Secrets and personal values as they lie about on servers, and a search for any trace of them."""

from __future__ import annotations

import base64
import contextlib
import json
import random
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.world.people import numbers

WINDOW = 12
"""So many bytes of a value in a row are a leak of it."""
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One value. `line` is how it stands in a file, `in_path` says that it is a file's name."""

    name: str
    value: str
    line: str
    in_path: bool = False


_SECRETS = {
    "rsa-key": (64, "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----"),
    "ec-key": (64, "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----"),
    "pkcs8-key": (64, "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----"),
    "openssh-key": (
        70,
        "-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n-----END OPENSSH PRIVATE KEY-----",
    ),
    "age-key": (58, "AGE-SECRET-KEY-1{}"),
    "aws-id": (16, "aws_access_key_id = AKIA{}"),
    "aws-secret": (40, "aws_secret_access_key = {}"),
    "aws-session": (120, "aws_session_token = {}"),
    "github": (36, "GITHUB_TOKEN=ghp_{}"),
    "gitlab": (20, "token: glpat-{}"),
    "slack": (36, "xoxb-{}"),
    "stripe": (24, "sk_live_{}"),
    "google": (35, '"key": "AIza{}"'),
    "jwt": (86, "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.{}"),
    "azure": (86, "AccountKey={}=="),
    "pgpass": (18, "db.example:5432:crm:crm:{}"),
    "my-cnf": (18, "[client]\npassword={}"),
    "dot-env": (22, "DB_PASSWORD={}"),
    "wordpress": (24, "define('DB_PASSWORD', '{}');"),
    "netrc": (16, "machine ftp.example login acme password {}"),
    "docker": (44, '{{"auths": {{"registry.example": {{"auth": "{}"}}}}}}'),
    "kube": (64, "    token: {}"),
    "rclone": (40, "[remote]\ntype = sftp\npass = {}"),
    "url": (20, "postgres://crm:{}@db.example/crm"),
    "basic": (32, "Authorization: Basic {}"),
    "vault": (26, "VAULT_TOKEN=hvs.{}"),
}
_NUMBERS = {
    "card": ("card number", numbers.card, 4),
    "iban": ("IBAN", numbers.iban, 3),
    "snils": ("СНИЛС", numbers.snils, 1),
    "inn": ("ИНН", numbers.inn, 1),
    "passport": ("паспорт", numbers.passport_ru, 1),
    "nir": ("numéro de sécurité sociale", numbers.nir_fr, 1),
    "codice": ("codice fiscale", numbers.codice_fiscale_it, 1),
    "id-cn": ("公民身份号码", numbers.id_cn, 1),
}
OUTSIDE = (
    "cron-password", "unit-passphrase", "script-password", "process-environment", "process-words",
    "repository-password", "repository-address", "wrong-password", "store-secret",
    "database-password", "job-output", "job-words",
)  # fmt: skip
"""Secrets that stand in settings, jobs and processes, and in no watched file."""


def planted(seed: int = 50) -> dict[str, Planted]:
    """Return every value by its name; the same ones for the same seed."""
    chooser = random.Random(seed)
    made = [_secret(name, length, line, chooser) for name, (length, line) in _SECRETS.items()]
    for kind, (word, draw, count) in _NUMBERS.items():
        for number in range(count):
            value = draw(chooser).replace(" ", "")
            made.append(Planted(name=f"{kind}-{number}", value=value, line=f"{word}: {value}"))
    mail = f"{_word(chooser, 9)}.{_word(chooser, 9)}@{_word(chooser, 12)}.example"
    made.append(Planted(name="mail", value=mail, line=f"e-mail: {mail}"))
    person = f"{_word(chooser, 8).title()} von {_word(chooser, 11).title()}"
    made.append(Planted(name="person", value=person, line=f"name: {person}"))
    for number in range(4):
        name = f"{_word(chooser, 9).title()}-{_word(chooser, 10).title()}"
        made.append(Planted(name=f"path-{number}", value=name, line="", in_path=True))
    made += [_secret(name, 24, "{}", chooser) for name in OUTSIDE]
    return {each.name: each for each in made}


def _secret(name: str, length: int, line: str, chooser: random.Random) -> Planted:
    value = "".join(chooser.choices(_LETTERS, k=length))
    return Planted(name=name, value=value, line=line.format(value))


def _word(chooser: random.Random, length: int) -> str:
    return "".join(chooser.choices("abcdefghijklmnoprstuvwz", k=length))


def forms(value: str) -> Iterator[bytes]:
    """Yield every way of writing a value that is looked for."""
    raw = value.encode()
    yield from (raw, value.lower().encode(), value.upper().encode(), value.encode("utf-16-le"))
    yield json.dumps(value).encode()[1:-1]
    for each in (raw, raw[::-1]):
        yield from (each[::-1], each.hex().encode(), each.hex().upper().encode())
        for lead in range(3):
            coded = base64.b64encode(bytes(lead) + each)
            yield coded[4 if lead else 0 : len(coded) // 4 * 4 - 4]
            yield base64.urlsafe_b64encode(bytes(lead) + each)[4 if lead else 0 : -4]


def leaks(values: Iterable[Planted], output: bytes) -> set[str]:
    """Return the names of those values of which `output`, or what is packed in it, has a trace."""
    needles: dict[bytes, str] = {}
    for each in values:
        for form in forms(each.value):
            width = min(WINDOW, len(form))
            for place in range(len(form) - width + 1):
                needles[form[place : place + width]] = each.name
    widths = {len(needle) for needle in needles}
    return {
        needles[part]
        for data in unpacked(output)
        for width in widths
        for place in range(len(data) - width + 1)
        if (part := data[place : place + width]) in needles
    }


def unpacked(output: bytes) -> Iterator[bytes]:
    """Yield bytes, and all that JSON's strings, base64 and deflate in them hold."""
    waiting, seen = [output], set[bytes]()
    while waiting:
        data = waiting.pop()
        if data in seen:
            continue
        seen.add(data)
        yield data
        waiting += [text.encode("utf-8", "surrogatepass") for text in _strings(data)]
        waiting += _decoded(data)


def _strings(data: bytes) -> Iterator[str]:
    for line in (data, *data.splitlines()):
        try:
            nodes = [json.loads(line)]
        except ValueError:
            continue
        while nodes:
            match nodes.pop():
                case str() as text if len(text) > WINDOW:
                    yield text
                case list() as items:
                    nodes += items
                case dict() as table:
                    nodes += [*table, *table.values()]


def _decoded(data: bytes) -> Iterator[bytes]:
    with contextlib.suppress(ValueError):
        yield base64.b64decode(data.strip(), validate=True)
    for bits in (15, 31, -15):
        try:
            yield zlib.decompressobj(bits).decompress(data, 1 << 24)
        except zlib.error:
            continue


def of_folder(folder: Path) -> bytes:
    """Return all bytes of a folder's files and their names, and every field of its databases."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(str(path.relative_to(folder)).encode())
        if path.is_file():
            parts.append(path.read_bytes())
            if parts[-1].startswith(b"SQLite format 3\x00"):
                parts += _fields(path)
    return b"\n".join(part for each in parts for part in unpacked(each))


def _fields(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
        rows = (row for (table,) in tables for row in database.execute(f'select * from "{table}"'))
        fields = [field for row in rows for field in row if isinstance(field, bytes | str)]
    return [each if isinstance(each, bytes) else each.encode() for each in fields]
