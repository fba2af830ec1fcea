"""The value of every hashtag for one message: only those a template uses are computed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from markupsafe import Markup, escape

from dso.domain import documents, salutations
from dso.domain.documents import Chased, Line
from dso.domain.hashtags import CUSTOM_FIELD_PREFIX, NO_RESIZE, Value
from dso.domain.letters import Address
from dso.queries.messages.facts import Debtor, Material, Recipient
from dso.services.documents import banks, tables
from dso.services.documents.writing import Writer
from dso.services.messages import layout

PICTURE = "cid:picture"
_EXCLUDE, _INCLUDE, _ONLY = "_exclude_late_penalties", "_include_late_penalties", "_late_penalties"


@dataclass(frozen=True)
class Context:
    """One message: what it is made of, how it writes, whom it addresses, the page it leads to ("" = none)."""

    material: Material
    write: Writer
    recipient: Recipient
    page: str = ""

    @cached_property
    def chased(self) -> Chased:
        """The lists of a dunning text; those of a specific action hold its own items, which left the pool."""
        if self.material.specific:
            return documents.chosen(self.listed("selected"))
        made = self.material
        accounts = (made.lines, *(one.lines for one in made.companions))
        return documents.together(documents.chased(lines, made.settings, made.today) for lines in accounts)

    @cached_property
    def pages(self) -> dict[int, str]:
        """Where the item numbers of the other accounts of the message lead; all others lead to its own page."""
        if not self.page:
            return {}
        return {line.customer_id: self.page_of(one.debtor) for one in self.material.companions for line in one.lines}

    def page_of(self, debtor: Debtor) -> str:
        """The page of one of the accounts the message speaks for."""
        return self.page if debtor.id == self.material.debtor.id else f"{self.page}/{debtor.id}"

    @cached_property
    def leader(self) -> Line | None:
        """The item the action was planned for while it is asked for, else the oldest that is."""
        debits = [line for line in self.chased.due if line.item.remaining > 0]
        one_account = not self.material.companions
        named = [line for line in debits if one_account and line.item.id == self.material.leader_id]
        return min(named or debits, key=lambda line: (line.item.due_on, line.item.number), default=None)

    def listed(self, which: str) -> tuple[Line, ...]:
        """The lines of a list by the end of its name: due, overdue, not_due, selected, disputed, promised."""
        if which == "selected":
            return tuple(line for line in self.material.all_lines if line.item.id in self.material.selected_ids)
        if which == "disputed":
            return tuple(line for line in self.material.all_lines if line.disputed)
        if which == "promised":
            return tuple(line for line in self.material.all_lines if line.promised_on is not None)
        return {"due": self.chased.due, "overdue": self.chased.overdue, "not_due": self.chased.not_due}[which]


def values(context: Context, names: Iterable[str]) -> dict[str, Value]:
    """The values of the names that are known; a name without a value is left as it stands."""
    found = {}
    for name in names:
        value = _value(context, name)
        if value is not None:
            found[name] = value
    return found


def _value(context: Context, name: str) -> Value | None:
    if name.startswith(CUSTOM_FIELD_PREFIX):
        given = context.material.debtor.custom.get(name.removeprefix(CUSTOM_FIELD_PREFIX))
        return Value("" if given is None else str(given))
    if name.startswith("items_list"):
        return _list(context, name)
    if name.startswith("items_amount"):
        return Value(_amount(context, name))
    compute = _COMPUTED.get(name.removesuffix(NO_RESIZE))
    return compute(context) if compute else None


def _which(name: str) -> str:
    """The set of items a list or amount is about: `items_list_overdue_…` is about "overdue"."""
    rest = name.removeprefix("items_list").removeprefix("items_amount")
    for suffix in (_EXCLUDE, _INCLUDE, _ONLY):
        rest = rest.removesuffix(suffix)
    return rest.removeprefix("_") or "due"


def _list(context: Context, name: str) -> Value:
    first = context.material.company.currency
    if name == "items_list_collection_grouped_splitted":
        found = documents.by_account(context.chased.due, first=first)
    elif context.material.companions:
        found = documents.by_account(context.listed(_which(name)), first=first)
    else:
        found = documents.tables(context.listed(_which(name)), first=first)
    penalties = not name.endswith(_EXCLUDE)
    markup = tables.as_html(found, context.write, link=context.page, links=context.pages, penalties=penalties)
    return Value(", ".join(line.item.number for table in found for line in table.lines), str(markup))


def _amount(context: Context, name: str) -> str:
    lines = context.listed(_which(name))
    principal = documents.totals(lines, first=context.material.company.currency)
    penalties: dict[str, Decimal] = {}
    for line in lines:
        if line.penalties:
            penalties[line.item.currency] = penalties.get(line.item.currency, Decimal(0)) + line.penalties
    if name.endswith(_INCLUDE):
        amounts: Mapping[str, Decimal] = {
            currency: amount + penalties.get(currency, Decimal(0)) for currency, amount in principal.items()
        }
    else:
        amounts = penalties if name.endswith(_ONLY) else principal
    leader = context.leader
    return context.write.sums(amounts, otherwise=leader.item.currency if leader else context.material.company.currency)


def _statement(context: Context) -> Value:
    write, first = context.write, context.material.company.currency
    lines = context.material.all_lines
    found = documents.statement(lines, first=first)
    if found.is_empty:
        return Value(write.words.nothing_open)
    counted = found.tables
    if context.material.companions:
        counted = documents.by_account((line for table in counted for line in table.lines), first=first)
    markup = tables.as_html(counted, write, link=context.page, links=context.pages, penalties=True, split_disputes=True)
    if found.down_payments:
        title = Markup('<p class="items-title">{} ({})</p>')
        markup += title.format(write.words.down_payments, write.words.down_payments_note)
        markup += tables.as_html(found.down_payments, write)
    return Value(", ".join(line.item.number for line in lines), str(markup))


def _leader(read: Callable[[Context, Line], str]) -> Callable[[Context], Value]:
    return lambda context: Value(read(context, context.leader) if context.leader else "")


def _bank_details(context: Context) -> Value:
    """The accounts of the currencies that are asked for; all of them where none fits."""
    company = context.material.company
    currencies = {line.item.currency for line in context.chased.due} or {company.currency}
    return Value("\n".join(banks.lines(company, currencies, context.write)))


def _company_address(context: Context) -> Value:
    return Value(context.material.company.address.strip())


def _customer_address(context: Context) -> Value:
    address: Address = context.material.debtor.address
    lines = context.write.address(address, home=context.material.company.country)
    return Value("\n".join(lines[1:] if address.name else lines))


def _status_name(context: Context) -> Value:
    standing = context.material.standing
    if standing is None:
        return Value("")
    label = standing.labels.get(context.write.language) or standing.labels.get(context.write.words.language, "")
    return Value(standing.name if context.recipient.is_colleague else label)


def _status_comment(context: Context) -> Value:
    standing = context.material.standing
    if standing is None or not (standing.visible or context.recipient.is_colleague):
        return Value("")
    return Value(standing.comment)


def _signature(context: Context) -> Value:
    """The sender's own signature, else name, function, company, telephone and address of mail."""
    sender, words = context.material.sender, context.write.words
    if sender.signature.strip():
        return Value(sender.signature.strip())
    reach = [(words.phone, sender.phone), (words.mobile, sender.mobile), ("", sender.email)]
    lines = [sender.name, sender.job_title]
    lines.append(context.material.company.name if sender.name != context.material.company.name else "")
    lines.append(", ".join(f"{label} {text}".strip() for label, text in reach if text))
    return Value("\n".join(line for line in lines if line))


def _image(source: str, text: str, present: bool) -> Value:
    if not present:
        return Value("")
    return Value(text, str(Markup('<img src="{}" alt="{}">').format(source, text)))


def _link(context: Context) -> Value:
    address = escape(context.page)
    return Value(context.page, f'<a href="{address}">{address}</a>' if context.page else "")


def _button(context: Context) -> Value:
    if not context.page:
        return Value("")
    made, write = context.material, context.write
    buttons = [(write.words.open_page, context.page)]
    if made.companions:
        buttons = [(f"{write.words.open_page}, {one.name} ({one.code})", context.page_of(one)) for one in made.debtors]
    text = "\n".join(f"{words}: {page}" for words, page in buttons)
    shown = [layout.button(write, page, words, made.company.colour) for words, page in buttons]
    return Value(text, str(Markup("").join(shown)))


def _plain(read: Callable[[Context], str]) -> Callable[[Context], Value]:
    return lambda context: Value(read(context))


_COMPUTED: dict[str, Callable[[Context], Value]] = {
    "statement": _statement,
    "leader_number": _leader(lambda _c, line: line.item.number),
    "leader_due_date": _leader(lambda c, line: c.write.long_day(line.item.due_on)),
    "leader_days_overdue": _leader(lambda c, line: c.write.number(max(0, line.days_late))),
    "salutation": _plain(lambda c: salutations.salutation(c.recipient.reader, c.write.language)),
    "contact_name": _plain(lambda c: salutations.name(c.recipient.reader, c.write.language)),
    "contact_first_name": _plain(lambda c: salutations.first_name(c.recipient.reader, c.write.language)),
    "customer_name": _plain(lambda c: ", ".join(one.name for one in c.material.debtors)),
    "customer_code": _plain(lambda c: ", ".join(one.code for one in c.material.debtors)),
    "customer_address": _customer_address,
    "customer_legal_id": _plain(lambda c: c.material.debtor.legal_id),
    "customer_vat_number": _plain(lambda c: c.material.debtor.vat_number),
    "payment_term": _plain(lambda c: c.material.debtor.payment_term),
    "status_name": _status_name,
    "status_comment": _status_comment,
    "status_date": _plain(lambda c: c.write.long_day(c.material.standing.on) if c.material.standing else ""),
    "promised_date": _plain(lambda c: c.write.long_day(c.material.standing.promised_on) if c.material.standing else ""),
    "resolver_name": _plain(lambda c: c.material.standing.resolver if c.material.standing else ""),
    "my_company_name": _plain(lambda c: c.material.company.name),
    "my_company_address": _company_address,
    "my_company_legal_id": _plain(lambda c: c.material.company.legal_id),
    "my_company_bank_details": _bank_details,
    "my_company_logo": lambda c: _image(layout.LOGO, c.material.company.name, c.material.company.logo is not None),
    "penalty_rate": _plain(
        lambda c: f"{c.write.decimal(c.material.penalty_rate)} %" if c.material.penalty_rate else ""
    ),
    "recovery_cost": _plain(
        lambda c: (
            c.write.money(Decimal(c.material.recovery_cost), c.material.company.currency)
            if c.material.recovery_cost
            else ""
        )
    ),
    "my_name": _plain(lambda c: c.material.sender.name),
    "my_email": _plain(lambda c: c.material.sender.email),
    "my_phone": _plain(lambda c: c.material.sender.phone),
    "my_mobile": _plain(lambda c: c.material.sender.mobile),
    "my_job_title": _plain(lambda c: c.material.sender.job_title),
    "my_signature": _signature,
    "my_profile_image": lambda c: _image(PICTURE, c.material.sender.name, c.material.sender.picture is not None),
    "interactive_page_link": _link,
    "interactive_page_button": _button,
    "today": _plain(lambda c: c.write.long_day(c.material.today)),
    "action_name": _plain(lambda c: c.material.action_name),
    "previous_message_date": _plain(lambda c: c.write.long_day(c.material.previous_on)),
}
