"""The debtor's answer as a form, and the search above the statement."""

from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO, cast

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from dso import emails
from dso.domain import replies as rules
from dso.domain.codes import ReplyKind
from dso.domain.errors import Refused
from dso.domain.positions import SORTS, View
from dso.domain.uploads import EXTENSIONS
from dso.http.errors import sentence
from dso.http.forms import AmountField, Form
from dso.models import Link
from dso.services.files import Checked, Upload, check_all

#: A reason that is none of the team's own.
OTHER = "other"
_DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]


class Day(DateField):
    """A day; says in our words when it cannot be read."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("This is not a day, write for example 2026-11-28.")) from error


class WriterForm(Form):
    """Who writes, what, and with which files. No session token: see `dso.portal.keys`."""

    class Meta(Form.Meta):
        """The form key stands for the token."""

        csrf = False

    text = TextAreaField(_l("Your message"), validators=[Optional()])
    files = MultipleFileField(_l("Files"), validators=[Optional()])
    author = StringField(
        _l("Your name"), validators=[InputRequired(_l("Tell us your name.")), Length(max=200, message=_l("Too long."))]
    )
    email = StringField(_l("Your e-mail"), validators=[InputRequired(_l("Tell us your e-mail address."))])

    def validate_email(self, field: StringField) -> None:
        """An address mail can be sent to; asks no name server."""
        try:
            field.data = emails.address(field.data)
        except Refused as error:
            raise ValidationError(_("This is not an e-mail address.")) from error

    def written(self, kind: ReplyKind, **facts: Any) -> rules.Answer:
        """What was filled in, as the rules take it."""
        return rules.Answer(
            kind,
            " ".join((self.author.data or "").replace("\0", "").split()),
            self.email.data or "",
            text=(self.text.data or "").replace("\r\n", "\n").replace("\0", "").strip(),
            **facts,
        )

    def add_error(self, field: str, error: Refused) -> None:
        """Put a refusal beside its field; above the form when it is about none."""
        if field in self:
            self[field].errors = [*self[field].errors, sentence(error)]
        else:
            self.form_errors.append(sentence(error))

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        return any(field.errors for field in self) or bool(self.form_errors)


class AnswerForm(WriterForm):
    """What the debtor answers."""

    kind = RadioField(_l("Your answer"), validators=[InputRequired(_l("Choose what you want to tell us."))])
    promised_on = Day(_l("We will pay on"), format=_DAYS, validators=[Optional()])
    paid_on = Day(_l("We paid on"), format=_DAYS, validators=[Optional()])
    reason = SelectField(_l("Reason"), validators=[Optional()])
    amount = AmountField(_l("Amount, if only a part"), validators=[Optional()])
    copy = BooleanField(_l("Send me a copy by e-mail"))

    def offer(self, reasons: Sequence[tuple[str, str]]) -> None:
        """Fill the choices: kinds of answers, reasons of a dispute."""
        self.kind.choices = [(kind.value, kind.value) for kind in ReplyKind]
        self.reason.choices = [("", _("Choose…")), *reasons, (OTHER, _("Another reason"))]

    def answer(self) -> rules.Answer:
        """The answer, without the facts of other kinds."""
        reason = self.reason.data or ""
        return rules.only_relevant(
            self.written(
                ReplyKind(self.kind.data),
                reason="" if reason == OTHER else reason,
                promised_on=self.promised_on.data,
                paid_on=self.paid_on.data,
                amount=self.amount.data,
            )
        )

    def check(self, subjects: Sequence[rules.Subject], *, files: int, today: date) -> None:
        """Note everything that is wrong, each beside its field."""
        self.validate()
        self._forget_other_kinds()
        if self.kind.errors:
            return
        for field, refusal in rules.problems(self.answer(), subjects, files=files, today=today).items():
            if field not in self or not self[field].errors:
                self.add_error(field, refusal)

    def _forget_other_kinds(self) -> None:
        """Without script all fields are sent: errors in those of other kinds are nobody's concern."""
        wanted = {"promised_on": ("promise",), "paid_on": ("paid",), "amount": ("promise", "dispute")}
        for name, kinds in wanted.items():
            if self.kind.data not in kinds:
                self[name].errors = []


class QuestionForm(WriterForm):
    """What a colleague answers: words, files, and whether the dispute is settled."""

    resolved = BooleanField(_l("The dispute is resolved"))

    def answer(self) -> rules.Answer:
        """The answer."""
        return self.written(ReplyKind.COMMENT, resolved=bool(self.resolved.data))

    def check(self, *, files: int, today: date) -> None:
        """Note everything that is wrong, each beside its field."""
        self.validate()
        for field, refusal in rules.problems(self.answer(), (), files=files, today=today).items():
            self.add_error(field, refusal)


def received_files() -> tuple[list[Checked], Refused | None]:
    """The files that came along, checked; none, and the reason, when one is not taken."""
    found = [Upload(file.filename or "", cast(BinaryIO, file.stream)) for file in request.files.getlist("files")]
    try:
        return check_all(found), None
    except Refused as error:
        return [], error


def blank(link: Link) -> MultiDict[str, str]:
    """The values of an untouched form: name and address of whom the link was made for."""
    address = link.recipient if "@" in link.recipient else ""
    return MultiDict({"author": link.recipient_name, "email": address})


def accept() -> str:
    """What the file field offers to choose."""
    return ",".join(f".{extension}" for extension in EXTENSIONS)


def view_of(args: MultiDict[str, str]) -> View:
    """What the search above the statement asks for; what cannot be read is left out."""
    sort = args.get("sort", "due")
    return View(
        text=args.get("text", "").strip()[:100],
        issued_from=_day(args.get("from", "")),
        issued_to=_day(args.get("to", "")),
        status=args.get("status", "")[:100],
        overdue=args.get("overdue") == "1",
        sort=sort if sort.removeprefix("-") in SORTS else "due",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def ids(args: MultiDict[str, str]) -> list[int]:
    """The ticked items; anything that is no number is left out."""
    return [int(text) for text in args.getlist("items") if text.isdecimal() and len(text) < 19]
