package org.jdmtcp.plugin.fd;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.spi.linux.Termios;

/**
 * How input of a terminal in lines is typed so that it comes out as it was read: with all processing off that can be, and what is
 * still special made literal by the character for that (VLNEXT). An {@code x} is typed last and erased again; since everything
 * is echoed, its echo says that all has been processed.
 */
final class TerminalInput {
    /** Bytes of input that the kernel holds for a reader ({@code N_TTY_BUF_SIZE} less one). */
    static final int MOST = 4095;

    private static final char NEWLINE = '\n';
    private static final int USUAL_END_OF_FILE = 4;
    private static final byte[] PROBE = {'x'};

    private final Termios settings;
    private final int endOfFile;
    private final int literal;
    private final int erase;
    private final List<Integer> special = new ArrayList<>();

    /**
     * @param original the terminal's own settings
     * @param packets whether the master is in packet mode: it would be told of a change of flow control
     */
    TerminalInput(final Termios original, final boolean packets) {
        final int own = original.character(Termios.VEOF);
        endOfFile = own != 0 ? own : USUAL_END_OF_FILE;
        special.add((int) NEWLINE);
        special.add(endOfFile);
        special.add(original.character(Termios.VEOL));
        special.add(original.character(Termios.VEOL2));
        final int flow = packets ? original.inputFlags() & Termios.IXON : 0;
        if (flow != 0) {
            special.add(original.character(Termios.VSTART));
            special.add(original.character(Termios.VSTOP));
        }
        // The kernel takes 0 for "none".
        special.removeIf(character -> character == 0);
        literal = unused();
        erase = unused();
        Termios typed = original.plain(flow, Termios.ICANON | Termios.ECHO | Termios.IEXTEN)
                .with(Termios.VEOF, endOfFile)
                .with(Termios.VEOL, original.character(Termios.VEOL))
                .with(Termios.VEOL2, original.character(Termios.VEOL2))
                .with(Termios.VLNEXT, literal)
                .with(Termios.VERASE, erase);
        if (packets) {
            typed = typed.with(Termios.VSTART, original.character(Termios.VSTART))
                    .with(Termios.VSTOP, original.character(Termios.VSTOP));
        }
        settings = typed;
    }

    private int unused() {
        int candidate = 1;
        while (special.contains(candidate)) {
            candidate++;
        }
        special.add(candidate);
        return candidate;
    }

    /** Settings under which {@link #encode} is to be typed. */
    Termios settings() {
        return settings;
    }

    /** Whether what a read gave ends as a line does, and not by the end-of-file character. */
    boolean endsLine(final byte[] line) {
        if (line.length == 0) {
            return false;
        }
        final int last = Byte.toUnsignedInt(line[line.length - 1]);
        return last == NEWLINE
                || last != 0 && (last == settings.character(Termios.VEOL) || last == settings.character(Termios.VEOL2));
    }

    /** What to type. */
    byte[] encode(final TerminalData data) {
        final ByteArrayOutputStream typed = new ByteArrayOutputStream();
        for (final TerminalData.Line line : data.getLinesList()) {
            final ByteString bytes = line.getData();
            if (line.getEndOfFile()) {
                text(bytes, typed);
                typed.write(endOfFile);
            } else {
                text(bytes.substring(0, bytes.size() - 1), typed);
                typed.write(bytes.byteAt(bytes.size() - 1));
            }
        }
        text(data.getRest(), typed);
        if (fits(data)) {
            typed.writeBytes(PROBE);
            typed.write(erase);
        }
        return typed.toByteArray();
    }

    private void text(final ByteString bytes, final ByteArrayOutputStream typed) {
        for (int i = 0; i < bytes.size(); i++) {
            if (special.contains(Byte.toUnsignedInt(bytes.byteAt(i)))) {
                typed.write(literal);
            }
            typed.write(bytes.byteAt(i));
        }
    }

    /** How many bytes of echo there will be. */
    int echoed(final TerminalData data) {
        int room = MOST;
        int echo = 0;
        for (final TerminalData.Line line : data.getLinesList()) {
            final int some = Math.min(room, line.getData().size());
            echo += some;
            room -= Math.min(room, line.getData().size() + (line.getEndOfFile() ? 1 : 0));
        }
        echo += Math.min(room, data.getRest().size());
        return fits(data) ? echo + PROBE.length + 1 : echo;
    }

    private static boolean fits(final TerminalData data) {
        final int lines = data.getLinesList().stream()
                .mapToInt(line -> line.getData().size() + (line.getEndOfFile() ? 1 : 0))
                .sum();
        return lines + data.getRest().size() + PROBE.length <= MOST;
    }
}
