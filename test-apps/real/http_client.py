"""Asks for a page again and again, by a kept connection and by new ones. http_client.py LOG PORT"""

import http.client
import sys
import time

from client import beats

turn = beats(sys.argv[1])
port = int(sys.argv[2])


def get(connection):
    connection.request("GET", "/index.html")
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200 or body != b"hello\n":
        turn.fail("status %d, %r" % (answer.status, body))


def await_server():
    for _ in range(200):
        try:
            get(http.client.HTTPConnection("127.0.0.1", port))
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    turn.fail("nginx does not listen")


await_server()
kept = http.client.HTTPConnection("127.0.0.1", port)
while True:
    # nginx closes a kept connection after a thousand requests.
    for _ in range(900):
        get(kept)
        turn()
    kept.close()
    get(http.client.HTTPConnection("127.0.0.1", port))
