"""Currency cells: ISO 4217 codes, and the signs that mean one currency only."""

_CODES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
    HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH
    UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG HRK ANG""".split()
)
_SIGNS = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "£": "GBP", "US$": "USD", "ZŁ": "PLN", "R$": "BRL", "₹": "INR"}

#: Signs several currencies share, and those that do.
_SHARED = {
    "$": """USD CAD AUD NZD SGD HKD TWD BSD BBD BZD BMD BND FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD MXN ARS CLP COP UYU
        DOP CUP""",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "¥": "JPY CNY",
    "KR": "SEK NOK DKK ISK",
    "FR": "CHF XAF XOF XPF",
}


def currency_code(cell: str) -> str | None:
    """The ISO code a cell means; None when it means none, or several (a bare dollar sign)."""
    word = cell.strip().upper()
    return word if word in _CODES else _SIGNS.get(word)


def contradicts(sign: str, currency: str) -> bool:
    """Whether a sign at the amounts speaks for other currencies than this one; a sign that is not known does not.

    `sign` as the amounts have it ("$", "CHF", "kr."), `currency` an ISO code.
    """
    word = sign.strip().upper().rstrip(".")
    shared = _SHARED.get(word)
    if shared is not None:
        return currency not in shared.split()
    code = currency_code(word)
    return code is not None and code != currency
