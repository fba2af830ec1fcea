"""Currency cells: ISO 4217 codes, and the signs that mean one currency only; signs at amounts, which may be looser."""

from functools import lru_cache

_CODES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
    UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG HRK ANG""".split()
)
_SIGNS = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "US$": "USD", "ZŁ": "PLN", "R$": "BRL", "₹": "INR"}

#: Signs that stand at amounts and are too loose for a cell that names a currency; the currencies they may mean.
_SHARED = {
    "$": """USD CAD AUD NZD SGD HKD TWD BSD BBD BZD BMD BND FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD MXN ARS CLP COP UYU
        DOP CUP""",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "¥": "JPY CNY",
    "KR": "SEK NOK DKK ISK",
    "FR": "CHF XAF XOF XPF",
    "₣": "CHF XAF XOF XPF",
    "₤": "GBP EGP FKP GIP LBP SDG SHP SSP SYP TRY",
    "C$": "CAD NIO",
    "CA$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "NT$": "TWD",
    "S$": "SGD",
    "MX$": "MXN",
    "₺": "TRY",
    "₽": "RUB",
    "₩": "KRW KPW",
    "₫": "VND",
    "ZL": "PLN",
    "KČ": "CZK",
    "KC": "CZK",
    "FT": "HUF",
    "LEI": "RON MDL",
    "RS": "INR PKR LKR NPR MUR SCR",
}


def currency_code(cell: str) -> str | None:
    """The ISO code a cell means; None when it means none, or several (a bare dollar sign)."""
    word = cell.strip().upper()
    return word if word in _CODES else _SIGNS.get(word)


def named_by(word: str) -> str:
    """The code a word or sign names, or the sign itself where several currencies share it; "" for any other word."""
    sign = word.strip().upper().rstrip(".")
    return currency_code(sign) or next((each for each in (sign, sign[-1:]) if each in _SHARED), "")


def may_be(named: str, currency: str) -> bool:
    """Whether what `named_by` gave may mean a currency."""
    return named == currency or (named in _SHARED and not contradicts(named, currency))


@lru_cache(maxsize=1_024)
def contradicts(sign: str, currency: str) -> bool:
    """Whether a sign at the amounts speaks for other currencies than this one; a sign that is not known does not.

    `sign` as the amounts have it ("$", "CHF", "kr."), `currency` an ISO code.
    """
    word = sign.strip().upper().rstrip(".")
    # A sign nobody knows with the letters before it is taken by itself: "B$" is some dollar.
    for each in (word, word[-1:]):
        if each in _SHARED:
            return currency not in _SHARED[each].split()
        if code := currency_code(each):
            return code != currency
    return False
