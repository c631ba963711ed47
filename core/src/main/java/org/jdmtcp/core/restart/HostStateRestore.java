package org.jdmtcp.core.restart;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.HeldState;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.spi.ClockTimes;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.Maker;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.view.HostContext;
import org.jdmtcp.spi.view.ProcessView;

/**
 * What the images tell of the host as a whole: made again by the plugins, before any process is there. Closing it before
 * {@link #keep} removes it again.
 */
final class HostStateRestore implements AutoCloseable {
    private final RestartImages images;
    private final List<Stored<?>> states = new ArrayList<>();
    private final boolean namespace;
    private boolean passing;

    private record Stored<M extends MessageLite>(String plugin, HostStateKind<M> kind, M state) {
        boolean isTaken() {
            return kind.isTaken(state);
        }

        void restore(final HostContext context) {
            try {
                kind.restore(state, context);
                if (PluginLog.isOn(plugin)) {
                    PluginLog.restored(plugin, kind.name(), "what belongs to the host", state);
                }
            } catch (final LinuxException e) {
                throw new Refusal("the " + kind.name() + " of the images cannot be restored: " + e.getMessage(), e);
            }
        }

        void attach(final HostContext context) {
            kind.attach(state, context);
        }
    }

    /**
     * @param namespace whether the processes get namespaces of their own
     * @throws IdTakenException where they do not, and something else has an id or a name here
     */
    HostStateRestore(final RestartImages images, final PluginRegistry plugins, final boolean namespace) {
        this.images = images;
        this.namespace = namespace;
        for (final Plugin plugin : plugins.plugins()) {
            final List<HostStateKind<?>> kinds = plugin.hostStates();
            for (final RestartImage image : images.all()) {
                final PluginState state = image.plugins().getOrDefault(plugin.id(), PluginState.getDefaultInstance());
                state.getHostStatesList().forEach(s -> states.add(read(plugin.id(), kinds, s, image)));
            }
        }
        if (!namespace) {
            requireFree();
        }
    }

    private static Stored<?> read(
            final String plugin, final List<HostStateKind<?>> kinds, final HeldState state, final RestartImage image) {
        for (final HostStateKind<?> kind : kinds) {
            if (kind.name().equals(state.getKind())) {
                return stored(plugin, kind, state, image);
            }
        }
        throw new Refusal(image.reader().file() + " has state of the host of the kind \"" + state.getKind()
                + "\", which the plugin \"" + plugin + "\" installed here does not know");
    }

    private static <M extends MessageLite> Stored<M> stored(
            final String plugin, final HostStateKind<M> kind, final HeldState state, final RestartImage image) {
        try {
            return new Stored<>(plugin, kind, kind.parser().parseFrom(state.getState()));
        } catch (final InvalidProtocolBufferException e) {
            throw new Refusal(
                    image.reader().file() + ": the state of the host's " + kind.name() + " cannot be read", e);
        }
    }

    /** Whether there is anything. */
    boolean isEmpty() {
        return states.isEmpty();
    }

    private void requireFree() {
        for (final Stored<?> state : states) {
            if (state.isTaken()) {
                throw new IdTakenException("an id or a name of the " + state.kind.name());
            }
        }
    }

    /** Makes everything, by way of a process in the namespaces of those to come. */
    void restoreAll(final RestoreContext context, final Newborn stub) {
        passing = !namespace;
        final HostContext host = new Context(context, stub, List.of());
        states.forEach(state -> state.restore(host));
    }

    /** Lets the kinds do what needs the processes. */
    void attachAll(final RestoreContext context, final Newborn stub, final List<ProcessView> processes) {
        final HostContext host = new Context(context, stub, processes);
        states.forEach(state -> state.attach(host));
    }

    /** The processes are whole: what was made stays. */
    void keep() {
        passing = false;
    }

    @Override
    public void close() {
        if (passing) {
            states.forEach(state -> state.kind.undo());
        }
    }

    private final class Context implements HostContext {
        private final RestoreContext context;
        private final Newborn stub;
        private final List<ProcessView> processes;

        Context(final RestoreContext context, final Newborn stub, final List<ProcessView> processes) {
            this.context = context;
            this.stub = stub;
            this.processes = processes;
        }

        @Override
        public ProcessView process() {
            return stub;
        }

        @Override
        public List<ProcessView> processes() {
            return processes;
        }

        @Override
        public void writeContents(final long contentsId, final long address) {
            try (Fd memory = FileCalls.open("/proc/" + stub.pid() + "/mem", FileCalls.O_RDWR)) {
                images.writeContents(contentsId, memory, address);
            }
        }

        @Override
        public void writeContents(final long contentsId, final Fd into) {
            context.writeContents(contentsId, into);
        }

        @Override
        public Fd standardStream(final int number) {
            return context.standardStream(number);
        }

        @Override
        public Fd openFile(final long id) {
            return context.openFile(id);
        }

        @Override
        public Maker maker(final int pid, final int uid, final int gid) {
            return context.maker(pid, uid, gid);
        }

        @Override
        public String terminalRoot() {
            return context.terminalRoot();
        }

        @Override
        public RuntimeException taken(final String what) {
            return context.taken(what);
        }

        @Override
        public ClockTimes clocksAtCheckpoint() {
            return context.clocksAtCheckpoint();
        }

        @Override
        public void warn(final String message) {
            context.warn(message);
        }
    }
}
