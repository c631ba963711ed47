package org.jdmtcp.tools.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jdmtcp.core.timeline.Timeline;

/**
 * A line: time, level, part, computation, generation, place in the checkpoint or restart, message. What is not known is a dash. An
 * exception follows on lines of its own.
 */
final class LogLine extends Formatter {
    private static final String HOUSE = "org.jdmtcp.";
    private static final String PLUGINS = HOUSE + "plugin.";
    private static final String ENGINE = HOUSE + "core.";
    /** The engine's own parts, by package, and the two others. */
    static final Set<String> PARTS = Set.of(
            "agent",
            "checkpoint",
            "freeze",
            "image",
            "memory",
            "plugin",
            "process",
            "procfs",
            "restart",
            "timeline",
            "tracee",
            "x86_64",
            "coordinator",
            "tools");

    private static final int SHORT_ID = 8;

    /** The loggers of a part. */
    static List<String> loggers(final String part) {
        return List.of(PLUGINS + part, ENGINE + part, HOUSE + part);
    }

    /** The part that a logger belongs to. */
    static String part(final String logger) {
        for (final String prefix : List.of(PLUGINS, ENGINE, HOUSE)) {
            if (logger.startsWith(prefix)) {
                final int end = logger.indexOf('.', prefix.length());
                return logger.substring(prefix.length(), end < 0 ? logger.length() : end);
            }
        }
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    @Override
    public String format(final LogRecord entry) {
        final Timeline.Position at = Logs.position();
        final String computation = at.computation();
        return String.format(
                Locale.ROOT,
                "%1$tFT%1$tT.%1$tL %2$-5s %3$s %4$s %5$s %6$s  %7$s%n%8$s",
                entry.getMillis(),
                LogLevels.word(entry.getLevel()).toUpperCase(Locale.ROOT),
                part(String.valueOf(entry.getLoggerName())),
                dash(computation.substring(0, Math.min(SHORT_ID, computation.length()))),
                at.generation() == 0 ? "-" : "g" + at.generation(),
                dash(at.place().replace(' ', '-')),
                formatMessage(entry),
                Optional.ofNullable(entry.getThrown()).map(LogLine::trace).orElse(""));
    }

    private static String dash(final String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String trace(final Throwable thrown) {
        final StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
