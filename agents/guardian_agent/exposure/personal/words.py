"""The words that stand beside personal data, in the languages and character sets it comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

_WORDS: Final = {
    "card": "card cards creditcard debitcard mastercard visa amex maestro pan ccnumber ccnum "
    "karte kreditkarte kartennummer kreditkartennummer kartennr carte bancaire tarjeta carta "
    "cartao kaart kort karta mir "
    "карта карты карте карту картой карт мир виза",
    "inn": "inn tin taxid taxpayer tax инн",
    "snils": "snils pension снилс страховой пенсионное",
    "passport-ru": "passport pasport паспорт паспорта паспорту паспортом паспортные",
    "ogrn": "ogrn ogrnip огрн огрнип",
    "ssn-us": "ssn social socialsecurity",
    "nino-gb": "nino insurance nationalinsurance",
    "nhs-gb": "nhs",
    "tin-de": "idnr steuer steuerid steueridnr steuernummer steueridentifikationsnummer tin "
    "identifikationsnummer taxid tax",
    "nir-fr": "nir insee secu securite sociale sécu sécurité nss",
    "dni-es": "dni nie nif documento identidad",
    "codice-fiscale-it": "fiscale codicefiscale",
    "pesel-pl": "pesel",
    "bsn-nl": "bsn burgerservicenummer sofinummer",
    "nn-be": "rijksregisternummer rijksregister niss insz registre national rrn",
    "kimlik-tr": "kimlik tckn tckimlik",
    "cpf-br": "cpf contribuinte",
    "id-cn": "sfz shenfenzheng ric identity idcard card 身份证 身份证号 身份证号码 公民身份号码",
    "aadhaar-in": "aadhaar aadhar uidai",
    "rnokpp-ua": "rnokpp drfo ipn рнокпп ипн іпн дрфо",
    "personnummer-se": "personnummer persnr pnr personnr samordningsnummer",
    "hetu-fi": "hetu henkilötunnus henkilotunnus",
    "iban": "iban",
    "phone": "phone phones telephone tel telefon telefonnummer telefono teléfono téléphone "
    "mobile mobil mobilnummer cell cellphone handy handynummer portable movil móvil fax gsm "
    "whatsapp msisdn rufnummer rueckruf phonenumber mobilephone celular telefone cellulare "
    "телефон телефона телефону тел моб мобильный мобильного сотовый факс",
}
_ENDINGS: Final = ("", "number", "no", "nr", "num", "id", "nummer", "numero", "code", "value")
_BEGINNINGS: Final = (
    "client",
    "customer",
    "user",
    "person",
    "company",
    "bank",
    "my",
    "contact",
    "nr",
)
_CHARACTER_SETS: Final = ("utf-8", "cp1251", "cp1252", "koi8-r", "cp866")
_SHORT: Final = 4
_LEAST: Final = 3

IS_LETTER: Final = frozenset((*range(65, 91), *range(97, 123), *range(128, 256))) - {0xC2, 0xE2}
"""Bytes that words are made of. 0xC2 and 0xE2 begin UTF-8's blanks, quotes and the number sign."""


def _written(word: str) -> Iterable[bytes]:
    """A word as it stands in data, ASCII letters small (they are compared so)."""
    if word.isascii():
        yield from (f"{word}{end}".encode() for end in _ENDINGS)
        if len(word) >= _SHORT:
            yield from (f"{one}{word}{end}".encode() for one in _BEGINNINGS for end in _ENDINGS[:3])
        return
    for form in (word, word.capitalize(), word.upper()):
        for character_set in _CHARACTER_SETS:
            yield _encoded(form, character_set)


def _encoded(word: str, character_set: str) -> bytes:
    try:
        return word.encode(character_set).lower()
    except UnicodeEncodeError:
        return b""


def _vocabulary() -> Mapping[bytes, tuple[str, ...]]:
    found: dict[bytes, list[str]] = {}
    for kind, words in _WORDS.items():
        for word in words.split():
            for written in _written(word):
                kinds = found.setdefault(written, [])
                if kind not in kinds:
                    kinds.append(kind)
    return {
        word: tuple(kinds)
        for word, kinds in found.items()
        if len(word) >= _LEAST and IS_LETTER.issuperset(word)
    }


def stems(words: Iterable[bytes]) -> frozenset[bytes]:
    """The fewest pieces of which every word contains one."""
    found: list[bytes] = []
    for word in sorted(words, key=len):
        if not any(stem in word for stem in found):
            found.append(word)
    return frozenset(found)


KINDS_OF: Final = _vocabulary()
"""Which kinds a word speaks of; words are compared whole, ASCII letters as small ones."""

STRANGERS: Final = frozenset(
    b"order orders bestellung bestellnummer auftrag auftragsnummer commande pedido ordine invoice "
    b"rechnung rechnungsnummer facture factura tracking sendung shipment parcel timestamp ts time "
    b"date datum created updated uuid guid hash sha md5 session trace request span batch serial "
    b"barcode ean sku isbn imei latitude longitude lat lon transaction txn ".split()
) | frozenset(
    word.encode(character_set)
    for word in ("заказ", "заказа", "счет", "накладная", "артикул", "дата")
    for character_set in ("utf-8", "cp1251")
)
"""Words that say that the next number is something else."""
