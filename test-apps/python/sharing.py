"""Memory shared by Python processes: multiprocessing's Value, Array, locks, queues (fork) and named shared_memory."""
import multiprocessing, os, sys, time
from multiprocessing import shared_memory

log = open(sys.argv[1], "a", buffering=1)


def worker(me, value, array, name, todo, done, lock):
    named = shared_memory.SharedMemory(name=name)
    while True:
        turn = todo.get()
        with value.get_lock():
            value.value += turn
        array[me] = turn
        with lock:
            named.buf[me] = turn % 251
        done.put((me, turn))
        if os.getppid() == 1:
            return


def main():
    context = multiprocessing.get_context("fork")
    value, array, lock = context.Value("q", 0), context.Array("q", 3), context.RLock()
    named = shared_memory.SharedMemory(create=True, size=100000, name="jdmtcp-test-%d-python" % os.getpid())
    named.buf[1000:2000] = bytes(range(250)) * 4
    todo, done = [context.SimpleQueue() for _ in range(3)], context.SimpleQueue()
    for me in range(3):
        context.Process(target=worker, args=(me, value, array, named.name, todo[me], done, lock), daemon=True).start()
    total = 0
    for turn in range(1, 12000):
        for queue in todo:
            queue.put(turn)
        answers = sorted(done.get() for _ in range(3))
        total += 3 * turn
        assert answers == [(0, turn), (1, turn), (2, turn)], answers
        assert value.value == total, (value.value, total)
        assert list(array) == [turn] * 3, list(array)
        assert bytes(named.buf[:3]) == bytes([turn % 251] * 3) and bytes(named.buf[1000:2000]) == bytes(range(250)) * 4
        log.write("%d ok\n" % turn)
        time.sleep(0.05)


try:
    main()
except BaseException as e:
    log.write("FAIL %r\n" % (e,))
    raise
