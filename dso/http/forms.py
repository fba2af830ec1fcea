"""The base of all forms: CSRF by Flask-WTF, fields for exact amounts and stripped text."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from dso import emails
from dso.domain.errors import Refused
from dso.domain.imports.dates import YEARS
from dso.domain.money import parse_amount


class Form(FlaskForm):
    """A form; its fields strip what people type around the words."""

    class Meta(FlaskForm.Meta):
        """Filters bound to every text field."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Strip text fields."""
            if unbound_field.field_class is StringField:
                options.setdefault("filters", [_strip])
            return super().bind_field(form, unbound_field, options)

    def together(self) -> Iterator[tuple[Field, str]]:
        """What is wrong between fields, and beside which of them it is said.

        For fields that may be empty: their own validators do not run when nothing was written.
        """
        yield from ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then days nobody means, then what the fields say together."""
        fine = bool(super().validate(extra_validators))
        for field, words in (*self._far_off(), *self.together()):
            field.errors = [*field.errors, words]
            fine = False
        return fine

    def _far_off(self) -> Iterator[tuple[Field, str]]:
        for field in self:
            if isinstance(field, DateField) and field.data is not None and field.data.year not in YEARS:
                yield field, gettext("This day is out of reach.")


def _strip(value: str | None) -> str | None:
    return value.strip() if isinstance(value, str) else value


def email_address(_form: Any, field: Field) -> None:
    """A validator: an address mail can be sent to, or nothing; asks no name server."""
    try:
        field.data = emails.address(field.data) if field.data else ""
    except Refused as error:
        raise ValidationError(gettext("This is not an e-mail address.")) from error


def choices(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Choices of a select or radio field from (value, words)."""
    return [SelectChoice(value, words) for value, words in pairs]


class CheckboxesField(SelectMultipleField):
    """Several choices as tick boxes; `data` is the list of the ticked values."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _shortest(amount: Decimal) -> str:
    """An amount to be edited: two decimals or none, more only where it has them ("410.20", not "410.2000")."""
    text = f"{amount.normalize():f}"
    whole, point, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}" if point else whole


class AmountField(Field):
    """An exact amount; `data` is a Decimal or None."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else _shortest(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; the text is kept when it cannot be read."""
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            try:
                self.data = parse_amount(str(valuelist[0]))
            except ValueError as error:
                raise ValidationError(gettext("This is not an amount, write for example 1234.50.")) from error
