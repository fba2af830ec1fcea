"""People: who is added, changed, invited, deactivated, and how they sign in."""

from dso.services.users.accounts import (
    NewUser,
    UserChanges,
    activate,
    add,
    deactivate,
    set_absence,
    set_language,
    update,
    update_profile,
)
from dso.services.users.invitations import accept, invite, issue, link_of, reset_password
from dso.services.users.signing import (
    SignIn,
    SignInState,
    TooManyTries,
    WrongPassword,
    change_password,
    set_password,
    sign_in,
)

__all__ = [
    "NewUser",
    "SignIn",
    "SignInState",
    "TooManyTries",
    "UserChanges",
    "WrongPassword",
    "accept",
    "activate",
    "add",
    "change_password",
    "deactivate",
    "invite",
    "issue",
    "link_of",
    "reset_password",
    "set_absence",
    "set_language",
    "set_password",
    "sign_in",
    "update",
    "update_profile",
]
