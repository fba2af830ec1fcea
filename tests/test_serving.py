"""The server of the browser tests."""

import gc
import socket
import struct

import pytest
from flask import Flask

from tests.serving import served

#: Closing throws away what is under way and tells the other side so.
AT_ONCE = struct.pack("ii", 1, 0)


@pytest.mark.network
def test_a_browser_that_goes_away_leaves_no_file_open(app: Flask) -> None:
    request = b"GET /static/img/icon.svg HTTP/1.0\r\n\r\n"
    with served(app) as address:
        host, port = address.split(":")
        for _time in range(40):
            with socket.create_connection((host, int(port))) as browser:
                browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                browser.sendall(request)
                browser.recv(1)
    # An open file among what is thrown away is a warning here, and a warning fails the test.
    gc.collect()
