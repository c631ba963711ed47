"""Threads, a subprocess that answers questions over pipes, and containers with a checksum. worker.py LOG"""
import hashlib
import queue
import random
import subprocess
import sys
import threading
import time
import traceback

ANSWER = "import sys\nfor line in sys.stdin: print(int(line) ** 2, flush=True)\n"


def worker(requests, answers):
    state = random.Random(7)
    while True:
        n, expected_turn = requests.get()
        answers.put((n, expected_turn, hashlib.sha256(str(n).encode()).hexdigest(), state.random()))


def main():
    log = open(sys.argv[1], "a", buffering=1)
    try:
        run(log)
    except BaseException:
        print("FAIL " + traceback.format_exc().replace("\n", " | "), file=log)
        raise


def run(log):
    requests, answers = queue.Queue(), queue.Queue()
    threading.Thread(target=worker, args=(requests, answers), daemon=True).start()
    ticks = [0]

    def count():
        while True:
            time.sleep(0.01)
            ticks[0] += 1

    threading.Thread(target=count, daemon=True).start()
    child = subprocess.Popen([sys.executable, "-c", ANSWER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    numbers = list(range(200_000))
    names = {f"name {i}": i for i in range(50_000)}
    shadow = random.Random(7)
    last_ticks, idle = -1, 0
    for beat in range(1, 12_000):
        requests.put((beat, beat))
        n, turn, digest, chance = answers.get(timeout=60)
        assert (n, turn) == (beat, beat) and digest == hashlib.sha256(str(beat).encode()).hexdigest()
        assert chance == shadow.random(), "the worker's random state"
        child.stdin.write(f"{beat}\n")
        child.stdin.flush()
        assert int(child.stdout.readline()) == beat * beat
        assert child.poll() is None
        if beat % 10 == 0:
            assert sum(numbers) == 200_000 * 199_999 // 2 + 0 and names["name 49999"] == 49_999
            done = subprocess.run(["/bin/sh", "-c", "echo out; exit 4"], capture_output=True, text=True)
            assert (done.returncode, done.stdout) == (4, "out\n")
        idle = 0 if ticks[0] > last_ticks else idle + 1  # a sleep that ended while we were dead leaves it no time
        assert idle < 20
        last_ticks = ticks[0]
        print(f"{beat} ok", file=log)
        time.sleep(0.05)


main()
