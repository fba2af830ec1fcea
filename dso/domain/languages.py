"""Which language a message is written in, and which template is taken for it."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who decided the language."""

    CONTACT = "contact"
    CUSTOMER = "customer"
    COUNTRY = "country"
    SCENARIO = "scenario"
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The language a message should have; `unsure` when its country speaks several."""

    language: str
    source: Source
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The language of the template in hand; everything in the message follows it."""

    language: str
    fallback: bool


#: Languages the shipped texts come in.
SHIPPED = ("en", "fr", "de")

#: Countries where a letter in the wrong national language is a mistake: somebody must say.
ASK = frozenset({"CH", "BE", "LU"})

_BY_LANGUAGE = {
    "ar": "AE BH DZ EG IQ JO KW LB LY MA OM QA SA SD SY TN YE",
    "bg": "BG",
    "cs": "CZ",
    "da": "DK",
    "de": "AT DE LI",
    "el": "CY GR",
    "en": "AU BB BM BS BW CA GB GH GI GY IE IM IN JE JM KE MT NG NZ PH PK SG TT UG US ZA ZM ZW GG",
    "es": "AR BO CL CO CR CU DO EC ES GT HN MX NI PA PE PY SV UY VE",
    "et": "EE",
    "fi": "FI",
    "fr": "BF BJ CD CF CG CI CM FR GA GF GN GP KM MC ML MQ NC NE PF PM RE SN TD TG WF YT BL MF",
    "hr": "HR",
    "hu": "HU",
    "it": "IT SM VA",
    "ja": "JP",
    "ko": "KR",
    "lt": "LT",
    "lv": "LV",
    "nb": "NO",
    "nl": "NL SR",
    "pl": "PL",
    "pt": "AO BR CV MZ PT",
    "ro": "MD RO",
    "ru": "BY RU",
    "sk": "SK",
    "sl": "SI",
    "sv": "SE",
    "tr": "TR",
    "uk": "UA",
    "zh": "CN HK MO TW",
}
BY_COUNTRY = {country: language for language, codes in _BY_LANGUAGE.items() for country in codes.split()}


def wanted(
    *,
    contact: str | None,
    customer: str | None,
    country: str | None,
    scenario: str | None,
    entity: str,
) -> Wanted:
    """The contact's language, else the customer's, its country's, the scenario's, the entity's.

    A country of several languages settles nothing and makes the answer unsure.
    """
    if contact:
        return Wanted(contact, Source.CONTACT)
    if customer:
        return Wanted(customer, Source.CUSTOMER)
    code = (country or "").upper()
    if code in BY_COUNTRY:
        return Wanted(BY_COUNTRY[code], Source.COUNTRY)
    unsure = code in ASK
    if scenario:
        return Wanted(scenario, Source.SCENARIO, unsure)
    return Wanted(entity, Source.ENTITY, unsure)


def taken(want: Wanted, available: Collection[str], *, scenario: str | None) -> Taken | None:
    """The template language to take, or None where there is no template at all.

    First the wanted language, then its main language (`fr` for `fr-CA`), then the scenario's, then
    whatever there is. Anything but the first two is a fallback, which a person must confirm.
    """
    match = _match(want.language, available)
    if match is not None:
        return Taken(match, want.unsure)
    for language in (scenario, *sorted(available)):
        if language and (match := _match(language, available)) is not None:
            return Taken(match, fallback=True)
    return None


def _match(language: str, available: Collection[str]) -> str | None:
    plain = {_plain(one): one for one in available}
    asked = _plain(language)
    return plain.get(asked) or plain.get(asked.partition("-")[0])


def _plain(language: str) -> str:
    return language.replace("_", "-").lower()
