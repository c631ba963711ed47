package org.example.eventlog;

import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Inquiry;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.PluginOption;
import org.jdmtcp.spi.PluginOptions;
import org.jdmtcp.spi.ProcessStateKind;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.view.ProcessView;
import org.jdmtcp.spi.view.RemoteBatch;

/** Writes down what happens to a computation, and leaves a note about each process in its image, to be read at a restart. */
public final class EventLog implements Plugin {
    private Path file = Path.of("/dev/null");
    private int generation; // of the checkpoint that is being made

    @Override
    public String id() {
        return "event-log";
    }

    @Override
    public String description() {
        return "Writes down checkpoints and restarts";
    }

    @Override
    public List<PluginOption> options() {
        return List.of(new PluginOption("file", "Append to this file, too (default: the log alone)"));
    }

    @Override
    public void configure(final PluginOptions options) {
        file = options.path("file").orElse(file);
    }

    @Override
    public void on(final Event event) {
        switch (event) {
            case Event.Launch launch -> write("launch of pid " + launch.pid());
            case Event.PreSuspend next -> {
                generation = next.generation();
                write("checkpoint " + generation + " begins");
            }
            case Event.Suspended stopped -> write(stopped.processes().size() + " processes stand still");
            case Event.Written images -> write("checkpoint " + images.generation() + " is safe: " + images.images());
            case Event.Restart restart -> write("restart of " + restart.processes().size() + " processes");
            case Event.PreCheckpoint _, Event.Resume _, Event.Running _ -> log().debug("{}", event.getClass());
        }
    }

    @Override
    public List<ProcessStateKind<?>> processStates() {
        return List.of(new Note()); // a new one for each checkpoint and each restart
    }

    private void write(final String line) {
        log().info(line);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the image of a process holds for this plugin: a protobuf message of your own, or one that protobuf brings. */
    private final class Note implements ProcessStateKind<StringValue> {
        @Override
        public String name() {
            return "note";
        }

        @Override
        public Parser<StringValue> parser() {
            return StringValue.parser();
        }

        @Override
        public Inquiry<StringValue> inquire(final ProcessView process, final RemoteBatch batch) {
            final String text = process.command() + " had pid " + process.ownPid() + " at checkpoint " + generation;
            return done -> Optional.of(StringValue.of(text));
        }

        @Override
        public void restore(final StringValue state, final ProcessView process, final RestoreContext context) {
            write("the image says: " + state.getValue());
        }
    }
}
