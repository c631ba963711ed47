"""What the clients share: heartbeats in a log, and losses spoken out. beats(LOG) gives a function to be called for each turn."""

import sys
import time


def beats(log):
    out = open(log, "a", buffering=1)
    state = {"turns": 0, "beats": 0, "last": time.monotonic()}

    def turn():
        state["turns"] += 1
        if time.monotonic() - state["last"] > 0.05:
            state["last"] = time.monotonic()
            state["beats"] += 1
            out.write("%d ok\n" % state["beats"])
            if state["beats"] > 12000:
                sys.exit(0)

    def fail(what):
        out.write("FAIL %s\n" % what)
        sys.exit(99)

    turn.fail = fail
    return turn
