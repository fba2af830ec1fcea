"""Forms of one action."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from dso.domain.codes import CallOutcome, DisputeOutcome
from dso.http.forms import AmountField, Form, choices


class ComposeForm(Form):
    """A message before it leaves."""

    to = StringField(_l("To"), validators=[Length(max=1000)])
    subject = StringField(_l("Subject"), validators=[InputRequired(_l("Write a subject.")), Length(max=300)])
    body = TextAreaField(_l("Text"), validators=[InputRequired(_l("Write a text.")), Length(max=50_000)])
    keep_open = BooleanField(_l("Keep the action open after sending"))
    override_reason = StringField(_l("Reason for writing again so soon"), validators=[Length(max=300)])

    def addresses(self) -> list[str]:
        """The addresses written in "To"."""
        return [part.strip() for part in (self.to.data or "").replace(";", ",").split(",") if part.strip()]


class EndForm(Form):
    """Completing an action; the outcome is a dispute's."""

    outcome = RadioField(
        _l("Outcome"),
        choices=choices(
            [
                ("", _l("None: the items return to the scenario")),
                ("accepted", _l("Accepted: wait for a credit")),
                ("rejected", _l("Rejected: explain, then ten days of grace")),
                ("partly", _l("Partly accepted")),
            ]
        ),
        default="",
        validators=[Optional()],
    )
    amount = AmountField(_l("Amount accepted"), validators=[Optional()])
    note = TextAreaField(_l("Note"), validators=[Length(max=4000)])

    def chosen(self) -> DisputeOutcome | None:
        """The outcome, when one was chosen."""
        return DisputeOutcome(self.outcome.data) if self.outcome.data else None

    def together(self) -> Iterator[tuple[Field, str]]:
        """A partly accepted dispute names its amount."""
        if self.outcome.data == "partly" and self.amount.data is None and not self.amount.errors:
            yield self.amount, _("Say which amount was accepted.")


class SkipForm(Form):
    """Skipping needs a reason."""

    reason = StringField(_l("Reason"), validators=[InputRequired(_l("Say why it is skipped.")), Length(max=300)])


class RedateForm(Form):
    """Another date."""

    on = DateField(_l("New date"), validators=[InputRequired(_l("Say on which day."))])


class CallForm(Form):
    """A call and how it ended."""

    outcome = RadioField(
        _l("Outcome"),
        choices=choices(
            [
                ("reached", _l("Reached")),
                ("promise", _l("Promise to pay")),
                ("dispute", _l("Dispute")),
                ("no_answer", _l("No answer")),
                ("voicemail", _l("Voicemail")),
                ("wrong_person", _l("Wrong person")),
            ]
        ),
        validators=[InputRequired(_l("Say how the call ended."))],
    )
    note = TextAreaField(_l("Note"), validators=[Length(max=4000)])

    def chosen(self) -> CallOutcome:
        """The outcome."""
        return CallOutcome(self.outcome.data)
