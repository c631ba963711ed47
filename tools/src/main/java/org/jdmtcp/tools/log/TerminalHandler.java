package org.jdmtcp.tools.log;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Warnings on standard error, as the tool says all else; the whole log where the user wants it there. */
public final class TerminalHandler extends Handler {
    private final LogSettings settings = Logs.settings();
    private final LogLine line = new LogLine();

    /** Used by Java's logging. */
    public TerminalHandler() {
        setLevel(settings.toTerminal() ? Level.ALL : settings.quiet() < 2 ? Level.WARNING : Level.SEVERE);
    }

    @Override
    public void publish(final LogRecord entry) {
        if (isLoggable(entry)) {
            System.err.print(
                    settings.toTerminal()
                            ? line.format(entry)
                            : settings.tool() + ": " + line.formatMessage(entry) + System.lineSeparator());
        }
    }

    @Override
    public void flush() {
        System.err.flush();
    }

    @Override
    public void close() {
        flush();
    }
}
