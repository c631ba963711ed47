"""Counts in redis and keeps a list there; every reply must be the next. redis_client.py LOG PORT"""

import socket
import sys
import time

from client import beats

turn = beats(sys.argv[1])


def connect(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.05)
    turn.fail("redis-server does not listen")


connection = connect(int(sys.argv[2]))
replies = connection.makefile("rb")


def command(*words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        text = str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(text), text))
    connection.sendall(b"".join(parts))


n = 0
while True:
    # Two requests are on their way at a time.
    n += 1
    command("INCR", "n")
    command("RPUSH", "l", n)
    for what in ("counter", "list"):
        reply = replies.readline()
        if reply != b":%d\r\n" % n:
            turn.fail("%s: %r instead of %d" % (what, reply, n))
    turn()
