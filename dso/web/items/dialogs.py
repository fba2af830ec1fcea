"""Dialogues about ticked items: clearing them by hand, writing to their customer."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from dso import clock
from dso.db import db
from dso.domain.errors import Refused
from dso.domain.permissions import Capability
from dso.http.errors import sentence
from dso.http.forms import Form
from dso.http.guard import requires, viewer
from dso.http.pages import page
from dso.models import Item
from dso.services import items as services
from dso.services.actions import one_off, review
from dso.web.items import bp
from dso.web.items.acts import back, done, ticked


class ClearForm(Form):
    """When the items were paid."""

    on = DateField(_l("Paid on"), validators=[InputRequired(_l("Say on which day."))])


class MailForm(Form):
    """What is written to the customer of the items."""

    subject = StringField(_l("Subject"), validators=[InputRequired(_l("Write a subject.")), Length(max=300)])
    body = TextAreaField(_l("Text"), validators=[InputRequired(_l("Write a text.")), Length(max=20_000)])


def _dialog(name: str, form: Form, items: Sequence[Item], status: int = 200) -> Response:
    return page(f"items/{name}.html", f"items/_{name}.html", status, form=form, items=items, next=back())


def _when(items: Sequence[Item]) -> dict[str, Any]:
    return {"actor": viewer(), "today": clock.today(items[0].customer.entity.timezone), "now": clock.now()}


@bp.route("/clear", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def clear() -> Response:
    """Clear the ticked items by hand, as paid on a day up to today."""
    items = ticked()
    when = _when(items)
    form = ClearForm(on=when["today"])
    if request.method != "POST":
        return _dialog("clear", form, items)
    if form.validate():
        try:
            changed = services.clear(items, on=form.on.data, **when)
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(sentence(error))
        else:
            return done(ngettext("One item cleared.", "%(num)s items cleared.", len(changed)))
    return _dialog("clear", form, items, 422)


@bp.route("/mail", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def mail() -> Response:
    """Write to the customer of the ticked items, beside the plan; it leaves at once."""
    items = ticked()
    if len({item.account_id for item in items}) > 1:
        raise Refused("One e-mail goes to one customer: tick items of one account.")
    form = MailForm(body="#salutation\n\n#items_list_selected\n")
    if request.method != "POST":
        return _dialog("mail", form, items)
    if form.validate():
        when = _when(items)
        try:
            one_off.tell_about(items, None, one_off.Words(form.subject.data, form.body.data), **when)
            review(items[0].customer.entity, [items[0].account_id], today=when["today"], now=when["now"])
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(sentence(error))
        else:
            return done(_("The message is in the outbox."))
    return _dialog("mail", form, items, 422)
