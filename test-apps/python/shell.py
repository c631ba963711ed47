"""A bash on a pseudo-terminal whose jobs are interrupted after a restart: shell.py launch|restart LOG COMMAND JOB. JOB appends heartbeats to LOG.

launch: COMMAND runs a bash; starts JOB in it and types no more. restart: COMMAND brings that bash back, in the middle of JOB. Ctrl-C ends it, the prompt
comes back, the next JOB is stopped, continued and ended; when bash exits, the shell that ran COMMAND has the terminal. Exit status 0 if so.
"""
import os
import pty
import select
import sys
import time

MODE, LOG, COMMAND, JOB = sys.argv[1:5]
TIMEOUT = 40
screen = ""


def read_screen(seconds):
    global screen
    if select.select([terminal], [], [], seconds)[0]:
        try:
            screen += os.read(terminal, 65536).decode(errors="replace")
        except OSError:
            sys.exit(f"FAIL the shell has ended\nscreen:\n{screen}")


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
    os.environ["PS1"] = "READY>"
    if MODE == "launch":
        os.execvp("sh", ["sh", "-c", "exec " + COMMAND])
    os.execvp("sh", ["sh", "-c", COMMAND + "; read word; echo back=$word."])

start = beats()
if MODE == "launch":
    wait_for("a prompt", lambda: prompts() == 1)
    type_keys(JOB + "\n")
    while True:
        read_screen(1)

wait_for("heartbeats", lambda: beats() > start + 5)
type_keys("\x03")
wait_for("a prompt after Ctrl-C", lambda: prompts() == 1)
type_keys("echo status=$?.\n")
wait_for("status 130", lambda: "status=130." in screen and prompts() == 2)
start = beats()
type_keys(JOB + "\n")
wait_for("the next job", lambda: beats() > start + 5)
type_keys("\x1a")
wait_for("the next job is stopped", lambda: "Stopped" in screen and prompts() == 3)
start = beats()
type_keys("fg\n")
wait_for("heartbeats after fg", lambda: beats() > start + 5)
type_keys("\x03")
wait_for("a prompt after the next job", lambda: prompts() == 4)
type_keys("exit\n")
wait_for("the end of bash", lambda: "exit\r\n" in screen)
type_keys("word\n")
wait_for("the terminal is the first shell's", lambda: "back=word." in screen)
os.waitpid(shell, 0)
print("as a native shell")
