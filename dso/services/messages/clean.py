"""What a user may write into a template or a message: an allow-list, kept on save and again on render."""

import re

import nh3

from dso.domain.hashtags import is_rich

TAGS = frozenset(
    "a b blockquote br div em h1 h2 h3 h4 hr i li ol p s span strong sub sup "
    "table tbody td tfoot th thead tr u ul".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "*": {"style"},
}
_STYLES = {
    "background-color",
    "color",
    "font-size",
    "font-style",
    "font-weight",
    "text-align",
    "text-decoration",
}
#: What the product's own tables and button add on render.
_OWN_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "table": {"class", "cellspacing", "cellpadding"},
    "td": {"class", "colspan", "rowspan", "align", "bgcolor"},
    "th": {"class", "colspan", "rowspan", "align"},
    "tr": {"class"},
    "p": {"class"},
    "span": {"class"},
    "img": {"src", "alt", "width", "height"},
    "*": {"style"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def template_body(body: str) -> str:
    """A template's body as it is kept: HTML cleaned; plain text as it was typed, it is escaped on render."""
    body = _CONTROL.sub("", body).replace("\r\n", "\n").replace("\r", "\n")
    return html(body) if is_rich(body) else body


def subject(text: str) -> str:
    """A subject in one line without control characters: nothing in it can become a header of its own."""
    return re.sub(r" {2,}", " ", re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", " ", text)).strip()


def html(markup: str) -> str:
    """HTML a person wrote, cleaned."""
    return nh3.clean(
        markup,
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        filter_style_properties=_STYLES,
    )


def rendered(markup: str) -> str:
    """A rendered body, cleaned once more: a value filled into an address could have made it a script's."""
    return nh3.clean(
        markup,
        tags=set(TAGS) | {"img"},
        attributes=_OWN_ATTRIBUTES,
        url_schemes=_SCHEMES | {"cid"},
        link_rel=None,
        filter_style_properties=_STYLES,
    )
