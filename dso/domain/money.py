"""Exact amounts: ten-thousandths for storage, one rounding rule, decimals of each currency (ISO 4217)."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

#: Ten-thousandths of one unit of currency; four decimals hold every ISO currency (1.6).
UNITS = 10_000
ZERO = Decimal(0)

_NO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_FOUR_DECIMALS = frozenset("CLF UYW".split())
#: The largest amount the product takes in, exclusive: sums of a million of them still fit 64 bits.
LIMIT = Decimal(10) ** 14
_SMALLEST = Decimal(1) / UNITS


def decimals(currency: str) -> int:
    """Number of decimals of an ISO 4217 currency; 2 for codes not known otherwise."""
    if currency in _NO_DECIMALS:
        return 0
    if currency in _THREE_DECIMALS:
        return 3
    return 4 if currency in _FOUR_DECIMALS else 2


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Round half up (away from zero on a tie) to the currency's own decimals."""
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether the amount has no more decimals than its currency."""
    return rounded(amount, currency) == amount


def to_units(amount: Decimal) -> int:
    """Whole ten-thousandths of an amount; ValueError when it has more than four decimals."""
    scaled = amount.scaleb(4)
    units = int(scaled)
    if units != scaled:
        raise ValueError(f"{amount} has more than four decimals")
    return units


def from_units(units: int) -> Decimal:
    """The amount of a number of ten-thousandths."""
    return Decimal(units).scaleb(-4)


def plain(amount: Decimal, currency: str) -> str:
    """The amount as JSON and files write it: a point, the currency's decimals, no thousands mark."""
    return f"{rounded(amount, currency):f}"


def parse_amount(text: str) -> Decimal:
    """An amount typed by a person: "1 234,50", "1,234.50" or "1234.5".

    Decimal of at most four decimals below the limit; ValueError when unreadable or out of these bounds.
    """
    digits = text.strip().replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace("'", "")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma > point:
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    try:
        amount = Decimal(digits.replace("−", "-"))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not amount.is_finite() or abs(amount) >= LIMIT or amount != amount.quantize(_SMALLEST):
        raise ValueError(text)
    return amount
