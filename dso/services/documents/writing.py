"""Amounts, days and names as a message writes them: in the language of its template and its reader's region."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from babel.dates import format_date
from markupsafe import Markup

from dso import formats
from dso.domain import documents, wordings
from dso.domain.documents import Line
from dso.domain.letters import Address, address_lines
from dso.domain.wordings import Words


@dataclass(frozen=True)
class Writer:
    """How one message writes; `language` is its template's, `country` its reader's."""

    language: str
    country: str = ""

    @cached_property
    def words(self) -> Words:
        """The product's own words."""
        return wordings.words(self.language)

    @cached_property
    def locale(self) -> str:
        """Locale of days and amounts."""
        return wordings.regional(self.language, self.country)

    def day(self, value: date | None) -> str:
        """A day in figures, as tables show it."""
        return formats.day(value, self.locale)

    def long_day(self, value: date | None) -> str:
        """A day with its month in letters, as sentences show it; empty when unknown."""
        return "" if value is None else format_date(value, "long", locale=formats.locale(self.locale))

    def amount(self, value: Decimal, currency: str) -> str:
        """An amount without its currency, as cells show it."""
        return formats.amount(value, currency, self.locale)

    def money(self, value: Decimal, currency: str) -> str:
        """An amount with its currency, as sentences and totals show it."""
        return formats.letter_money(value, currency, self.locale)

    def sums(self, amounts: Mapping[str, Decimal], *, otherwise: str) -> str:
        """The amounts a sentence asks for, one per currency; zero in the currency `otherwise` when there is none."""
        wanted = documents.asked_for(amounts) or {otherwise: Decimal(0)}
        parts = [self.money(value, currency) for currency, value in wanted.items()]
        if len(parts) < 2:
            return parts[0]
        return ", ".join(parts[:-1]) + self.words.conjunction + parts[-1]

    def days(self, count: int) -> str:
        """Days late as cells show them; empty while not late."""
        return self.words.days % {"n": formats.number(count, 0, self.locale)} if count > 0 else ""

    def number(self, count: int) -> str:
        """A whole number."""
        return formats.number(count, 0, self.locale)

    def decimal(self, text: str) -> str:
        """A plain number such as a rate, with the language's mark and no more decimals than it has."""
        if not text:
            return ""
        value = Decimal(text)
        exponent = value.normalize().as_tuple().exponent
        return formats.number(value, max(0, -exponent) if isinstance(exponent, int) else 0, self.locale)

    def type(self, line: Line) -> str:
        """The type of an item where it is worth a word."""
        kind = documents.short_type(line)
        return self.words.types[kind] if kind else ""

    def remark(self, line: Line) -> str:
        """What a debtor reads beside an item: dispute, promise, the label of its status, a visible comment."""
        parts = [self._standing(line)]
        if line.promised_on is not None:
            parts.append(self.words.promised % {"day": self.day(line.promised_on)})
        parts.append(line.comment)
        return ", ".join(part for part in parts if part)

    def _standing(self, line: Line) -> str:
        if line.disputed and abs(line.disputed) < abs(line.item.remaining):
            return self.words.partly_disputed % {"amount": self.money(line.disputed, line.item.currency)}
        if line.disputed:
            return self.words.disputed
        return line.labels.get(self.language) or line.labels.get(self.words.language, "")

    def address(self, address: Address, *, home: str, posted_in: str = "") -> list[str]:
        """The lines of an address; the country is named for post leaving `home`, in the language `posted_in`."""
        abroad = address.country and address.country != home.upper()
        at = formats.locale(posted_in or self.locale)
        name = at.territories.get(address.country, address.country) if abroad else ""
        return address_lines(address, country_name=name)

    def label(self, name: str, text: str) -> str:
        """A word and what it stands for; French puts a space before the colon."""
        return f"{name}\u00a0: {text}" if self.words.language == "fr" else f"{name}: {text}"

    def lines(self, text: str) -> Markup:
        """Several lines of plain text as HTML."""
        return Markup("<br>").join(text.splitlines())
