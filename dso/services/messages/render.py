"""Rendering one message: which language, which text, with which figures; pure but for the templates on disk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dso.domain import documents, hashtags, languages, plaintext
from dso.domain.errors import Refused
from dso.domain.hashtags import Kind
from dso.domain.languages import Taken
from dso.queries.messages.facts import Material, Recipient, Template
from dso.services.documents.writing import Writer
from dso.services.messages import clean, layout
from dso.services.messages.values import Context, values

#: Stands for the address of the interactive page until the message leaves; it opens nothing.
LINK = "https://link.invalid/page"
#: The same, and with the number of a customer behind it for another account of the message.
_LINK = re.compile(rf"{re.escape(LINK)}(?:/(\d+))?")
_HREF = re.compile(rf' href="{re.escape(LINK)}(?:/\d+)?"')


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message ready to be frozen; links still stand as `LINK`."""

    subject: str
    html: str
    body: str
    text: str
    language: str
    fallback: bool
    #: Numbers of the items the text is about and what it asks for per currency.
    listed: dict[str, Any]

    def with_link(self, address: str, others: Mapping[int, str]) -> tuple[str, str]:
        """HTML and text as they leave; `others` are the pages of other accounts the message speaks for."""

        def page(found: re.Match[str]) -> str:
            return others.get(int(found.group(1)), address) if found.group(1) else address

        return _LINK.sub(page, self.html), _LINK.sub(page, self.text)

    def archived(self, write: Writer) -> tuple[str, str]:
        """HTML and text as they are kept: no working link to the page (4.2)."""
        gone = write.words.link_gone
        return _LINK.sub(gone, _HREF.sub("", self.html)), _LINK.sub(gone, self.text)


@dataclass(frozen=True, slots=True)
class Edited:
    """What a person wrote in the composer instead of the template."""

    subject: str
    body: str


def choose_language(material: Material, recipient: Recipient) -> Taken:
    """The template's language for this recipient; without any template the wanted language itself."""
    if recipient.is_colleague:
        own = recipient.language or material.company.language
        want = languages.Wanted(own, languages.Source.CONTACT)
    else:
        want = languages.wanted(
            contact=recipient.language or None,
            customer=material.debtor.language or None,
            country=material.debtor.country or None,
            scenario=material.scenario_language or None,
            entity=material.company.language,
        )
    taken = languages.taken(want, material.templates, scenario=material.scenario_language or None)
    return taken or Taken(want.language, want.unsure)


def template_of(material: Material, language: str) -> Template | None:
    """The text in the language chosen."""
    return material.templates.get(language)


def render(
    material: Material, recipient: Recipient, *, page: bool, edited: Edited | None = None, taken: Taken | None = None
) -> Rendered:
    """The message for one recipient; `page` whether it leads to an interactive page.

    Refused when there is no text, or the template names a hashtag that does not exist.
    """
    taken = taken or choose_language(material, recipient)
    template = template_of(material, taken.language)
    rich = template is not None and hashtags.is_rich(template.body)
    if edited is None:
        if template is None:
            raise Refused('"%(name)s" has no text: write one, or add a template.', name=material.action_name)
        hashtags.validate(
            template.subject, template.body, custom_fields=material.custom_fields, what=material.action_name
        )
    subject, body = (edited.subject, edited.body) if edited else (template.subject, template.body)  # type: ignore[union-attr]
    write = Writer(taken.language, material.debtor.country)
    context = Context(material, write, recipient, LINK if page else "")
    filled = values(context, hashtags.used(f"{subject}\n{body}"))
    line = clean.subject(hashtags.fill_text(subject, filled))
    inner = layout.fill(layout.paragraphs(body, page=page, rich=rich), filled)
    return Rendered(
        subject=line,
        html=layout.framed(inner, subject=line, company=material.company, write=write),
        body=inner,
        text=f"{plaintext.from_html(inner)}\n-- \n{material.company.footer(taken.language)}\n",
        language=taken.language,
        fallback=taken.fallback,
        listed=_listed(context, hashtags.used(body)),
    )


def editable(material: Material, recipient: Recipient, taken: Taken) -> Edited:
    """The template with its one-line values filled in; tables, pictures and links stay hashtags for the sender."""
    template = template_of(material, taken.language)
    if template is None:
        return Edited("", "")
    context = Context(material, Writer(taken.language, material.debtor.country), recipient)
    names = [
        name
        for name in hashtags.used(f"{template.subject}\n{template.body}")
        if (tag := hashtags.get(name, material.custom_fields)) is not None and tag.kind is Kind.TEXT
    ]
    filled = values(context, names)
    fill = hashtags.fill_html if hashtags.is_rich(template.body) else hashtags.fill_text
    return Edited(clean.subject(hashtags.fill_text(template.subject, filled)), fill(template.body, filled))


def _listed(context: Context, names: list[str]) -> dict[str, Any]:
    lines = context.chased.due
    if any("statement" in name for name in names):
        lines = context.material.all_lines
    amounts = documents.totals(context.chased.due, first=context.material.company.currency)
    return {
        "items": [line.item.id for line in lines],
        "numbers": [line.item.number for line in lines],
        "amounts": {currency: str(amount) for currency, amount in amounts.items()},
    }
