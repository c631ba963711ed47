package org.jdmtcp.tools.coordinator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Where a coordinator's messages go: a file, else standard error; each on one line with its time. */
final class CoordinatorLog {
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private CoordinatorLog() {}

    /** {@code quiet}: 0 everything of note, 1 warnings, 2 errors only. {@code silent}: nothing without a file. */
    static void open(Optional<Path> file, int quiet, boolean silent) throws IOException {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        GRPC.setLevel(Level.SEVERE);
        ROOT.setLevel(quiet == 0 ? Level.INFO : quiet == 1 ? Level.WARNING : Level.SEVERE);
        if (file.isEmpty() && silent) {
            return;
        }
        Handler handler = file.isPresent()
                ? new FileHandler(file.get().toString().replace("%", "%%"), true)
                : new ConsoleHandler();
        handler.setFormatter(new Line());
        ROOT.addHandler(handler);
    }

    private static final class Line extends Formatter {
        @Override
        public String format(LogRecord entry) {
            String cause = entry.getThrown() == null ? "" : " (" + entry.getThrown() + ")";
            return String.format(
                    "%tFT%<tT.%<tL %s %s%s%n", entry.getMillis(), entry.getLevel(), formatMessage(entry), cause);
        }
    }
}
