package org.jdmtcp.core.restart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdmtcp.core.process.message.Descriptor;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.core.tracee.Scratch;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.jdmtcp.spi.linux.SystemCall;

/**
 * Brings open files from the agent to the reborn processes: their ancestor, the stub or the init of a new namespace, receives
 * them all, once, under high numbers; the processes that are cloned from it inherit them and put each to where it was.
 */
final class Handover implements AutoCloseable {
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final long ALL = 0xffff_ffffL;
    private static final int SPARE = 16;

    private final Map<Long, Fd> files = new LinkedHashMap<>();
    private final Map<Long, Integer> numbers = new LinkedHashMap<>();
    private final Fd[] sockets = SocketCalls.pair();
    private final int base;

    /** @param images whose descriptor numbers are to be left free */
    Handover(final RestartImages images) {
        int highest = sockets[1].number();
        for (final RestartImage image : images.all()) {
            for (final Descriptor descriptor : image.process().getDescriptorsList()) {
                highest = Math.max(highest, descriptor.getNumber());
            }
        }
        base = highest + SPARE;
    }

    /** Adds an open file under a key of the caller's; it is owned by this from now on. */
    void add(final long key, final Fd file) {
        files.put(key, file);
        numbers.put(key, base + 1 + numbers.size());
    }

    /** The agent's descriptor of an open file. */
    Fd file(final long key) {
        return java.util.Objects.requireNonNull(files.get(key), "no open file " + key);
    }

    /** The number under which the reborn processes have an open file until it is put to its place. */
    int number(final long key) {
        return java.util.Objects.requireNonNull(numbers.get(key), "no open file " + key);
    }

    /** Everything from this number on is closed when a process has its descriptors. */
    int base() {
        return base;
    }

    /** Lets a program that is started next inherit the receiving end. */
    void openForChild(final boolean inherited) {
        Linux.check(FileCalls.fcntl(sockets[1].number(), F_SETFD, inherited ? 0 : FD_CLOEXEC), "fcntl(F_SETFD)");
    }

    /** Closes all that a process inherited but the receiving end, for others to inherit nothing else. */
    void clear(final int pid, final Scratch scratch) {
        raiseLimit(pid, base + 1L);
        final Batch clear = scratch.batch();
        clear.must(SystemCall.DUP3, sockets[1].number(), base, FileCalls.O_CLOEXEC);
        clear.must(SystemCall.CLOSE_RANGE, 0, base - 1L, 0);
        clear.must(SystemCall.CLOSE_RANGE, base + 1L, ALL, 0);
        clear.run();
    }

    /** Gives one open file to a process that was cleared or born of such a one. @return its number there */
    int give(final Scratch scratch, final Fd file) {
        SocketCalls.sendDescriptors(sockets[0], List.of(file));
        final Batch batch = scratch.batch();
        final long control = receive(batch, 1);
        batch.run();
        return ByteBuffer.wrap(batch.bytes(control, SocketCalls.controlSize(1)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt(SocketCalls.CMSGHDR_SIZE);
    }

    /** Hands all open files to a process that was cleared. */
    void deliver(final int pid, final Scratch scratch) {
        raiseLimit(pid, base + 1L + files.size());
        final List<Long> keys = new ArrayList<>(files.keySet());
        // Not more at a time than there is room for below our own numbers.
        final int most = Math.min(SocketCalls.SCM_MAX_FD, base);
        for (int from = 0; from < keys.size(); from += most) {
            deliver(scratch, keys.subList(from, Math.min(keys.size(), from + most)));
        }
    }

    // The received numbers are the lowest that are free, from 0 on: all those are free in the stub.
    private void deliver(final Scratch scratch, final List<Long> keys) {
        SocketCalls.sendDescriptors(sockets[0], keys.stream().map(this::file).toList());
        final Batch batch = scratch.batch();
        receive(batch, keys.size());
        for (int i = 0; i < keys.size(); i++) {
            batch.must(SystemCall.DUP3, i, number(keys.get(i)), FileCalls.O_CLOEXEC);
        }
        batch.must(SystemCall.CLOSE_RANGE, 0, base - 1L, 0);
        batch.run();
    }

    /** Adds the call that receives descriptors. @return where their numbers will be, behind a control header */
    private long receive(final Batch batch, final int count) {
        final int controlSize = SocketCalls.controlSize(count);
        final long control = batch.room(controlSize);
        final long data = batch.room(SPARE);
        final long iovec = batch.put(longs(data, 1));
        final long header = batch.put(longs(0, 0, iovec, 1, control, controlSize, 0));
        batch.must(SystemCall.RECVMSG, base, header, FileCalls.O_CLOEXEC);
        return control;
    }

    private static void raiseLimit(final int pid, final long needed) {
        final ProcessCalls.Limit limit = ProcessCalls.limit(pid, ProcessCalls.RLIMIT_NOFILE);
        if (Long.compareUnsigned(limit.soft(), needed) >= 0) {
            return;
        }
        final long hard = Long.compareUnsigned(limit.hard(), needed) >= 0 ? limit.hard() : needed;
        if (ProcessCalls.setLimit(pid, ProcessCalls.RLIMIT_NOFILE, new ProcessCalls.Limit(needed, hard)) < 0) {
            throw new Refusal("the restart needs " + needed + " descriptors in a process, and the limit is "
                    + Long.toUnsignedString(limit.hard()) + ": raise it (ulimit -Hn) and try again");
        }
    }

    /** Adds the calls that put a process's descriptors to their places and close what is not its own. */
    void place(final Batch batch, final List<Descriptor> descriptors) {
        for (final Descriptor descriptor : descriptors) {
            batch.must(
                    SystemCall.DUP3,
                    number(descriptor.getOpenFile()),
                    descriptor.getNumber(),
                    descriptor.getCloseOnExec() ? FileCalls.O_CLOEXEC : 0);
        }
        batch.must(SystemCall.CLOSE_RANGE, base, ALL, 0);
    }

    private static byte[] longs(final long... values) {
        final ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (final long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }

    @Override
    public void close() {
        files.values().forEach(Fd::close);
        sockets[0].close();
        sockets[1].close();
    }
}
