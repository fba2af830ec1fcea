"""What an e-mail address is."""

import pytest

from dso.domain.errors import Refused
from dso.emails import address, is_address


@pytest.mark.parametrize(
    "text",
    [
        "zoe@client.example",
        "Zoé.Hébert@client.example",
        "xx@corp.local",
        "zed@example.test",
        "o'neil@client.example",
        "a+b_c-d@mail.client.co.uk",
        "a@xn--bcher-kva.example",
        "a@bücher.example",
    ],
)
def test_an_address_is_judged_by_its_form_wherever_its_mail_goes(text: str) -> None:
    assert is_address(text)
    assert address(text).lower() == text.lower() or "xn--" in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "zoé at home",
        "a@localhost",
        "a..b@client.example",
        ".a@client.example",
        "a@client..example",
        "a@-client.example",
        "a@client.example\r\nBcc: b@client.example",
        "a@x.example,b@x.example",
        "Zoé <a@x.example>",
        f"a@{'b' * 64}.example",
    ],
)
def test_what_is_no_address_is_refused_by_every_door_alike(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(Refused, match="is not an e-mail address"):
        address(text)
