"""What the API answers, field by field; the values come from `queries/shapes.py`, the names from chapters 1, 10, 11."""

from marshmallow import Schema, fields

from dso.api.fields import Amount, AnyField, amounts, days, numbers, of_table, schema, switches, texts
from dso.domain.codes import ImportKind, ImportMode
from dso.models import Action, Contact, Customer, Entity, Item, Message, Qualification, Reply
from dso.queries.customers.records import CONTACT, PLAIN
from dso.queries.items.records import OWN


def _several(one: type[Schema]) -> AnyField:
    return fields.List(fields.Nested(one), required=True)


def _words(nullable: bool = False) -> AnyField:
    return fields.List(fields.String(allow_none=nullable), required=True)


Error = schema("Error", texts("error", nullable=False))
EntityAnswer = schema("Entity", of_table(Entity, ["id", "name", "legal_name", "country", "currency", "timezone"]))
Entities = schema("Entities", {"rows": _several(EntityAnswer)})

_Colleague = schema("Colleague", texts("email", "role", nullable=False))
_Person = schema("Person", texts("name", "email", nullable=False) | switches("for_collection"))
_Guarantee = schema("Guarantee", texts("kind", nullable=False) | amounts("amount") | days("expires_on"))
CustomerAnswer = schema(
    "Customer",
    of_table(Customer, PLAIN)
    | texts("collector", "payment_centre", "scenario", "collected_by", "reason")
    | {"colleagues": _several(_Colleague), "contacts": _several(_Person), "groups": _words()}
    | {"other_guarantees": _several(_Guarantee)}
    | amounts("receivable", "overdue", "not_due", "outstanding")
    | amounts("credit_available", "actual_risk", nullable=True)
    | numbers("overdue_percent", "average_delay", "average_duration")
    | switches("unconverted")
    | {name: fields.Integer(required=True) for name in ("promises_kept", "promises_broken")}
    | days("oldest_due_on", "last_action_on", "last_contact_on", "next_action_on")
    | texts("currency", nullable=False),
)
ContactAnswer = schema("Contact", texts("customer", nullable=False) | of_table(Contact, CONTACT))
ItemAnswer = schema(
    "Item",
    texts("customer", nullable=False)
    | of_table(Item, OWN)
    | texts("status", "status_author", "resolver")
    | switches("leader", "held", "disputed")
    | {"days_overdue": fields.Integer(required=True, allow_none=True)}
    | amounts("interest", "fixed_cost")
    | days("forecast_on"),
)
ActionAnswer = schema(
    "Action",
    of_table(Action, ["id", "customer_id", "kind", "type", "name", "on", "mode", "state"])
    | texts("customer", nullable=False)
    | texts("scenario", "step", "leader", "resolver")
    | {"items": _words()},
)
MessageAnswer = schema(
    "Message",
    of_table(Message, ["id", "channel", "subject", "state", "queued_at", "sent_at"])
    | texts("customer")
    | {"to": _words(), "action": fields.Integer(required=True, allow_none=True)},
)
ReplyAnswer = schema(
    "Reply",
    of_table(Reply, ["id", "author", "email", "at", "channel", "kind", "text", "promised_on", "amount", "state"])
    | texts("customer", nullable=False)
    | {"items": _words()},
)
QualificationAnswer = schema(
    "Qualification",
    of_table(Qualification, ["id", "on", "promised_on", "amount", "comment", "visible_to_customer"])
    | texts("customer", nullable=False)
    | texts("status", "status_type", "author", "resolver")
    | {"items": _words(), "action": fields.Integer(required=True, allow_none=True)}
    | {"kept": fields.Boolean(required=True, allow_none=True), "at": fields.AwareDateTime(required=True)},
)
Tagged = schema(
    "Tagged",
    {"qualification": fields.Integer(required=True), "items": _words()}
    | texts("status", "status_type", nullable=False)
    | {"action": fields.Integer(required=True, allow_none=True)},
)

_limit = {name: fields.Integer(required=True, allow_none=True) for name in ("from", "to")}
_Bucket = schema("Bucket", texts("label", nullable=False) | _limit)
_Amounts: dict[str, AnyField] = {"amounts": fields.List(Amount(), required=True), "total": Amount(required=True)}
_AgingRow = schema(
    "AgingRow", texts("customer", nullable=False) | {"customer_id": fields.Integer(required=True)} | _Amounts
)
AgingAnswer = schema(
    "Aging",
    {"as_of": fields.Date(required=True), "buckets": _several(_Bucket), "rows": _several(_AgingRow)}
    | texts("currency", nullable=False)
    | {"total": fields.Nested(schema("AgingTotal", _Amounts), required=True)}
    | {"next": fields.String(required=True, allow_none=True)}
    | {"unconverted": _several(schema("Unconverted", texts("currency", nullable=False) | amounts("amount")))},
)


def _counted(words: str) -> AnyField:
    return fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": words})


_Reject = schema("Reject", {"line": fields.Integer(required=True)} | texts("column", "value", "reason", nullable=False))
_UNIDENTIFIED = (
    "Rejected rows of a full file of which nobody can tell what items they are of; where there are any. "
    "Nothing was cleared by absence then."
)
_COUNTS = "rows new changed cleared reopened unchanged rounded rejected".split()
_LEFT = "What no amount in the company's currency holds, since there is no exchange rate; where there is any."
_Left = schema(
    "ImportUnconverted",
    texts("currency", nullable=False)
    | amounts("receivable_before", "receivable_after", "overdue_before", "overdue_after"),
)
_TAKEN = (
    {"kind": fields.String(required=True, metadata={"enum": list(ImportKind)})}
    | {"mode": fields.String(required=True, allow_none=True, metadata={"enum": [*ImportMode, None]})}
    | {name: fields.Integer(required=True) for name in _COUNTS}
    | {"rejects": _several(_Reject)}
    | {"other_entities": _counted("Rows left out because they name another company, by its name; where there are any.")}
    | {"remarks": _counted("Remarks on rows that are not rejected, by what they say; where there are any.")}
    | {"unconverted": fields.List(fields.Nested(_Left), metadata={"description": _LEFT})}
    | {"unidentified": fields.Integer(metadata={"description": _UNIDENTIFIED})}
    | amounts("receivable_before", "receivable_after", nullable=True)
)
Taken = schema("Import", _TAKEN)
_Result = schema(
    "RowResult",
    {
        "row": fields.Integer(required=True, metadata={"description": "Place in what was sent, from 0."}),
        "result": fields.String(required=True, metadata={"enum": ["taken", "rejected", "left_out"]}),
        "column": fields.String(),
        "value": fields.String(),
        "reason": fields.String(),
    },
)
TakenRows = schema("ImportOfRows", _TAKEN | {"results": _several(_Result)})
_stops = fields.List(fields.String(), metadata={"description": "Each reason with its figures, by the brake."})
Stopped = schema("Stopped", texts("error", nullable=False) | {"stops": _stops})
