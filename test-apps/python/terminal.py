"""Types at an interactive bash on a pseudo-terminal: terminal.py LOG COMMAND. The command appends heartbeats to LOG.

Starts it, stops it with Ctrl-Z, continues it with fg, ends it with Ctrl-C; exit status 0 if all happened as at a native program.
"""
import os
import pty
import select
import signal
import sys
import time

LOG, COMMAND = sys.argv[1:3]
TIMEOUT = 40
screen = ""


def read_screen(seconds):
    global screen
    if select.select([terminal], [], [], seconds)[0]:
        screen += os.read(terminal, 65536).decode(errors="replace")


def wait_for(what, condition):
    end = time.monotonic() + TIMEOUT
    while not condition():
        if time.monotonic() > end:
            os.kill(shell, 9)
            sys.exit(f"FAIL after {TIMEOUT} s still not: {what}\nscreen:\n{screen}")
        read_screen(0.02)


def beats():
    try:
        with open(LOG) as log:
            return sum(line.endswith(" ok\n") for line in log)
    except FileNotFoundError:
        return 0


def type_keys(keys):
    os.write(terminal, keys.encode())


def prompts():
    return screen.count("READY>")


shell, terminal = pty.fork()
if shell == 0:
    for ignored_in_background_jobs in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(ignored_in_background_jobs, signal.SIG_DFL)
    os.environ["PS1"] = "READY>"
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])

wait_for("a prompt", lambda: prompts() == 1)
start = beats()
type_keys(COMMAND + "\n")
wait_for("heartbeats", lambda: beats() > start + 5)
type_keys("\x1a")
wait_for("the job is stopped", lambda: "Stopped" in screen and prompts() == 2)
stopped_at, quiet_until = beats(), time.monotonic() + 0.5
wait_for("half a second", lambda: time.monotonic() > quiet_until)
if beats() > stopped_at + 1:
    os.kill(shell, 9)
    sys.exit(f"FAIL {beats() - stopped_at} heartbeats of a stopped job")
type_keys("fg\n")
wait_for("heartbeats after fg", lambda: beats() > stopped_at + 5)
type_keys("\x03")
wait_for("a prompt after Ctrl-C", lambda: prompts() == 3)
type_keys("echo status=$?.\n")
wait_for("status 130", lambda: "status=130." in screen)
type_keys("exit\n")
os.waitpid(shell, 0)
print("as a native program")
