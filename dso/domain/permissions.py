"""Who may do what: one table of roles and capabilities (specification 8.1 and 11.7)."""

from enum import StrEnum

from dso.domain.codes import Role


class Capability(StrEnum):
    """Rights, named noun:verb."""

    REPORTS_SEE = "reports:see"
    CUSTOMERS_SEE = "customers:see"
    ITEMS_TAG = "items:tag"
    DISPUTES_CLOSE = "disputes:close"
    COLLECTION_WORK = "collection:work"
    GROUPS_EDIT = "groups:edit"
    RISK_EDIT = "risk:edit"
    DATA_IMPORT = "data:import"
    SETTINGS_EDIT = "settings:edit"
    COMPANY_EDIT = "company:edit"


#: What each right lets a person do, for the 403 page.
DESCRIPTIONS = {
    Capability.REPORTS_SEE: "see reports and the dashboard",
    Capability.CUSTOMERS_SEE: "see customers, items and their history",
    Capability.ITEMS_TAG: "tag items with a status and comment them",
    Capability.DISPUTES_CLOSE: "close a dispute one is the resolver of",
    Capability.COLLECTION_WORK: "work on actions, messages, replies, contacts and customers",
    Capability.GROUPS_EDIT: "edit groups",
    Capability.RISK_EDIT: "edit limits and risk data",
    Capability.DATA_IMPORT: "import data",
    Capability.SETTINGS_EDIT: "edit scenarios, statuses, users and defaults",
    Capability.COMPANY_EDIT: "edit the company, security settings and the sending switch",
}

_C = Capability
_SEE = frozenset({_C.REPORTS_SEE, _C.CUSTOMERS_SEE})
_WORK = _SEE | {_C.ITEMS_TAG, _C.DISPUTES_CLOSE, _C.COLLECTION_WORK, _C.GROUPS_EDIT}
_MANAGE = _WORK | {_C.RISK_EDIT, _C.SETTINGS_EDIT}

#: Role to rights. Import is a tick per user on top (`may_import`), set by default for administrators and managers.
ROLES: dict[Role, frozenset[Capability]] = {
    Role.ADMIN: _MANAGE | {_C.COMPANY_EDIT},
    Role.CREDIT_MANAGER: _MANAGE,
    Role.COLLECTOR: _WORK,
    Role.SALES_ADMIN: _SEE | {_C.DISPUTES_CLOSE},
    Role.SALES: _SEE | {_C.ITEMS_TAG, _C.DISPUTES_CLOSE},
    Role.CONTROLLER: _SEE,
    Role.EXECUTIVE: _SEE,
    Role.GUEST: frozenset({_C.REPORTS_SEE}),
}

#: Roles whose import tick is on for a new user.
IMPORT_BY_DEFAULT = frozenset({Role.ADMIN, Role.CREDIT_MANAGER})
#: Roles an administrator may restrict to the customers they are linked to (`security.restrict_roles`).
RESTRICTABLE = frozenset({Role.COLLECTOR, Role.SALES, Role.SALES_ADMIN, Role.GUEST})


def can(role: Role, capability: Capability, *, may_import: bool = False) -> bool:
    """Whether a role holds a right; importing depends on the user's tick alone."""
    if capability is Capability.DATA_IMPORT:
        return may_import
    return capability in ROLES[role]
