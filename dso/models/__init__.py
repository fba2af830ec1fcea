"""The tables."""

from dso.models.actions import Action, ActionItem, ConsumedStep, ContactLog
from dso.models.api_users import ApiUser
from dso.models.contacts import Contact
from dso.models.customers import (
    Customer,
    CustomerColleague,
    CustomerState,
    CustomField,
    Group,
    OtherGuarantee,
    PaymentCentre,
    customer_groups,
)
from dso.models.entities import BankAccount, Entity, PenaltyRate, Rate
from dso.models.files import Attachment, attachment_items
from dso.models.history import Event, event_items
from dso.models.imports import ImportBefore, ImportMapping, ImportRun, ImportUpload, RejectedRow
from dso.models.items import Item, ItemChange
from dso.models.jobs import Heartbeat, JobRun
from dso.models.links import Link
from dso.models.messages import Message
from dso.models.replies import Reply, ReplyItem
from dso.models.scenarios import Scenario, Step, StepTemplate
from dso.models.settings import Setting
from dso.models.statuses import Qualification, QualificationItem, Status
from dso.models.users import Invitation, SignInFailure, User, user_entities

__all__ = [
    "Action",
    "ActionItem",
    "ApiUser",
    "Attachment",
    "BankAccount",
    "ConsumedStep",
    "Contact",
    "ContactLog",
    "CustomField",
    "Customer",
    "CustomerColleague",
    "CustomerState",
    "Entity",
    "Event",
    "Group",
    "Heartbeat",
    "ImportBefore",
    "ImportMapping",
    "ImportRun",
    "ImportUpload",
    "Invitation",
    "Item",
    "ItemChange",
    "JobRun",
    "Link",
    "Message",
    "OtherGuarantee",
    "PaymentCentre",
    "PenaltyRate",
    "Qualification",
    "QualificationItem",
    "Rate",
    "RejectedRow",
    "Reply",
    "ReplyItem",
    "Scenario",
    "Setting",
    "SignInFailure",
    "Status",
    "Step",
    "StepTemplate",
    "User",
    "attachment_items",
    "customer_groups",
    "event_items",
    "user_entities",
]
