"""Making and changing a customer by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional, Regexp

from dso import clock, formats
from dso.db import db
from dso.domain.codes import ColleagueRole, FieldType
from dso.domain.errors import Refused
from dso.domain.money import parse_amount
from dso.domain.permissions import Capability
from dso.http.addresses import id_of
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import AmountField, Form, email_address
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import Customer, CustomField, Entity, Scenario
from dso.queries.scope import get_customer
from dso.queries.statuses import resolvers
from dso.queries.users import active_users
from dso.services import customers as services
from dso.services.customers import AMOUNTS, COLUMNS, DAYS, RISK, SWITCHES
from dso.services.imports import new_customers
from dso.web.customers import bp

_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def _text(label: str, length: int, *more: Any) -> StringField:
    return StringField(label, validators=[Length(max=length), *more])


def _country(_form: Form, field: StringField) -> None:
    """A country is one of ISO 3166; empty is allowed."""
    field.data = (field.data or "").upper()
    if field.data and (len(field.data) != 2 or field.data not in formats.locale("en").territories):
        raise ValidationError(_("This is no country code of two letters."))


class CustomerForm(Form):
    """The fields of a customer that a person may change."""

    code = StringField(_l("Code"), validators=[InputRequired(_l("Write a code.")), Length(max=100)])
    unique_id = _text(_l("Unique identifier"), 200)
    business_name = StringField(_l("Legal name"), validators=[InputRequired(_l("Write a name.")), Length(max=300)])
    trade_name = _text(_l("Trade name"), 300)
    legal_id = _text(_l("Legal id"), 50)
    establishment_id = _text(_l("Establishment id"), 50)
    vat_number = _text(_l("VAT number"), 50)
    business_line = _text(_l("Business line"), 200)
    customer_type = _text(_l("Customer type"), 100)
    ultimate_parent_number = _text(_l("Ultimate parent number"), 100)
    street_number = _text(_l("Street number"), 30)
    street = _text(_l("Street"), 300)
    street_line2 = _text(_l("Street, line 2"), 300)
    street_line3 = _text(_l("Street, line 3"), 300)
    po_box = _text(_l("PO box"), 100)
    postal_code = _text(_l("Postal code"), 30)
    city = _text(_l("City"), 200)
    state = _text(_l("State"), 100)
    country = _text(_l("Country (two letters)"), 2, _country)
    phone = _text(_l("Phone"), 60)
    email = _text(_l("E-mail"), 254, email_address)
    website = _text(_l("Website"), 300)
    language = _text(
        _l("Language"), 20, Optional(), Regexp(_LANGUAGE, message=_l("Write a language such as en or fr-BE."))
    )
    payment_term = _text(_l("Payment term"), 200)
    payment_method = _text(_l("Payment method"), 100)
    comment = TextAreaField(_l("Comment (the yellow note)"), validators=[Length(max=4000)])
    blocked = BooleanField(_l("Blocked"))
    paused = BooleanField(_l("Automatic sending paused"))
    interactive = BooleanField(_l("Interactive e-mails"))
    penalties = BooleanField(_l("Late interest"))
    recovery_cost = BooleanField(_l("Fixed recovery cost"))
    insolvent_on = DateField(_l("Insolvent since"), validators=[Optional()])
    insolvency_deadline_on = DateField(_l("Deadline of the filing"), validators=[Optional()])
    insolvency_administrator = TextAreaField(_l("Insolvency administrator"), validators=[Length(max=2000)])
    collector_id = SelectField(_l("Collector"), validators=[Optional()])
    scenario_id = SelectField(_l("Scenario"), validators=[Optional()])
    groups = _text(_l("Groups"), 1000)
    credit_limit = AmountField(_l("Credit limit"), validators=[Optional()])
    order_backlog = AmountField(_l("Order backlog"), validators=[Optional()])

    def offer(self, entity: Entity, customer: Customer | None) -> None:
        """Fill the choices; who collects now stays among them, even when that person left."""
        able = [user for user in active_users(entity) if user.can(Capability.COLLECTION_WORK)]
        if customer is not None and customer.collector is not None and customer.collector not in able:
            able.append(customer.collector)
        people = [(str(user.id), user.full_name) for user in able]
        self.collector_id.choices = [("", _("Nobody")), *people]
        self.scenario_id.choices = [("", _("None")), *((str(s.id), s.name) for s in _scenarios(entity))]


def _scenarios(entity: Entity) -> list[Scenario]:
    query = select(Scenario).where(Scenario.entity_id == entity.id, Scenario.library.is_(False))
    return list(db.session.scalars(query.where(Scenario.archived_at.is_(None)).order_by(Scenario.name)))


def _custom_fields() -> list[CustomField]:
    query = select(CustomField).where(CustomField.subject == "customer")
    return list(db.session.scalars(query.order_by(CustomField.position, CustomField.id)))


def _values(form: CustomerForm) -> dict[str, Any]:
    """Columns to values; limits only for those who may set them."""
    names = [name for name in form.data if name in COLUMNS and (name not in RISK or viewer().can(Capability.RISK_EDIT))]
    values = {name: form.data[name] for name in names}
    texts = set(values) - {*AMOUNTS, *DAYS, *SWITCHES}
    values |= {name: values[name] or "" for name in texts}
    values["unique_id"] = values["unique_id"] or None
    values["collector_id"] = int(values["collector_id"]) if values["collector_id"] else None
    return values


def _custom(fields: list[CustomField]) -> dict[str, Any]:
    """Custom fields as typed; Refused with the name of one that does not fit."""
    return {field.code: _typed(field, request.form.get(f"custom-{field.code}", "").strip()) for field in fields}


def _typed(field: CustomField, text: str) -> Any:
    if field.type is FieldType.YESNO:
        # A box that is not ticked says no more than a field nobody filled in.
        return True if text == "1" else None
    if not text:
        return None
    try:
        if field.type is FieldType.NUMBER:
            return str(Decimal(parse_amount(text)))
        if field.type is FieldType.DATE:
            return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Refused('"%(value)s" does not fit %(name)s.', value=text, name=field.label) from error
    if field.type is FieldType.LIST and text not in field.choices:
        raise Refused('"%(value)s" does not fit %(name)s.', value=text, name=field.label)
    return text


def _colleagues() -> dict[int, ColleagueRole]:
    """The rows "colleague-N" and "part-N" of the form."""
    found = {}
    for name, text in request.form.items():
        user_id = id_of(text) if name.startswith("colleague-") else None
        if user_id is not None:
            part = request.form.get(f"part-{name.removeprefix('colleague-')}", "")
            found[user_id] = ColleagueRole(part) if part in set(ColleagueRole) else ColleagueRole.OTHER
    return found


def _data(form: CustomerForm, entity: Entity, fields: list[CustomField]) -> services.CustomerData:
    chosen = {str(scenario.id): scenario for scenario in _scenarios(entity)}.get(form.scenario_id.data or "")
    offered = {user.id for user in resolvers(entity)}
    return services.CustomerData(
        _values(form),
        custom=_custom(fields),
        groups=[name.strip() for name in (form.groups.data or "").split(",") if name.strip()],
        colleagues={user_id: part for user_id, part in _colleagues().items() if user_id in offered},
        scenario=chosen,
        sets_scenario=True,
    )


def _filled(customer: Customer | None, entity: Entity) -> CustomerForm:
    """The form as it is first shown; a new customer begins with what the settings say."""
    if customer is None:
        given = new_customers.defaults(entity, now=clock.now()).values
        values = {name: given[name] for name in ("interactive", "penalties", "recovery_cost")}
    else:
        given = {"collector_id": customer.collector_id, "scenario_id": customer.scenario_id}
        values = {name: getattr(customer, name) for name in COLUMNS}
        values["groups"] = ", ".join(group.name for group in customer.groups)
    values |= {name: str(given[name] or "") for name in ("collector_id", "scenario_id")}
    return CustomerForm(None, data=values)


def _rows(customer: Customer | None) -> list[tuple[int, str, str]]:
    """The colleagues' rows: what there is or was typed, and two empty ones."""
    if request.method == "POST":
        pairs = [(str(user_id), part.value) for user_id, part in _colleagues().items()]
    else:
        pairs = [(str(link.user_id), link.role.value) for link in customer.colleagues] if customer else []
    pairs += [("", ColleagueRole.SALES.value)] * 2
    return [(number, user_id, part) for number, (user_id, part) in enumerate(pairs)]


def _parts() -> list[tuple[str, str]]:
    """What a colleague can be for a customer."""
    words = (_("Sales"), _("Sales administration"), _("Manager"), _("Other"))
    return [(part.value, word) for part, word in zip(ColleagueRole, words, strict=True)]


def _answer(customer: Customer | None, form: CustomerForm, entity: Entity, status: int = 200) -> Response:
    return page(
        "customers/edit.html",
        status=status,
        form=form,
        customer=customer,
        entity=entity,
        fields=_custom_fields(),
        people=[(user.id, user.full_name) for user in resolvers(entity)],
        rows=_rows(customer),
        parts=_parts(),
        may_risk=viewer().can(Capability.RISK_EDIT),
    )


def _save(customer: Customer | None, entity: Entity) -> Response:
    form = CustomerForm()
    form.offer(entity, customer)
    if form.validate():
        when = {"actor": viewer(), "today": clock.today(entity.timezone), "now": clock.now()}
        try:
            data = _data(form, entity, _custom_fields())
            if customer is None:
                customer = services.create(entity, data, **when)  # type: ignore[arg-type]
            else:
                services.save(customer, data, **when)  # type: ignore[arg-type]
            db.session.commit()
        except Refused as error:
            db.session.rollback()
            form.form_errors.append(sentence(error))
        else:
            flash(_("Customer saved."), "ok")
            return go(url_for("customers.show", customer_id=customer.id))
    return _answer(customer if customer is not None and customer.id else None, form, entity, 422)


@bp.route("/new", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def new() -> Response:
    """A customer made by hand."""
    entity = current_entity()
    if request.method == "POST":
        return _save(None, entity)
    form = _filled(None, entity)
    form.offer(entity, None)
    return _answer(None, form, entity)


@bp.route("/<int:customer_id>/edit", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def edit(customer_id: int) -> Response:
    """Change a customer."""
    customer = get_customer(viewer(), customer_id)
    if request.method == "POST":
        return _save(customer, customer.entity)
    form = _filled(customer, customer.entity)
    form.offer(customer.entity, customer)
    return _answer(customer, form, customer.entity)


@bp.post("/<int:customer_id>/archive")
@requires(Capability.COLLECTION_WORK)
def archive(customer_id: int) -> Response:
    """Take a customer without open items out of all lists, or back."""
    customer = get_customer(viewer(), customer_id)
    today = clock.today(customer.entity.timezone)
    services.archive(customer, customer.archived_at is None, actor=viewer(), today=today, now=clock.now())
    db.session.commit()
    return go(url_for("customers.show", customer_id=customer.id))
