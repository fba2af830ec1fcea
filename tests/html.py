"""What every HTML answer keeps, page or part: read once into a small tree, then asked a list of questions."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from dso.paths import CLONE

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
#: End tags that HTML lets one leave out.
OPTIONAL = frozenset("p li dt dd option tr td th thead tbody tfoot".split())
VERBS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
#: Triggers of pieces that refresh themselves; they are no controls.
SELF_MADE = ("load", "every ", "revealed", "intersect", "from:body", "row-chosen")
#: Inputs that need no label.
NAMELESS_INPUTS = frozenset({"hidden", "submit", "button", "reset", "image"})
ICONS = frozenset((CLONE / "scripts" / "icons.txt").read_text("utf-8").split())
CONTROLS = frozenset({"input", "select", "textarea", "button"})


@dataclass(eq=False)
class Node:
    """An element of the page."""

    tag: str
    attrs: dict[str, str]
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """Its descendants, in the order of the page."""
        for child in self.children:
            yield child
            yield from child.walk()

    def up(self) -> Iterator["Node"]:
        """Its ancestors, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def inside(self, *tags: str) -> "Node | None":
        """The nearest ancestor of one of these kinds."""
        return next((node for node in self.up() if node.tag in tags), None)

    def text(self) -> str:
        """All that can be read in it, names of pictures too."""
        pieces = list(self.words)
        for node in self.walk():
            pieces += node.words
            pieces.append(node.attrs.get("aria-label", "") or node.attrs.get("alt", ""))
        return " ".join(" ".join(pieces).split())

    def __str__(self) -> str:
        shown = " ".join(f'{name}="{value}"' for name, value in list(self.attrs.items())[:5])
        return f"<{self.tag} {shown}>".replace(" >", ">")


class _Reader(HTMLParser):
    """Builds the tree; notes end tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("", {})
        self.open = self.root
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        repeated = [name for name, times in Counter(name for name, _ in attrs).items() if times > 1]
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open)
        if repeated:
            self.faults.append(f"{node} has an attribute twice: {', '.join(repeated)}")
        self.open.children.append(node)
        if tag not in VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        node = self.open
        while node.tag != tag and node.tag in OPTIONAL and node.parent is not None:
            node = node.parent
        if node.tag != tag or node.parent is None:
            self.faults.append(f"</{tag}> closes nothing; open is {self.open}")
            return
        self.open = node.parent

    def handle_data(self, data: str) -> None:
        self.open.words.append(data)


@dataclass(frozen=True)
class Page:
    """A page or part that was read."""

    root: Node
    nodes: list[Node]
    by_id: dict[str, Node]
    whole: bool


def _read(text: str) -> tuple[Page, list[str]]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open is not reader.root:
        reader.faults.append(f"{reader.open} is never closed")
    nodes = list(reader.root.walk())
    by_id = {node.attrs["id"]: node for node in nodes if "id" in node.attrs}
    return Page(reader.root, nodes, by_id, any(node.tag == "html" for node in nodes)), reader.faults


def _whole_page(page: Page) -> Iterator[str]:
    if not page.whole:
        return
    titles = [node.text() for node in page.nodes if node.tag == "title" and not node.inside("svg")]
    if len(titles) != 1 or not titles[0] or titles[0].startswith("·"):
        yield f"the page has no title of its own: {titles}"
    html = next(node for node in page.nodes if node.tag == "html")
    if not html.attrs.get("lang"):
        yield "the page does not say its language"
    for tag in ("main", "h1"):
        count = sum(node.tag == tag for node in page.nodes)
        if count != 1:
            yield f"the page has {count} <{tag}> instead of one"


def _ids(page: Page) -> Iterator[str]:
    times = Counter(node.attrs["id"] for node in page.nodes if "id" in node.attrs)
    yield from (f'the id "{name}" stands {count} times' for name, count in times.items() if count > 1)
    yield from (f"{node} has an empty or spaced id" for node in page.nodes if _bad_id(node))
    for node in page.nodes:
        names = [name for key in ("for", "aria-describedby", "aria-labelledby") for name in _id_names(node, key)]
        missing = [name for name in names if name not in page.by_id]
        if missing and (page.whole or node.tag in ("label", *CONTROLS)):
            yield f"{node} refers to the id {', '.join(missing)}, which is not there"


def _bad_id(node: Node) -> bool:
    name = node.attrs.get("id")
    return name is not None and (not name or any(c.isspace() for c in name))


def _id_names(node: Node, key: str) -> list[str]:
    # The dialog is named by the part that will be loaded into it.
    return [] if node.tag == "dialog" else node.attrs.get(key, "").split()


def _labels(page: Page) -> Iterator[str]:
    labelled = {node.attrs["for"] for node in page.nodes if node.tag == "label" and "for" in node.attrs and node.text()}
    for node in page.nodes:
        if node.tag not in ("input", "select", "textarea") or node.attrs.get("type") in NAMELESS_INPUTS:
            continue
        around = node.inside("label")
        named = node.attrs.get("aria-label") or node.attrs.get("aria-labelledby") or node.attrs.get("id") in labelled
        if not named and not (around and around.text()):
            yield f"{node} has no label"


def _names(page: Page) -> Iterator[str]:
    for node in page.nodes:
        if node.tag in ("button", "summary") or (node.tag == "a" and "href" in node.attrs):
            if not (node.text() or node.attrs.get("aria-label") or node.attrs.get("aria-labelledby")):
                yield f"{node} has nothing to read"
        elif node.tag == "img" and "alt" not in node.attrs:
            yield f"{node} has no alt text"
        elif node.tag == "svg" and not node.inside("svg") and not _described(node):
            yield f'{node} is neither hidden from readers nor named (role="img" and aria-label)'


def _described(svg: Node) -> bool:
    return svg.attrs.get("aria-hidden") == "true" or bool(
        svg.attrs.get("role") in ("img", "group", "figure")
        and (svg.attrs.get("aria-label") or svg.attrs.get("aria-labelledby"))
    )


def _forms(page: Page) -> Iterator[str]:
    for form in (node for node in page.nodes if node.tag == "form"):
        if form.inside("form"):
            yield f"{form} stands inside another form"
        method = form.attrs.get("method", "get").lower()
        posts = method == "post" or any(verb in form.attrs for verb in VERBS[1:]) or _has_post_button(form)
        tokens = sum(node.tag == "input" and node.attrs.get("name") == "csrf_token" for node in form.walk())
        if posts and tokens != 1:
            yield f"{form} posts and carries {tokens} csrf_token fields instead of one"
        if not posts and tokens:
            yield f"{form} only gets, and would show its csrf_token in the address"
        if any(node.attrs.get("type") == "file" for node in form.walk()) and "multipart" not in form.attrs.get(
            "enctype", ""
        ):
            yield f"{form} has a file field but no enctype"
        if any(verb in form.attrs for verb in VERBS[1:]) and method != "post":
            yield f"{form} posts by script only: it needs method and action"


def _has_post_button(form: Node) -> bool:
    return any(node.attrs.get("formmethod", "").lower() == "post" for node in form.walk())


def _nesting(page: Page) -> Iterator[str]:
    for node in page.nodes:
        if node.tag in ("a", "button", *CONTROLS) and node.inside("a", "button"):
            yield f"{node} stands inside another control"
        if node.tag == "a" and node.attrs.get("href", "x").strip() in ("", "#"):
            yield f"{node} leads nowhere"
        if node.attrs.get("target") == "_blank" and "noopener" not in node.attrs.get("rel", ""):
            yield f'{node} opens a window without rel="noopener"'


def _landmarks(page: Page) -> Iterator[str]:
    """Several of a kind on a page must have names, or readers cannot tell them apart; parts may become the second."""
    for node in page.nodes:
        landmark = node.tag in ("nav", "aside") or node.attrs.get("role") in ("search", "region")
        if landmark and not (node.attrs.get("aria-label") or node.attrs.get("aria-labelledby")):
            yield f"{node} is a landmark without a name"


def _policy(page: Page) -> Iterator[str]:
    """What the content-security policy would refuse, and what needs eval."""
    for node in page.nodes:
        if node.tag == "style" or (node.tag == "script" and not node.attrs.get("src")):
            yield f"{node} is inline"
        for name, value in node.attrs.items():
            if name == "style" or (name.startswith("on") and len(name) > 2) or name.startswith(("hx-on", "data-hx-on")):
                yield f"{node} has the attribute {name}"
            if name in ("href", "src", "action", "formaction") and value.strip().lower().startswith(
                ("javascript:", "data:text")
            ):
                yield f"{node} has script in {name}"
        if node.attrs.get("hx-vals", "").startswith(("js:", "javascript:")) or "[" in node.attrs.get("hx-trigger", ""):
            yield f"{node} needs eval, which is switched off"


def _hypermedia(page: Page) -> Iterator[str]:
    for node in page.nodes:
        target = node.attrs.get("hx-target", "")
        if page.whole and target.startswith("#") and target[1:] not in page.by_id:
            yield f"{node} aims at {target}, which is not on the page"
        if not any(verb in node.attrs for verb in VERBS) or any(
            own in node.attrs.get("hx-trigger", "") for own in SELF_MADE
        ):
            continue
        if not _works_without_script(node):
            yield f"{node} is no real link, form, or control of a form"


def _works_without_script(node: Node) -> bool:
    if node.tag == "a":
        return bool(node.attrs.get("href"))
    if node.tag == "form":
        return "action" in node.attrs
    return node.tag in CONTROLS and (node.inside("form") is not None or "form" in node.attrs)


def _icons(page: Page) -> Iterator[str]:
    for node in page.nodes:
        file, _, name = node.attrs.get("href", "").partition("#") if node.tag == "use" else ("", "", "")
        if file.endswith("icons.svg") and name not in ICONS:
            yield f'the icon "{name}" is not listed in scripts/icons.txt'


RULES: tuple[Callable[[Page], Iterator[str]], ...] = (
    _whole_page, _ids, _labels, _names, _forms, _nesting, _landmarks, _policy, _hypermedia, _icons,
)  # fmt: skip


def faults(text: str) -> list[str]:
    """Every fault of an HTML answer, in words."""
    if not text.strip():
        return []
    page, found = _read(text)
    return found + [fault for rule in RULES for fault in rule(page)]


def check(text: str) -> None:
    """AssertionError that names every fault of an HTML answer."""
    found = faults(text)
    assert not found, "The HTML has faults:\n- " + "\n- ".join(found)
