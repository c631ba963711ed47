package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.PipeCalls.POLLIN;
import static org.jdmtcp.spi.linux.PipeCalls.POLLOUT;
import static org.jdmtcp.spi.linux.PipeCalls.POLLPRI;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import org.jdmtcp.plugin.fd.TerminalData.Flow;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.PipeCalls;
import org.jdmtcp.spi.linux.TerminalCalls;
import org.jdmtcp.spi.linux.Termios;

/**
 * What waits in a pseudo-terminal, in both directions: looked at, and put into one. The kernel has no way to look without
 * taking, so what was taken goes back at once. All processes of the computation are stopped then.
 *
 * <ol>
 *   <li>Output is read from the master.
 *   <li>Input in lines is read line by line, as the program would. What is left is an unfinished line, which can only be read
 *       once lines are switched off.
 *   <li>Going back, input passes the terminal's input processing a second time. {@link TerminalInput} writes it so that it
 *       comes out as it was. Output is written to the slave with output processing off.
 * </ol>
 *
 * <p>An edge-triggered watcher may be woken once too often. Not kept: more input than the kernel's 4095 bytes of a terminal in
 * lines is echoed twice; a flush of input that a packet-mode master has not heard of, where input came after it.
 */
final class TerminalQueues implements AutoCloseable {
    private static final int BUFFER = 4096;
    private static final int STATUS_ONLY = 1;

    private final Fd master;
    private final Fd slave;
    private final Termios settings;
    private final boolean packets;
    private final int masterFlags;

    /**
     * @param master of the terminal; its status flags are changed until this is closed
     * @param slave an open file of the caller's, with O_NONBLOCK
     * @param settings those that the terminal has, or is to have
     */
    TerminalQueues(final Fd master, final Fd slave, final Termios settings) {
        this.master = master;
        this.slave = slave;
        this.settings = settings;
        this.packets = TerminalCalls.isPacketMode(master);
        this.masterFlags = StatusFlags.of(master);
        StatusFlags.set(master, masterFlags | FileCalls.O_NONBLOCK);
    }

    /** What waits. The terminal is as before when this returns. */
    TerminalData peek() {
        final TerminalData.Builder found = TerminalData.newBuilder();
        try {
            takeOutput(found);
            found.setFlow(flow());
            if (settings.isCanonical()) {
                takeLines(found);
            } else {
                takeAll(found);
            }
        } finally {
            final boolean nothing = found.getOutput().isEmpty()
                    && found.getLinesCount() == 0
                    && found.getRest().isEmpty();
            if (!nothing || packets) {
                put(found.build());
            }
        }
        return found.build();
    }

    private void takeOutput(final TerminalData.Builder found) {
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        while ((PipeCalls.poll(master, POLLIN | POLLPRI) & (POLLIN | POLLPRI)) != 0) {
            final byte[] bytes = TerminalBytes.read(master, BUFFER);
            if (bytes.length == 0) {
                break;
            }
            if (packets && bytes[0] != 0) {
                found.setPacketStatus(found.getPacketStatus() | bytes[0]);
            } else {
                final int from = packets ? 1 : 0;
                output.write(bytes, from, bytes.length - from);
            }
        }
        found.setOutput(ByteString.copyFrom(output.toByteArray()));
    }

    // With nothing waiting there is always room. A start by TCOON undoes TCOOFF and no typed stop.
    private Flow flow() {
        if (canWrite()) {
            return Flow.RUNNING;
        }
        TerminalCalls.startOutput(slave);
        if (!canWrite()) {
            return Flow.TYPED_STOP;
        }
        TerminalCalls.stopOutput(slave);
        return Flow.STOPPED;
    }

    private boolean canWrite() {
        return (PipeCalls.poll(slave, POLLOUT) & POLLOUT) != 0;
    }

    private void takeLines(final TerminalData.Builder found) {
        while ((PipeCalls.poll(slave, POLLIN) & POLLIN) != 0) {
            final byte[] line = TerminalBytes.read(slave, BUFFER);
            found.addLinesBuilder()
                    .setData(ByteString.copyFrom(line))
                    .setEndOfFile(!new TerminalInput(settings, packets).endsLine(line));
        }
        // Switching lines off and on is harmless where no line is unfinished: it is read in between.
        takeRaw(found);
        TerminalCalls.setSettings(slave, settings);
    }

    private void takeAll(final TerminalData.Builder found) {
        // The poll has the kernel finish its input processing.
        if ((PipeCalls.poll(slave, POLLIN) & POLLIN) != 0 || PipeCalls.available(slave) > 0) {
            takeRaw(found);
        }
    }

    private void takeRaw(final TerminalData.Builder found) {
        TerminalCalls.setSettings(slave, settings.plain(keptInputFlags(), settings.localFlags() & Termios.EXTPROC));
        final ByteArrayOutputStream rest = new ByteArrayOutputStream();
        for (byte[] some = TerminalBytes.read(slave, BUFFER);
                some.length > 0;
                some = TerminalBytes.read(slave, BUFFER)) {
            rest.writeBytes(some);
        }
        found.setRest(ByteString.copyFrom(rest.toByteArray()));
    }

    // A change of these would be reported to a master in packet mode.
    private int keptInputFlags() {
        return packets ? settings.inputFlags() & Termios.IXON : 0;
    }

    /** Puts data into the terminal, in which nothing waits, and gives it its settings. */
    void put(final TerminalData data) {
        if (data.getFlow() != Flow.RUNNING) {
            releaseOutput();
        }
        final TerminalInput input = new TerminalInput(settings, packets);
        if (settings.isCanonical()
                && (data.getLinesCount() > 0 || !data.getRest().isEmpty())) {
            TerminalCalls.setSettings(slave, input.settings());
            TerminalBytes.write(master, input.encode(data));
            awaitEcho(input.echoed(data));
        } else if (!data.getRest().isEmpty()) {
            putRaw(data.getRest().toByteArray());
        }
        TerminalCalls.setSettings(
                slave, settings.plain(keptInputFlags(), settings.localFlags() & (Termios.ICANON | Termios.EXTPROC)));
        TerminalBytes.write(slave, data.getOutput().toByteArray());
        TerminalCalls.setSettings(slave, settings);
        putStatus(data);
    }

    private void putRaw(final byte[] input) {
        TerminalCalls.setSettings(slave, settings.plain(keptInputFlags(), settings.localFlags() & Termios.EXTPROC));
        TerminalBytes.write(master, input);
        final int expected = Math.min(input.length, TerminalInput.MOST);
        TerminalBytes.await("input", () -> PipeCalls.available(slave) >= expected);
    }

    /** The echo tells when the kernel is through with the input: only then may the settings change. */
    private void awaitEcho(final int bytes) {
        final int[] seen = {0};
        TerminalBytes.await("echo", () -> {
            if ((PipeCalls.poll(master, POLLIN) & POLLIN) != 0) {
                final byte[] some = TerminalBytes.read(master, BUFFER);
                seen[0] += packets ? some.length - 1 : some.length;
            }
            return seen[0] >= bytes;
        });
    }

    private void releaseOutput() {
        TerminalCalls.stopOutput(slave);
        TerminalCalls.startOutput(slave);
    }

    private void putStatus(final TerminalData data) {
        switch (data.getFlow()) {
            case RUNNING, UNRECOGNIZED -> {}
            case TYPED_STOP -> typeStop();
            case STOPPED -> TerminalCalls.stopOutput(slave);
        }
        if (!packets) {
            return;
        }
        // What the master was told meanwhile is our doing.
        while ((PipeCalls.poll(master, POLLPRI) & POLLPRI) != 0) {
            TerminalBytes.read(master, STATUS_ONLY);
        }
        final int status = data.getPacketStatus();
        if ((status & TerminalCalls.PACKET_FLUSHREAD) != 0
                && data.getLinesCount() == 0
                && data.getRest().isEmpty()) {
            TerminalCalls.flush(slave, true);
        }
        if ((status & TerminalCalls.PACKET_FLUSHWRITE) != 0 && data.getOutput().isEmpty()) {
            TerminalCalls.flush(slave, false);
        }
        if ((status & TerminalCalls.PACKET_STOP) != 0 && data.getFlow() == Flow.STOPPED) {
            TerminalCalls.startOutput(slave);
            TerminalCalls.stopOutput(slave);
        }
        if ((status & TerminalCalls.PACKET_START) != 0 && data.getFlow() == Flow.RUNNING) {
            releaseOutput();
        }
        if ((status & (TerminalCalls.PACKET_NOSTOP | TerminalCalls.PACKET_DOSTOP)) != 0) {
            TerminalCalls.setSettings(slave, settings.withInputFlags(settings.inputFlags() ^ Termios.IXON));
            TerminalCalls.setSettings(slave, settings);
        }
    }

    private void typeStop() {
        TerminalBytes.write(master, new byte[] {(byte) settings.character(Termios.VSTOP)});
        TerminalBytes.await("stop", () -> !canWrite());
    }

    /** Gives the master its status flags back. */
    @Override
    public void close() {
        StatusFlags.set(master, masterFlags);
    }
}
