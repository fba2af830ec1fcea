"""Making and changing a customer by hand."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from dso import clock
from dso.db import db
from dso.domain.codes import ColleagueRole, FieldType
from dso.domain.errors import Refused
from dso.domain.money import parse_amount
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.errors import sentence
from dso.http.forms import AmountField, Form
from dso.http.guard import requires, viewer
from dso.http.pages import go, page
from dso.models import Customer, CustomField, Entity, Scenario
from dso.queries.scope import get_customer
from dso.queries.statuses import resolvers
from dso.services import customers as services
from dso.services.customers import AMOUNTS, COLUMNS, DAYS, RISK, SWITCHES
from dso.web.customers import bp


def _text(label: str, length: int) -> StringField:
    return StringField(label, validators=[Length(max=length)])


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
    country = _text(_l("Country (two letters)"), 2)
    phone = _text(_l("Phone"), 60)
    email = _text(_l("E-mail"), 254)
    website = _text(_l("Website"), 300)
    language = _text(_l("Language"), 20)
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

    def offer(self, entity: Entity) -> None:
        """Fill the choices."""
        people = [(str(user.id), user.full_name) for user in resolvers(entity)]
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
    values["country"] = values["country"].upper()
    values["collector_id"] = int(values["collector_id"]) if values["collector_id"] else None
    return values


def _custom(fields: list[CustomField]) -> dict[str, Any]:
    """Custom fields as typed; Refused with the name of one that does not fit."""
    return {field.code: _typed(field, request.form.get(f"custom-{field.code}", "").strip()) for field in fields}


def _typed(field: CustomField, text: str) -> Any:
    if field.type is FieldType.YESNO:
        return text == "1"
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
        if name.startswith("colleague-") and text.isdigit():
            part = request.form.get(f"part-{name.removeprefix('colleague-')}", "")
            found[int(text)] = ColleagueRole(part) if part in set(ColleagueRole) else ColleagueRole.OTHER
    return found


def _data(form: CustomerForm, entity: Entity, fields: list[CustomField]) -> services.CustomerData:
    chosen = {str(scenario.id): scenario for scenario in _scenarios(entity)}.get(form.scenario_id.data or "")
    return services.CustomerData(
        _values(form),
        custom=_custom(fields),
        groups=[name.strip() for name in (form.groups.data or "").split(",") if name.strip()],
        colleagues=_colleagues(),
        scenario=chosen,
        sets_scenario=True,
    )


def _filled(customer: Customer | None) -> CustomerForm:
    if customer is None:
        return CustomerForm(None, interactive=True)
    groups = ", ".join(group.name for group in customer.groups)
    return CustomerForm(
        obj=customer,
        data={
            "groups": groups,
            "collector_id": str(customer.collector_id or ""),
            "scenario_id": str(customer.scenario_id or ""),
        },
    )


def _rows(customer: Customer | None) -> Iterator[tuple[int, str, str]]:
    """The colleagues' rows: what there is, and two empty ones."""
    links = list(customer.colleagues) if customer else []
    for number, link in enumerate(links):
        yield number, str(link.user_id), link.role.value
    for number in range(len(links), len(links) + 2):
        yield number, "", ColleagueRole.SALES.value


def _answer(customer: Customer | None, form: CustomerForm, entity: Entity, status: int = 200) -> Response:
    return page(
        "customers/edit.html",
        status=status,
        form=form,
        customer=customer,
        entity=entity,
        fields=_custom_fields(),
        people=[(user.id, user.full_name) for user in resolvers(entity)],
        rows=list(_rows(customer)),
        parts=list(ColleagueRole),
        may_risk=viewer().can(Capability.RISK_EDIT),
    )


def _save(customer: Customer | None, entity: Entity) -> Response:
    form = CustomerForm()
    form.offer(entity)
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
    form = _filled(None)
    form.offer(entity)
    return _answer(None, form, entity)


@bp.route("/<int:customer_id>/edit", methods=["GET", "POST"])
@requires(Capability.COLLECTION_WORK)
def edit(customer_id: int) -> Response:
    """Change a customer."""
    customer = get_customer(viewer(), customer_id)
    if request.method == "POST":
        return _save(customer, customer.entity)
    form = _filled(customer)
    form.offer(customer.entity)
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
