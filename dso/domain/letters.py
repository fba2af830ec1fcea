"""Letters: how addresses are written and where the window of an envelope is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as parts; empty parts are left out."""

    name: str = ""
    street: str = ""
    street_line2: str = ""
    street_line3: str = ""
    po_box: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""


#: The city stands before the postal code, with the state where there is one.
_CITY_FIRST = frozenset({"US", "CA", "AU", "NZ", "IN"})
#: The postal code stands on a line of its own under the city.
_CODE_BELOW = frozenset({"GB", "IE", "GG", "JE", "IM"})


def address_lines(address: Address, *, country_name: str = "") -> list[str]:
    """The lines of an address in the order of its country; `country_name` for post that goes abroad."""
    lines = [address.name, address.street, address.street_line2, address.street_line3, address.po_box]
    lines.extend(_place(address))
    lines.append(country_name.upper())
    return [line.strip() for line in lines if line.strip()]


def _place(address: Address) -> list[str]:
    if address.country in _CITY_FIRST:
        region = f"{address.state} {address.postal_code}".strip()
        return [", ".join(part for part in (address.city, region) if part)]
    if address.country in _CODE_BELOW:
        return [address.city, address.state, address.postal_code]
    return [f"{address.postal_code} {address.city}".strip(), address.state]


@dataclass(frozen=True, slots=True)
class Window:
    """Where the recipient's address stands on the page, in millimetres from its top left corner."""

    left: int
    top: int
    width: int = 85
    height: int = 40


#: Right in France and the countries that follow it, left elsewhere (DIN 5008 B, BS 1808).
_RIGHT = Window(left=110, top=50)
_LEFT = Window(left=22, top=50)
_RIGHT_COUNTRIES = frozenset({"FR", "MC", "BE", "LU", "IT", "ES", "PT", "CH"})


def window(country: str) -> Window:
    """The window of the envelopes sold in the sender's country."""
    return _RIGHT if country.upper() in _RIGHT_COUNTRIES else _LEFT
