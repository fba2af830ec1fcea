"""Templates as a whole: pages have titles, icons exist, parts can be swapped."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes

from dso.paths import CLONE, PACKAGE, STATIC, TEMPLATES

NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
#: Frames and pieces, not pages: what extends or includes them gives the title.
PAGES = [
    name
    for name in NAMES
    if not Path(name).name.startswith("_")
    and not name.startswith(("macros/", "mail/", "pdf/"))
    and "macros" not in name
]
FRAMES = {"base.html", "shared/plain.html", "portal/base.html"}
#: A part named by a view; letters shown in a frame are whole documents of their own.
PART = re.compile(r"""["']([a-z_/]+/_[a-z_]+\.html)["']""")
CSS_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
HTML_CLASS = re.compile(r"""\bclass="([^"]*)\"""")
ICON = re.compile(r"""(?:\bicon\(\s*|\bicon=\s*)['"]([a-z0-9-]+)['"]""")


def _tree(environment: Environment, name: str) -> nodes.Template:
    return environment.parse((TEMPLATES / name).read_text("utf-8"), name)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_title_of_its_own(app: Flask, name: str) -> None:
    tree = _tree(app.jinja_env, name)
    titles = [block for block in tree.find_all(nodes.Block) if block.name == "title"]
    extends = next(tree.find_all(nodes.Extends), None)
    if name in FRAMES:
        assert titles
    elif extends is None:
        assert "<title>" in (TEMPLATES / name).read_text("utf-8")
    elif isinstance(extends.template, nodes.Const) and extends.template.value in FRAMES:
        assert titles and titles[0].body, "the page leaves its title empty"


def test_every_icon_a_page_shows_is_in_the_sprite() -> None:
    known = set((CLONE / "scripts" / "icons.txt").read_text("utf-8").split())
    used = {icon for name in NAMES for icon in ICON.findall((TEMPLATES / name).read_text("utf-8"))}
    assert used <= known, f"add to scripts/icons.txt: {sorted(used - known)}"
    sprite = (STATIC / "vendor" / "icons.svg").read_text("utf-8")
    assert all(f'id="{icon}"' in sprite for icon in known)


def test_what_a_view_sends_as_a_part_begins_with_the_element_it_replaces() -> None:
    views = "".join(path.read_text("utf-8") for door in ("web", "portal") for path in (PACKAGE / door).rglob("*.py"))
    rootless = []
    for name in sorted(set(PART.findall(views))):
        text = re.sub(r"\{% macro .*?endmacro -?%\}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"\{[#%].*?[#%]\}", "", text, flags=re.DOTALL).strip()
        if not text.startswith("<") or " id=" not in text.partition(">")[0]:
            rootless.append(name)
    assert rootless == [], "the first element of a part carries the id it is swapped by"


def test_every_class_a_page_uses_is_defined_in_a_style_sheet() -> None:
    sheets = [*(STATIC / "css").glob("*.css"), STATIC / "vendor" / "bootstrap.min.css"]
    defined = {name for sheet in sheets for name in CSS_CLASS.findall(sheet.read_text("utf-8"))}
    unknown = set()
    for name in NAMES:
        if not name.startswith(("mail/", "pdf/")):
            text = re.sub(r"\{[#%{].*?[#%}]\}", "\0", (TEMPLATES / name).read_text("utf-8"), flags=re.DOTALL)
            used = {word for words in HTML_CLASS.findall(text) for word in words.split() if "\0" not in word}
            unknown |= {f"{word} in {name}" for word in used - defined}
    assert unknown == set()
