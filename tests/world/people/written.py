"""How people and programs write numbers, and what they call them, by kind."""

from __future__ import annotations

from random import Random

WORDS: dict[str, tuple[str, ...]] = {
    "card": (
        "card", "card_number", "cardNumber", "credit card", "Kreditkarte", "Kreditkartennummer",
        "carte bancaire", "tarjeta", "VISA", "PAN", "номер карты", "Карта", "банковская карта",
    ),
    "iban": ("iban", "IBAN", "Konto", "account", "счёт", "compte"),
    "inn": ("inn", "INN", "ИНН", "инн", "client_inn", "tax_inn", "ИНН организации"),
    "snils": ("snils", "SNILS", "СНИЛС", "снилс", "СНИЛС сотрудника"),
    "ogrn": ("ogrn", "ОГРН", "OGRN", "ОГРНИП", "ogrn_number"),
    "passport-ru": ("passport", "паспорт", "Паспорт", "passport_number", "ПАСПОРТ РФ", "pasport"),
    "ssn-us": ("ssn", "SSN", "Social Security Number", "social_security_number", "ssn_number"),
    "nino-gb": ("nino", "NINO", "National Insurance Number", "national_insurance", "NI / NINO"),
    "nhs-gb": ("nhs", "NHS number", "nhs_number", "NHS No", "nhsNumber"),
    "tin-de": ("steuer_id", "Steuer-ID", "IdNr", "Steueridentifikationsnummer", "SteuerID", "idnr"),
    "nir-fr": ("nir", "NIR", "numéro de sécurité sociale", "n° sécu", "securite_sociale"),
    "dni-es": ("dni", "DNI", "NIE", "NIF", "documento de identidad", "dni_number"),
    "codice-fiscale-it": ("codice fiscale", "codice_fiscale", "Codice Fiscale", "codiceFiscale"),
    "pesel-pl": ("pesel", "PESEL", "nr PESEL", "pesel_number"),
    "bsn-nl": ("bsn", "BSN", "burgerservicenummer", "BSN-nummer"),
    "nn-be": ("rijksregisternummer", "NISS", "numéro de registre national", "INSZ"),
    "kimlik-tr": ("TC kimlik no", "tckn", "kimlik_no", "T.C. Kimlik"),
    "cpf-br": ("cpf", "CPF", "CPF do cliente", "cpf_number"),
    "id-cn": ("身份证号码", "身份证", "id card", "identity_number", "sfz"),
    "aadhaar-in": ("aadhaar", "Aadhaar No", "AADHAAR", "uidai", "aadhaar_number"),
    "rnokpp-ua": ("РНОКПП", "рнокпп", "ІПН", "rnokpp", "ИПН"),
    "personnummer-se": ("personnummer", "Personnummer", "persnr", "personnummer_kund"),
    "hetu-fi": ("hetu", "HETU", "henkilötunnus", "Henkilötunnus"),
    "email": ("email", "e-mail", "mail", "почта", "Kontakt"),
    "phone": ("phone", "tel", "Telefon", "телефон", "mobile_phone", "Тел.", "téléphone", "Handy"),
}  # fmt: skip

GROUPS: dict[str, tuple[tuple[tuple[int, ...], str], ...]] = {
    "card": (((4, 4, 4, 4), " "), ((4, 4, 4, 4), "-"), ((4, 6, 5), " ")),
    "snils": (((3, 3, 3, 2), "-- "), ((3, 3, 3, 2), "   "), ((3, 3, 3, 2), "---")),
    "passport-ru": (((4, 6), " "), ((2, 2, 6), "  ")),
    "ssn-us": (((3, 2, 4), "-"), ((3, 2, 4), " ")),
    "nino-gb": (((2, 2, 2, 2, 1), " "),),
    "nhs-gb": (((3, 3, 4), " "),),
    "tin-de": (((2, 3, 3, 3), " "),),
    "nir-fr": (((1, 2, 2, 2, 3, 3, 2), " "), ((13, 2), " ")),
    "dni-es": (((8, 1), "-"),),
    "nn-be": (((2, 2, 2, 3, 2), "..-."),),
    "cpf-br": (((3, 3, 3, 2), "..-"),),
    "aadhaar-in": (((4, 4, 4), " "), ((4, 4, 4), "-")),
    "personnummer-se": (((6, 4), "-"),),
    "iban": (((4, 4, 4, 4, 4, 4, 4, 4, 4), " "),),
}
ALWAYS_GROUPED = {"ssn-us", "personnummer-se"}


def written(random: Random, kind: str, number: str) -> str:
    """One of the ways in which people write a number."""
    if kind == "phone":
        return _phone(random, number)
    ways = [
        (lengths, marks)
        for lengths, marks in GROUPS.get(kind, ())
        if sum(lengths) == len(number) or kind == "iban"
    ]
    if not ways or (kind not in ALWAYS_GROUPED and random.random() < 0.5):
        return number
    lengths, marks = random.choice(ways)
    parts, place = [], 0
    for length in lengths:
        parts.append(number[place : place + length])
        place += length
    parts = [part for part in parts if part]
    marks = marks * len(parts) if len(marks) == 1 else marks
    return parts[0] + "".join(mark + part for mark, part in zip(marks, parts[1:], strict=False))


def _phone(random: Random, number: str) -> str:
    code = next(
        each for each in ("380", "7", "1", "49", "33", "34", "44", "48") if number.startswith(each)
    )
    rest = number[len(code) :]
    return random.choice(
        (
            f"+{number}",
            f"+{code} {rest}",
            f"+{code} {rest[:3]} {rest[3:6]} {rest[6:]}",
            f"+{code} ({rest[:3]}) {rest[3:6]}-{rest[6:]}",
            f"+{code}-{rest[:3]}-{rest[3:]}",
        )
    )
