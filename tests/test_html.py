"""The checker of HTML answers finds what it is there for, and leaves a good page alone."""

import pytest

from tests.html import faults

GOOD = """<!doctype html><html lang="en"><head><title>To-do · dso</title></head><body><main id="content"><h1>To-do</h1>
<form method="post" action="/x" hx-post="/x" hx-target="#content"><input type="hidden" name="csrf_token" value="t">
<label for="a">Name</label><input id="a" name="a"><label><input type="checkbox" name="b"> Tick</label>
<button>Go</button></form>
<a href="/y" hx-get="/y" hx-target="#content">Next</a><div hx-get="/z" hx-trigger="every 2s"></div>
<p>One<p>Two</main></body></html>"""


def test_a_good_page_has_no_fault() -> None:
    assert faults(GOOD) == []


def test_an_empty_answer_has_no_fault() -> None:
    assert faults(" ") == []


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ('<i id="a"></i><b id="a"></b>', "stands 2 times"),
        ('<input name="q">', "has no label"),
        ('<label for="nobody">x</label>', "which is not there"),
        ('<form method="post" action="/"><button>Go</button></form>', "0 csrf_token"),
        ('<form action="/"><input type="hidden" name="csrf_token"></form>', "in the address"),
        ('<form action="/" hx-post="/"><input type="hidden" name="csrf_token"></form>', "by script only"),
        ('<form action="/"><input type="file" aria-label="File"></form>', "no enctype"),
        ("<form action='/'><form action='/'></form></form>", "inside another form"),
        ('<p style="color:red">x</p>', "attribute style"),
        ('<p onclick="x()">x</p>', "attribute onclick"),
        ('<p hx-on:click="x()">x</p>', "attribute hx-on:click"),
        ("<script>x()</script>", "is inline"),
        ("<style>p{}</style>", "is inline"),
        ('<a href="javascript:x()">x</a>', "script in href"),
        ('<a href="#">x</a>', "leads nowhere"),
        ('<a href="/x"></a>', "nothing to read"),
        ('<a href="/x"><button>x</button></a>', "inside another control"),
        ('<a href="/x" target="_blank">x</a>', "noopener"),
        ('<img src="/x.png">', "no alt text"),
        ('<nav><a href="/x">x</a></nav>', "landmark without a name"),
        ("<svg><use href='#x'></use></svg>", "neither hidden"),
        ("<svg aria-hidden='true'><use href='/static/vendor/icons.svg#unheard-of'></use></svg>", "is not listed"),
        ('<span hx-get="/x">x</span>', "no real link"),
        ('<button hx-post="/x">x</button>', "no real link"),
        ('<a href="/x" hx-get="/x" hx-trigger="click[ctrlKey]">x</a>', "needs eval"),
        ("<div><p>x</div></section>", "closes nothing"),
        ("<div>", "never closed"),
        ('<p class="a" class="b">x</p>', "attribute twice"),
    ],
)
def test_a_fault_is_named(part: str, says: str) -> None:
    assert any(says in fault for fault in faults(part)), faults(part)


def test_a_page_needs_a_title_of_its_own_one_heading_and_its_targets() -> None:
    page = GOOD.replace("To-do · dso", " · dso").replace("<h1>To-do</h1>", "")
    found = " ".join(faults(page.replace('hx-target="#content">Next', 'hx-target="#gone">Next')))
    assert "no title of its own" in found and "0 <h1>" in found and "#gone" in found
