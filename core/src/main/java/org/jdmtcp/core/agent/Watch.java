package org.jdmtcp.core.agent;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jdmtcp.spi.linux.Errno;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.Linux;
import org.jdmtcp.spi.linux.SystemCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that sleeps until a descriptor can be read, and then does what was asked for. */
final class Watch implements AutoCloseable {
    private static final int POLLFD_SIZE = 8;
    private static final short POLLIN = 1;

    private record Entry(Fd fd, BooleanSupplier action) {}

    private final Fd wake = FileCalls.eventFd(0, FileCalls.O_NONBLOCK);
    private final List<Entry> entries = new ArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().name("jdmtcp-agent").daemon(true).unstarted(this::loop);
    private boolean closed;

    void start() {
        thread.start();
    }

    /**
     * Calls {@code action} on the watch's thread whenever {@code fd} can be read or has reached its end, until the action
     * returns false. The descriptor is the watch's from now on. Safe on any thread.
     */
    void whenReadable(final Fd fd, final BooleanSupplier action) {
        synchronized (this) {
            entries.add(new Entry(fd, action));
        }
        wake();
    }

    private void wake() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment one = arena.allocate(8, 8);
            one.set(ValueLayout.JAVA_LONG, 0, 1);
            FileCalls.write(wake, one);
        }
    }

    private void loop() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment counter = arena.allocate(8, 8);
            while (true) {
                final List<Entry> now;
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    now = List.copyOf(entries);
                }
                final MemorySegment polled = poll(now, counter);
                for (int i = 0; i < now.size(); i++) {
                    if (polled.get(ValueLayout.JAVA_SHORT, (i + 1L) * POLLFD_SIZE + 6) != 0) {
                        act(now.get(i));
                    }
                }
            }
        } finally {
            synchronized (this) {
                entries.forEach(entry -> entry.fd().close());
                entries.clear();
            }
            wake.close();
        }
    }

    private MemorySegment poll(final List<Entry> now, final MemorySegment counter) {
        final MemorySegment fds = Arena.ofAuto().allocate((now.size() + 1L) * POLLFD_SIZE, 8);
        set(fds, 0, wake);
        for (int i = 0; i < now.size(); i++) {
            set(fds, i + 1, now.get(i).fd());
        }
        final long result = Linux.raw(SystemCall.PPOLL, fds.address(), now.size() + 1L, 0, 0, 0, 0);
        if (result != -Errno.EINTR) {
            Linux.check(result, "ppoll");
        }
        if (fds.get(ValueLayout.JAVA_SHORT, 6) != 0) {
            FileCalls.read(wake, counter);
        }
        return fds;
    }

    private static void set(final MemorySegment fds, final int index, final Fd fd) {
        fds.set(ValueLayout.JAVA_INT, (long) index * POLLFD_SIZE, fd.number());
        fds.set(ValueLayout.JAVA_SHORT, (long) index * POLLFD_SIZE + 4, POLLIN);
    }

    private void act(final Entry entry) {
        boolean more;
        try {
            more = entry.action().getAsBoolean();
        } catch (final RuntimeException e) {
            log().error("the agent could not react to an event; it goes on without", e);
            more = false;
        }
        if (!more) {
            synchronized (this) {
                entries.remove(entry);
            }
            entry.fd().close();
        }
    }

    /** Ends the thread soon. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        wake();
    }

    /** Not loaded before it is needed: the program is to start first. */
    private static Logger log() {
        return LoggerFactory.getLogger(Watch.class);
    }
}
