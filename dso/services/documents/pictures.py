"""Pictures that travel inside the text that shows them."""

import base64


def inline(content: bytes | None, content_type: str) -> str:
    """A picture as an address that carries it, for PDFs and for showing mails; empty without one."""
    if not content:
        return ""
    return f"data:{content_type or 'image/png'};base64,{base64.b64encode(content).decode('ascii')}"
