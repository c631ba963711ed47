package org.jdmtcp.tools.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.agent.AgentConnection;
import org.jdmtcp.coordinator.agent.AgentHello;
import org.jdmtcp.coordinator.auth.SecretFile;
import org.jdmtcp.core.agent.Agent;
import org.jdmtcp.core.agent.WaitStatus;
import org.jdmtcp.core.plugin.PluginSelection;
import org.jdmtcp.core.procfs.BootId;
import org.jdmtcp.spi.linux.ProcessCalls;
import org.jdmtcp.tools.ExitStatus;
import org.jdmtcp.tools.coordinator.CoordinatorLauncher;
import org.jdmtcp.tools.coordinator.CoordinatorLauncher.Found;
import org.jdmtcp.tools.coordinator.CoordinatorLauncher.Mode;
import org.jdmtcp.tools.coordinator.PublishedFile;
import org.jdmtcp.tools.log.Logs;

/**
 * An agent's life once its program runs: it joins the coordinator in the background, waits for the program's end, and leaves,
 * or hands over what is left.
 */
public final class AgentRun {
    private static final Duration LAST_MOMENT = Duration.ofMillis(100);

    private final Agent agent;
    private final CoordinatorChoice.Settings coordinator;
    private final ImageOptions.Settings images;
    private final Voice voice;
    private final Directories directories = Directories.own();
    private final CompletableFuture<Optional<AgentConnection>> joined = new CompletableFuture<>();
    private volatile Optional<Found> found = Optional.empty();
    private volatile Optional<Rounds> rounds = Optional.empty();
    private volatile Optional<LoneCheckpoints> lone = Optional.empty();

    public AgentRun(
            final Agent agent,
            final CoordinatorChoice.Settings coordinator,
            final ImageOptions.Settings images,
            final Voice voice) {
        this.agent = agent;
        this.coordinator = coordinator;
        this.images = images;
        this.voice = voice;
    }

    /** An agent that knows the tools' helper processes. */
    public static Agent newAgent(final PluginSelection plugins) {
        final Agent agent = new Agent(Helpers::isOne, plugins);
        Logs.follow(agent::position);
        return agent;
    }

    /**
     * Fails where a coordinator is asked for that is not there, before a program is started in vain.
     *
     * @throws CoordinatorException with a message for the user
     */
    public void requireCoordinator() throws CoordinatorException {
        if (coordinator.mode() == Mode.JOIN) {
            found = Optional.of(CoordinatorLauncher.ensure(coordinator.request().orElseThrow()));
        }
    }

    /** Begins to join, in the background. */
    public void start(final int pid, final String program, final Optional<AgentHello.Restarted> from) {
        Thread.ofPlatform().name("jdmtcp-join").daemon(true).start(() -> {
            try {
                joined.complete(join(program, from));
                warnOfUnknownParts();
                agent.publishLaunch(pid, failure -> voice.warn(String.valueOf(failure.getMessage())));
            } catch (final CoordinatorException | IOException | RuntimeException e) {
                failed(e, from.isPresent());
            }
        });
    }

    private void warnOfUnknownParts() {
        final Set<String> unknown = Logs.settings().unknownParts(agent.pluginIds());
        if (!unknown.isEmpty()) {
            voice.warn("there is nothing to log of the name " + String.join(", ", unknown)
                    + "; correct --debug-logs: dmtcp_plugin list shows the plugins");
        }
    }

    private Optional<AgentConnection> join(final String program, final Optional<AgentHello.Restarted> from)
            throws CoordinatorException, IOException {
        if (coordinator.request().isEmpty()) {
            coordinator
                    .interval()
                    .ifPresent(seconds -> lone = Optional.of(
                            new LoneCheckpoints(agent, directories, images, voice, computation(from), seconds)));
            return Optional.empty();
        }
        if (found.isEmpty()) {
            found = Optional.of(CoordinatorLauncher.ensure(coordinator.request().get()));
        }
        final Found place = found.orElseThrow();
        if (coordinator.portFile().isPresent()) {
            PublishedFile.write(coordinator.portFile().get(), place.address().port() + "\n");
        } else if (coordinator.mode() == Mode.NEW) {
            voice.info("coordinator at " + place.address());
        }
        final Rounds listener = new Rounds(agent, directories, images, voice);
        final AgentConnection connection = AgentConnection.connect(
                place.address(),
                SecretFile.locate().open(),
                new AgentHello(directories.host(), ProcessCalls.self(), program, BootId.read(), from),
                listener);
        rounds = Optional.of(listener);
        listener.connected(connection);
        agent.joined(connection.computationId());
        coordinator.interval().ifPresent(seconds -> {
            if (!place.started()) {
                connection.setInterval(seconds);
            }
        });
        return Optional.of(connection);
    }

    private static AgentHello.Restarted computation(final Optional<AgentHello.Restarted> from) {
        return from.orElseGet(() -> new AgentHello.Restarted(
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()), 0));
    }

    private void failed(final Exception e, final boolean restarted) {
        final String message = e.getMessage() == null ? e.toString() : e.getMessage();
        joined.complete(Optional.empty());
        if (!agent.end().isDone()
                && restarted
                && e instanceof CoordinatorException refused
                && refused.kind() == CoordinatorException.Kind.REJECTED) {
            // Two living copies of one computation's part would both go on writing its images.
            voice.error(message + "; the restarted processes are killed, the images are untouched");
            agent.killAll();
            ToolCommandLine.exit(ExitStatus.TOOL_FAILED.code());
        }
        voice.warn(message + "; the program runs, but cannot be checkpointed");
    }

    /** Waits until this agent is a member, or knows that it will not be. */
    public boolean awaitJoined() {
        return joined.join().isPresent();
    }

    /** Waits for the program's end and ends like it or returns its exit status; what is left of it has a new agent then. */
    public int awaitEnd() {
        final WaitStatus status = agent.end().join();
        agent.takeTerminalBack();
        rounds.ifPresent(Rounds::settle);
        lone.ifPresent(LoneCheckpoints::close);
        if (isWorthASuccessor() && agent.hasMembersAfter(LAST_MOMENT)) {
            handOver(agent.roots());
        }
        joined.getNow(Optional.empty()).ifPresent(AgentConnection::close);
        Logs.close();
        status.die();
        return status.exitStatus();
    }

    private boolean isWorthASuccessor() {
        return coordinator.request().isPresent() || lone.isPresent();
    }

    private void handOver(final Collection<Integer> left) {
        try {
            final Optional<AgentConnection> connection = joined.join();
            if (connection.isPresent() || lone.isPresent()) {
                Successor.start(left, options(connection));
            }
        } catch (final IOException e) {
            voice.warn("the processes " + left + " live on and can no longer be checkpointed: " + e.getMessage());
        }
    }

    private List<String> options(final Optional<AgentConnection> connection) {
        final List<String> options = new ArrayList<>(images.options());
        options.addAll(Logs.settings().options());
        if (agent.selection().isSpecial()) {
            options.addAll(PluginChoice.options(agent.selection()));
        }
        if (images.directory().isEmpty()
                && connection
                        .flatMap(AgentConnection::defaultCheckpointDirectory)
                        .isEmpty()) {
            options.addAll(List.of("--ckptdir", directories.current().toString()));
        }
        if (!agent.streams().isEmpty()) {
            options.addAll(List.of(Successor.STREAMS_OPTION, String.join(",", agent.streams())));
        }
        connection.ifPresent(c -> {
            final Found place = found.orElseThrow();
            options.addAll(List.of(
                    "--join-coordinator",
                    "--coord-host",
                    place.address().host(),
                    "--coord-port",
                    Integer.toString(place.address().port()),
                    Successor.COMPUTATION_OPTION,
                    c.computationId() + ":" + c.generation()));
        });
        lone.ifPresent(l -> options.addAll(List.of(
                "--no-coordinator",
                "--interval",
                Long.toString(l.seconds()),
                Successor.COMPUTATION_OPTION,
                l.computation() + ":" + l.generation())));
        return options;
    }
}
