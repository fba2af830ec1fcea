"""The accounts to pay to, as mails, letters and statements name them."""

from collections.abc import Collection

from dso.queries.messages.facts import Account, Company
from dso.services.documents.writing import Writer


def lines(seller: Company, currencies: Collection[str], write: Writer) -> list[str]:
    """The accounts of these currencies, all of them where none fits: one in full, several in a line each."""
    fitting = [one for one in seller.accounts if one.currency in currencies] or list(seller.accounts)
    if len(fitting) == 1:
        return _parts(fitting[0], seller, write)
    return [write.label(one.currency, ", ".join(_parts(one, seller, write))) for one in fitting]


def _parts(account: Account, seller: Company, write: Writer) -> list[str]:
    words = write.words
    iban = account.iban.replace(" ", "")
    pairs = [
        (words.holder, account.holder or seller.name),
        (words.bank, account.bank),
        (words.iban, " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))),
        (words.bic, account.bic),
    ]
    return [write.label(name, text) for name, text in pairs if text] + account.details.splitlines()
