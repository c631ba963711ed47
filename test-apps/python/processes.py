"""multiprocessing in one of its start methods: queues, pipes, a pool, an event and a manager. processes.py LOG FOLDER METHOD"""
import multiprocessing
import os
import sys
import time
import traceback


def square(n):
    return n * n


def serve(requests, answers, event):
    for n, text in iter(requests.get, None):
        answers.put((n * 3, len(text), event.is_set()))


def echo(connection):
    while True:
        connection.send_bytes(connection.recv_bytes())


def main():
    log = open(sys.argv[1], "a", buffering=1)
    try:
        run(log, multiprocessing.get_context(sys.argv[3]))
    except BaseException:
        print("FAIL " + traceback.format_exc().replace("\n", " | "), file=log)
        raise


def run(log, context):
    requests, answers, event = context.Queue(), context.Queue(), context.Event()
    here, there = context.Pipe()
    for target, arguments in ((serve, (requests, answers, event)), (echo, (there,))):
        context.Process(target=target, args=arguments, daemon=True).start()
    with context.Pool(3) as pool, context.Manager() as manager:
        shared = manager.dict()
        for beat in range(1, 12_000):
            text = f"{beat} " * 20_000
            requests.put((beat, text))
            here.send_bytes(text.encode())
            assert pool.map(square, range(beat, beat + 10)) == [n * n for n in range(beat, beat + 10)]
            assert answers.get(timeout=60) == (beat * 3, len(text), event.is_set())
            assert here.recv_bytes() == text.encode()
            shared[beat % 10] = beat
            assert shared[beat % 10] == beat and len(shared) == min(beat, 10)
            if beat % 10 == 0:
                (event.clear if event.is_set() else event.set)()
                child = context.Process(target=square, args=(beat,))
                child.start()
                child.join(60)
                assert child.exitcode == 0
            print(f"{beat} ok", file=log)
            time.sleep(0.03)


if __name__ == "__main__":
    os.chdir(sys.argv[2])
    main()
