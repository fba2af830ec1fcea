"""Adding, editing and removing the people at a customer."""

from datetime import date
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from dso import clock
from dso.db import db
from dso.domain.codes import ContactRole
from dso.domain.errors import NotFound, Refused
from dso.domain.permissions import Capability
from dso.http.errors import sentence
from dso.http.forms import Form, email_address
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import Contact, Customer
from dso.queries.scope import get_customer
from dso.services import contacts as services
from dso.web.customers import bp


class ContactForm(Form):
    """A person at the customer."""

    title = StringField(_l("Title"), validators=[Length(max=30)])
    first_name = StringField(_l("First name"), validators=[Length(max=100)])
    last_name = StringField(_l("Last name"), validators=[InputRequired(_l("Write a last name.")), Length(max=100)])
    role = SelectField(_l("Role"), default=ContactRole.ACCOUNTANT.value)
    email = StringField(_l("E-mail"), validators=[Length(max=254), email_address])
    phone = StringField(_l("Phone"), validators=[Length(max=60)])
    mobile = StringField(_l("Mobile"), validators=[Length(max=60)])
    language = SelectField(_l("Language"))
    for_collection = BooleanField(_l("Contact for collection: gets every automatic message"))

    def offer(self) -> None:
        """Fill the choices."""
        words = [_("Accountant"), _("Buyer"), _("Director"), _("Company"), _("Other")]
        self.role.choices = [(role.value, word) for role, word in zip(ContactRole, words, strict=True)]
        known = [("en", "English"), ("fr", "Français"), ("de", "Deutsch")]
        held = self.language.data or ""
        other = [(held, held)] if held and held not in dict(known) else []
        self.language.choices = [("", _("As the customer")), *known, *other]


def _get(customer: Customer, contact_id: int) -> Contact:
    query = select(Contact).where(Contact.id == contact_id, Contact.customer_id == customer.id)
    found: Contact | None = db.session.scalar(query)
    if found is None:
        raise NotFound("There is no such contact.")
    return found


def _today(customer: Customer) -> date:
    return clock.today(customer.entity.timezone)


def _form(customer: Customer, contact: Contact | None) -> Response:
    """Show the form, or save what it says."""
    form = ContactForm(obj=contact)
    form.offer()
    if form.is_submitted():
        if form.validate():
            try:
                _save(customer, contact, {name: value for name, value in form.data.items() if name != "csrf_token"})
            except Refused as error:
                db.session.rollback()
                form.form_errors.append(sentence(error))
            else:
                db.session.commit()
                flash(_("Contact saved."), "ok")
                return go(url_for("customers.show_contacts", customer_id=customer.id))
        status = 422
    else:
        status = 200
    context = {"form": form, "customer": customer, "contact": contact}
    return page("customers/contact.html", "customers/_contact.html", status, **context)


def _save(customer: Customer, contact: Contact | None, values: dict[str, Any]) -> None:
    when = {"actor": viewer(), "today": _today(customer), "now": clock.now()}
    if contact is None:
        services.add(customer, values, **when)  # type: ignore[arg-type]
    else:
        services.edit(customer, contact, values, **when)  # type: ignore[arg-type]


@bp.route("/<int:customer_id>/contacts/new", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def add_contact(customer_id: int) -> Response:
    """A new contact."""
    return _form(get_customer(viewer(), customer_id), None)


@bp.route("/<int:customer_id>/contacts/<int:contact_id>", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def edit_contact(customer_id: int, contact_id: int) -> Response:
    """Change a contact."""
    customer = get_customer(viewer(), customer_id)
    return _form(customer, _get(customer, contact_id))


@bp.post("/<int:customer_id>/contacts/<int:contact_id>/collection")
@requires(Capability.COLLECTION_WORK)
def collect_from(customer_id: int, contact_id: int) -> Response:
    """Make it the contact for collection."""
    customer = get_customer(viewer(), customer_id)
    contact = _get(customer, contact_id)
    services.collect_from(customer, contact, actor=viewer(), today=_today(customer), now=clock.now())
    db.session.commit()
    return go(url_for("customers.show_contacts", customer_id=customer.id))


@bp.post("/<int:customer_id>/contacts/<int:contact_id>/remove")
@requires(Capability.COLLECTION_WORK)
def remove_contact(customer_id: int, contact_id: int) -> Response:
    """Remove a contact; the history keeps what it said."""
    customer = get_customer(viewer(), customer_id)
    contact = _get(customer, contact_id)
    services.remove(customer, contact, actor=viewer(), today=_today(customer), now=clock.now())
    db.session.commit()
    flash(_("Contact removed."), "ok")
    return go(url_for("customers.show_contacts", customer_id=customer.id))
