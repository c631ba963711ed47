package org.jdmtcp.tools.log;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.LogManager;
import org.jdmtcp.core.timeline.Timeline;

/**
 * This process's log. Nothing is loaded or opened before somebody has something to say that is wanted: Java's logging makes an
 * object of this class when it is first used, and so has itself set up.
 */
public final class Logs {
    private static final String CONFIGURATION = "java.util.logging.config.class";
    private static final Timeline.Position NOWHERE = new Timeline.Position("", 0, "");
    private static final LogSettings NONE = new LogOptions().settings("jdmtcp", 0, java.nio.file.Path.of("/tmp"));

    private static volatile LogSettings settings = NONE;
    private static volatile Supplier<Timeline.Position> position = () -> NOWHERE;

    /** Used by Java's logging. @throws IOException never: it is read from memory */
    public Logs() throws IOException {
        LogManager.getLogManager()
                .readConfiguration(
                        new ByteArrayInputStream(properties(settings).getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** To be called at the start, before anything is logged. */
    public static void open(final LogSettings wanted) {
        settings = wanted;
        System.setProperty(CONFIGURATION, Logs.class.getName());
    }

    /** Whom the lines ask where the checkpoint or restart is. */
    public static void follow(final Supplier<Timeline.Position> where) {
        position = where;
    }

    static Timeline.Position position() {
        return position.get();
    }

    /** What is wanted. */
    public static LogSettings settings() {
        return settings;
    }

    /** Writes down what waits for its file to be known. To be called before the process ends. */
    public static void close() {
        if (settings.toFile()) {
            LogManager.getLogManager().reset();
        }
    }

    static String properties(final LogSettings wanted) {
        final StringBuilder text = new StringBuilder("handlers = ").append(TerminalHandler.class.getName());
        if (wanted.toFile()) {
            text.append(' ').append(ComputationLog.class.getName());
        }
        level(text, "", Level.WARNING);
        level(text, "io.grpc", Level.SEVERE);
        if (wanted.isOn()) {
            level(text, "org.jdmtcp", wanted.levels().all().orElse(Level.INFO));
        }
        wanted.levels()
                .parts()
                .forEach((part, level) -> LogLine.loggers(part).forEach(name -> level(text, name, level)));
        return text.append('\n').toString();
    }

    private static void level(final StringBuilder text, final String logger, final Level level) {
        text.append('\n').append(logger).append(".level = ").append(level.getName());
    }
}
