package org.jdmtcp.tools.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jspecify.annotations.Nullable;

/**
 * The log in a file: the one that the user named, else one in a folder of the computation. What is said before that is known
 * waits. Only the user can read it.
 */
public final class ComputationLog extends Handler {
    private static final int MOST_WAITING = 10_000;
    private static final int OTHERS_WRITE = 0022;

    private final LogSettings settings = Logs.settings();
    private final LogLine line = new LogLine();
    private final List<String> waiting = new ArrayList<>();
    private @Nullable OutputStream out;
    private boolean isBroken;

    @Override
    public synchronized void publish(final LogRecord entry) {
        if (!isLoggable(entry) || isBroken) {
            return;
        }
        if (waiting.size() < MOST_WAITING) {
            waiting.add(line.format(entry));
        }
        final String computation = Logs.position().computation();
        if (out != null || settings.file().isPresent() || !computation.isEmpty()) {
            write(computation);
        }
    }

    private void write(final String computation) {
        try {
            final OutputStream target = out == null ? open(computation) : out;
            out = target;
            for (final String text : waiting) {
                target.write(text.getBytes(StandardCharsets.UTF_8));
            }
            waiting.clear();
        } catch (final IOException e) {
            isBroken = true;
            System.err.println(settings.tool() + ": no log can be written: " + e);
        }
    }

    private OutputStream open(final String computation) throws IOException {
        final Path file = settings.file().isPresent()
                ? settings.file().get()
                : folder(computation)
                        .resolve(settings.tool().replace("dmtcp_", "") + "-" + ProcessCalls.self() + ".log");
        final OutputStream opened = Channels.newOutputStream(Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        if (settings.file().isEmpty() && settings.quiet() < 1) {
            System.err.println(settings.tool() + ": the log is " + file);
        }
        return opened;
    }

    private Path folder(final String computation) throws IOException {
        final Path own = settings.temporary().resolve("dmtcp-" + ProcessCalls.effectiveUid());
        return computation.isEmpty() ? made(own) : made(made(own).resolve(computation));
    }

    // The folder above may be one that all can write to: others must not have put theirs in its place.
    private static Path made(final Path folder) throws IOException {
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final FileAlreadyExistsException e) {
            final Map<String, Object> is =
                    Files.readAttributes(folder, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
            if (!Boolean.TRUE.equals(is.get("isDirectory"))
                    || !((Integer) ProcessCalls.effectiveUid()).equals(is.get("uid"))
                    || !(is.get("mode") instanceof Integer mode)
                    || (mode & OTHERS_WRITE) != 0) {
                throw new IOException(
                        folder + " is not a directory of this user's alone; remove it, or choose a --log-file", e);
            }
        }
        return folder;
    }

    @Override
    public void flush() {}

    @Override
    public synchronized void close() {
        if (!waiting.isEmpty() && !isBroken) {
            write(Logs.position().computation());
        }
        try {
            if (out != null) {
                out.close();
            }
        } catch (final IOException e) {
            System.err.println(settings.tool() + ": the log is not complete: " + e);
        }
        isBroken = true;
    }
}
