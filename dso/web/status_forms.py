"""Forms of the status dialogue, and how what was chosen becomes a tagging and a message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    Field,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from dso.db import db
from dso.domain.codes import NEVER_AUTOMATIC, Flavour, Mode, ReplyKind, StatusType, StepType
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.errors import sentence
from dso.http.forms import AmountField, Form
from dso.models import Entity, Item, Qualification, Reply, Status, Step, User
from dso.queries import statuses as queries
from dso.services import files as store
from dso.services.actions import one_off
from dso.services.messages import Draft
from dso.services.statuses import FollowUp, Tagging

REMOVE = "remove"
_TYPES = {
    StatusType.ONGOING: _l("Ongoing"),
    StatusType.PROMISE: _l("Promise"),
    StatusType.DISPUTE: _l("Dispute"),
    StatusType.DISPUTE_RESOLVED: _l("Dispute resolved"),
    StatusType.LITIGATION: _l("Litigation"),
}


class QualifyForm(Form):
    """Status, e-mail, next."""

    status = SelectField(_l("Status"), validators=[InputRequired(_l("Choose a status."))])
    promised_on = DateField(_l("Promised for"), validators=[Optional()])
    on = DateField(_l("Date"), validators=[Optional()])
    amount = AmountField(_l("Amount, when not the whole"), validators=[Optional()])
    resolver = SelectField(_l("Resolver"), validators=[Optional()])
    comment = TextAreaField(_l("Comment"), validators=[Length(max=4000)])
    visible = BooleanField(_l("The customer may read the comment"))
    files = MultipleFileField(_l("Files"))
    mail = RadioField(_l("E-mail"), default="none", validators=[Optional()])
    mail_to = SelectField(_l("Colleague"), validators=[Optional()])
    subject = StringField(_l("Subject"), validators=[Length(max=300)])
    body = TextAreaField(_l("Text"), validators=[Length(max=20000)])
    next_step = RadioField(_l("Next"), default="default", validators=[Optional()])
    follow_up_on = DateField(_l("Follow-up on"), validators=[Optional()])
    template = SelectField(_l("Text of the follow-up"), validators=[Optional()])
    mode = SelectField(_l("Mode of the follow-up"), validators=[Optional()])

    def offer(self, entity: Entity, user: User) -> None:
        """Fill the choices; who may only tag gets no customer e-mail and no say in what comes next."""
        works = user.can(Capability.COLLECTION_WORK)
        groups: dict[str, list[tuple[str, str]]] = {}
        for status in queries.active_statuses():
            groups.setdefault(str(_TYPES[status.type]), []).append((str(status.id), status.name))
        self.status.choices = {"": [("", _("Choose…"))], **groups, str(_("None")): [(REMOVE, _("Remove the status"))]}
        people = [(str(each.id), each.full_name) for each in queries.resolvers(entity)]
        self.resolver.choices = [("", _("Nobody")), *people]
        self.mail_to.choices = [("", _("The resolver")), *people]
        mails = [("none", _("None")), ("customer", _("To the customer")), ("internal", _("To a colleague"))]
        self.mail.choices = mails if works else [mails[0], mails[2]]
        nexts = [("default", _("As the status says")), ("none", _("Let the scenario go on"))]
        self.next_step.choices = [*nexts, ("specific", _("Specific action"))] if works else nexts[:1]
        steps = [(str(step.id), step.name) for step in queries.library_steps(entity)] if works else []
        self.template.choices = [("", _("As the status says")), *steps]
        self.mode.choices = [("", _("As the status says")), *_modes()]

    #: The files of the request that may be taken in.
    checked: Sequence[store.Checked] = ()

    def validate_files(self, field: MultipleFileField) -> None:
        """All files or none; the reason stands beside the field."""
        sent = [file for file in field.data or [] if isinstance(file, FileStorage)]
        try:
            self.checked = store.check_all(store.Upload(f.filename or "", cast(BinaryIO, f.stream)) for f in sent)
        except Refused as error:
            raise ValidationError(sentence(error)) from error

    @property
    def chosen(self) -> Status | None:
        """The status chosen; None when it is to be removed."""
        return db.session.get(Status, int(self.status.data)) if self.status.data != REMOVE else None

    def together(self) -> Iterator[tuple[Field, str]]:
        """A promise needs its day, a specific action too; an internal e-mail needs somebody."""
        status = self.chosen if self.status.data and not self.status.errors else None
        if status and status.type is StatusType.PROMISE and _left_empty(self.promised_on):
            yield self.promised_on, _("Say for which day it was promised.")
        if self.next_step.data == "specific" and _left_empty(self.follow_up_on):
            yield self.follow_up_on, _("Say on which day to follow up.")
        if self.mail.data == "internal" and not self.mail_to.data and not self.resolver.data:
            yield self.mail_to, _("Choose the colleague to ask.")


def _left_empty(field: Field) -> bool:
    """Whether nothing was written; what cannot be read has its own words already."""
    return field.data is None and not field.errors


def _modes() -> list[tuple[str, str]]:
    return [("manual", _("Manual")), ("confirm", _("To be confirmed")), ("automatic", _("Automatic"))]


def _user(text: str | None) -> User | None:
    return db.session.get(User, int(text)) if text else None


def tagging_of(form: QualifyForm) -> Tagging:
    """What the form says, as the service takes it."""
    status = form.chosen
    promise = status is not None and status.type is StatusType.PROMISE
    takes_part = status is not None and status.type in (StatusType.PROMISE, StatusType.DISPUTE)
    follow_up: FollowUp = "default"
    if form.next_step.data == "specific" and form.follow_up_on.data:
        follow_up = form.follow_up_on.data
    elif form.next_step.data == "none":
        follow_up = "none"
    return Tagging(
        status,
        on=None if promise else form.on.data,
        promised_on=form.promised_on.data if promise else None,
        amount=form.amount.data if takes_part else None,
        comment=form.comment.data or "",
        visible_to_customer=bool(form.visible.data),
        resolver=_user(form.resolver.data) if status and status.type is StatusType.DISPUTE else None,
        follow_up=follow_up,
        follow_up_step=db.session.get(Step, int(form.template.data)) if form.template.data else None,
        follow_up_mode=Mode(form.mode.data) if form.mode.data else None,
    )


@dataclass(frozen=True)
class TagMail:
    """The e-mail that goes with a tagging; `kind` none, customer or internal."""

    kind: str
    words: one_off.Words

    @classmethod
    def of(cls, form: QualifyForm) -> "TagMail":
        """What the form says."""
        kind = form.mail.data or "none"
        to = (_user(form.mail_to.data) or _user(form.resolver.data)) if kind == "internal" else None
        return cls(kind, one_off.Words(form.subject.data or "", form.body.data or "", to))

    def send(self, items: Sequence[Item], tagging: Tagging, *, actor: User, today: date, now: datetime) -> None:
        """Queue it: one about the items of each customer; nothing for "none"."""
        if self.kind == "none":
            return
        for own in _by_customer(items):
            one_off.tell_about(own, tagging.status, self.words, actor=actor, today=today, now=now)

    def draft(self, items: Sequence[Item], tagging: Tagging, *, actor: User, today: date, now: datetime) -> Draft:
        """As it would leave once the items are tagged; of several customers, the first one's."""
        own = _by_customer(items)[0]
        return one_off.draft_about(own, tagging.status, self.words, actor=actor, today=today, now=now)


def _by_customer(items: Sequence[Item]) -> list[list[Item]]:
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(item.customer_id, []).append(item)
    return list(found.values())


def keep_files(form: QualifyForm, items: Sequence[Item], *, actor: User, now: datetime) -> None:
    """Put the files of the dialogue on the tagged items, for the team and the colleagues who are asked."""
    if not form.checked:
        return
    for own in _by_customer(items):
        store.add(form.checked, own[0].customer, items=own, actor=actor, now=now)


class Said:
    """What an answer or an earlier act of tagging says, as values of the form."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


_STATUS_OF_REPLY = {
    ReplyKind.PROMISE: StatusType.PROMISE,
    ReplyKind.PAID: StatusType.PROMISE,
    ReplyKind.PROCESSING: StatusType.ONGOING,
    ReplyKind.DISPUTE: StatusType.DISPUTE,
    ReplyKind.COMMENT: StatusType.ONGOING,
}


def of_reply(reply: Reply, today: date) -> Said:
    """The dialogue filled from an answer: status type, date, amount, comment.

    What was paid already is awaited from today on: no promise lies in the past.
    """
    wanted = _STATUS_OF_REPLY[reply.kind]
    fitting = [status for status in queries.active_statuses() if status.type is wanted]
    if reply.kind is ReplyKind.PAID and len(fitting) > 1:
        # Of the shipped promises the second is "Payment announced".
        fitting = fitting[1:]
    # A debtor chose a reason by the label of one of the team's own dispute statuses.
    fitting = [status for status in fitting if status.name == reply.reason] or fitting
    comment = f"{reply.reason}: {reply.text}" if reply.reason and reply.text else reply.reason or reply.text
    day = reply.promised_on or reply.paid_on
    return Said(
        status=str(fitting[0].id) if fitting else "",
        promised_on=max(day, today) if day else None,
        amount=reply.amount,
        comment=comment,
    )


def of_act(act: Qualification) -> Said:
    """The dialogue as it was filled in for an act of tagging."""
    return Said(
        status=str(act.status_id) if act.status_id else REMOVE,
        on=act.on,
        promised_on=act.promised_on,
        amount=act.amount,
        resolver=str(act.resolver_id or ""),
        comment=act.comment,
        visible=act.visible_to_customer,
    )


class SpecificForm(Form):
    """A specific action on ticked items."""

    name = StringField(_l("Name"), validators=[InputRequired(_l("Give it a name.")), Length(max=200)])
    type = SelectField(_l("Type"))
    template = SelectField(_l("Text"), validators=[Optional()])
    on = DateField(_l("On"), validators=[InputRequired(_l("Say on which day."))])
    mode = SelectField(_l("Mode"), default="manual")
    resolver = SelectField(_l("Resolver"), validators=[Optional()])

    def offer(self, entity: Entity, today: date) -> None:
        """Fill the choices; the day starts a week ahead."""
        words = {
            StepType.TASK: _("Task"),
            StepType.PHONE: _("Phone call"),
            StepType.EMAIL: _("E-mail"),
            StepType.LETTER: _("Letter"),
            StepType.REGISTERED_LETTER: _("Registered letter"),
            StepType.SMS: _("Text message"),
            StepType.HANDOVER: _("Litigation hand-over"),
        }
        self.type.choices = [(code.value, word) for code, word in words.items()]
        self.template.choices = [("", _("None")), *((str(s.id), s.name) for s in queries.library_steps(entity))]
        self.mode.choices = _modes()
        self.resolver.choices = [("", _("Nobody")), *((str(u.id), u.full_name) for u in queries.resolvers(entity))]
        if self.on.data is None and not self.is_submitted():
            self.on.data = today + timedelta(days=7)

    def validate_mode(self, field: SelectField) -> None:
        """Calls, tasks and registered letters are never automatic."""
        if field.data == Mode.AUTOMATIC and StepType(self.type.data) in NEVER_AUTOMATIC:
            raise ValidationError(_("An action of this type is never automatic."))

    def values(self) -> dict[str, Any]:
        """Keyword arguments of `specific.create`."""
        step = db.session.get(Step, int(self.template.data)) if self.template.data else None
        return {
            "name": self.name.data,
            "type": StepType(self.type.data),
            "mode": Mode(self.mode.data),
            "on": self.on.data,
            "step": step,
            "flavour": step.flavour if step else Flavour.PLAIN,
            "resolver": _user(self.resolver.data),
        }
