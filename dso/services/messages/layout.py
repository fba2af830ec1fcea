"""From a template's body to the HTML of a message: paragraphs, blocks that part them, frame with logo and footer."""

import html
import re
from collections.abc import Mapping

import css_inline
from flask import current_app
from markupsafe import Markup

from dso.domain import hashtags
from dso.domain.hashtags import Family, Kind, Value
from dso.queries.messages.facts import Company
from dso.services.documents.writing import Writer
from dso.services.messages import clean

LOGO = "cid:logo"
_BLOCK_NAMES = sorted(
    (tag.name for tag in hashtags.CATALOGUE.values() if tag.kind is Kind.BLOCK), key=len, reverse=True
)
_PAGE_NAMES = [tag.name for tag in hashtags.CATALOGUE.values() if tag.family is Family.PAGE]
_BLOCK = re.compile(rf"#({'|'.join(_BLOCK_NAMES)})(?![A-Za-z0-9_])")
_PAGE = re.compile(rf"#({'|'.join(_PAGE_NAMES)})(?![A-Za-z0-9_])")
_PARAGRAPH = re.compile(r"<p\b[^>]*>(?:(?!</p>).)*</p>", re.DOTALL | re.IGNORECASE)
_EMPTY = re.compile(r"<p\b[^>]*>(?:\s|&nbsp;|\xa0|<br\s*/?>)*</p>\s*", re.IGNORECASE)
_BLANK = re.compile(r"\n[ \t]*\n")
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def paragraphs(body: str, *, page: bool, rich: bool) -> str:
    """A body as HTML with its hashtags still in it; a paragraph that leads to a page goes where there is none."""
    markup = clean.html(body) if rich else _from_text(body)
    if not page:
        markup = _PARAGRAPH.sub(lambda found: "" if _PAGE.search(found.group()) else found.group(), markup)
    return _PARAGRAPH.sub(_part, markup)


def _from_text(body: str) -> str:
    blocks = (block.strip("\n") for block in _BLANK.split(body.replace("\r\n", "\n")))
    escaped = (html.escape(block, quote=False).replace("\n", "<br>\n") for block in blocks if block.strip())
    return "\n".join(f"<p>{block}</p>" for block in escaped)


def _part(found: re.Match[str]) -> str:
    """A table can not stand inside a paragraph: it ends the one before and begins a new one."""
    return _BLOCK.sub(r"</p>#\1<p>", found.group())


def fill(markup: str, values: Mapping[str, Value]) -> str:
    """The HTML with its values, clean, without the paragraphs that turned out empty."""
    filled = clean.rendered(hashtags.fill_html(markup, values))
    return _EMPTY.sub("", filled).strip()


def button(write: Writer, link: str, words: str, colour: str) -> Markup:
    """The button that opens the interactive page."""
    template = current_app.jinja_env.get_template("mail/_button.html")
    return Markup(template.render(link=link, words=words, colour=colour))


def framed(body: str, *, subject: str, company: Company, write: Writer) -> str:
    """The whole document of an e-mail with its styles in the elements."""
    template = current_app.jinja_env.get_template("mail/message.html")
    return _inliner.inline(
        template.render(
            body=Markup(body),
            subject=subject,
            language=write.language,
            colour=company.colour,
            logo=LOGO if company.logo else "",
            company=company.name,
            footer=company.footer(write.language).splitlines(),
        )
    )
