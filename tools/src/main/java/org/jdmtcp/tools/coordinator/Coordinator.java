package org.jdmtcp.tools.coordinator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.auth.SecretFile;
import org.jdmtcp.coordinator.rpc.CoordinatorServer;
import org.jdmtcp.coordinator.rpc.ServerSettings;
import org.jdmtcp.coordinator.state.ComputationSettings;
import org.jdmtcp.coordinator.state.Lifetime;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.tools.CoordinatorOptions;
import org.jdmtcp.tools.ExitStatus;
import org.jdmtcp.tools.log.LogOptions;
import org.jdmtcp.tools.log.LogSettings;
import org.jdmtcp.tools.log.Logs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmtcp_coordinator}. */
@CommandLine.Command(
        name = "dmtcp_coordinator",
        version = "dmtcp_coordinator (jdmtcp) 0.1.0",
        sortOptions = false,
        description = "Coordinates the checkpoints of a computation. Listens on the loopback interface.",
        footerHeading = "%nOn a terminal, type ? for the commands.%n%nExit status:%n")
public final class Coordinator implements Callable<Integer> {
    private static final long STALE_SECONDS = 8 * 3600;

    @Spec
    @Nullable CommandSpec spec;

    @Option(
            names = {"-p", "--coord-port"},
            paramLabel = "PORT",
            description = "Port to listen on, 0 for any free one (DMTCP_COORD_PORT; default: 7779).")
    @Nullable Integer portOption;

    @Parameters(arity = "0..1", paramLabel = "PORT", description = "The same without -p.")
    @Nullable Integer portArgument;

    @Option(names = "--port-file", paramLabel = "FILE", description = "Write the port to FILE once listening.")
    @Nullable Path portFile;

    @Option(
            names = "--status-file",
            paramLabel = "FILE",
            description = "Write host, port and pid to FILE once listening.")
    @Nullable Path statusFile;

    @Option(names = "--ckptdir", paramLabel = "DIR", description = "For images of programs that name no directory.")
    @Nullable Path checkpointDirectory;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            description = "Take a checkpoint every so many seconds (DMTCP_CHECKPOINT_INTERVAL; default: 0 = never).")
    @Nullable Long interval;

    @Option(names = "--exit-on-last", description = "End when the last program has left.")
    boolean exitOnLast;

    @Option(names = "--kill-after-ckpt", description = "Kill the programs after each checkpoint.")
    boolean killAfterCheckpoint;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "End after this time, even if programs are left; they go on.")
    @Nullable Long timeout;

    @Option(
            names = "--stale-timeout",
            paramLabel = "SECONDS",
            description = "End after so much time without a program (default: 28800; -1 = never).")
    long staleTimeout = STALE_SECONDS;

    @Option(names = "--daemon", description = "Run in the background; return once it listens.")
    boolean daemon;

    @Option(names = "--coord-logfile", paramLabel = "FILE", description = "Append messages to FILE.")
    @Nullable Path logFile;

    @Option(
            names = {"-q", "--quiet"},
            description = "Fewer messages; twice: errors only.")
    boolean[] quiet = {};

    @Option(names = "--tmpdir", paramLabel = "DIR", description = "For logs (DMTCP_TMPDIR; default: /tmp).")
    @Nullable Path temporary;

    @Mixin
    LogOptions log = new LogOptions();

    @Option(names = BackgroundCoordinator.ANNOUNCE, hidden = true)
    boolean announce;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    public static void main(String[] arguments) {
        // Netty is to leave alone what makes Java print warnings, and not to unpack a library into /tmp.
        System.setProperty("io.grpc.netty.shaded.io.netty.noUnsafe", "true");
        System.setProperty("io.grpc.netty.shaded.io.netty.transport.noNative", "true");
        System.exit(run(arguments));
    }

    /** Runs until the coordinator ends, or with {@code --daemon} until it listens; returns the exit status. */
    public static int run(String... arguments) {
        CommandLine line = new CommandLine(new Coordinator());
        line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE.code());
        line.getCommandSpec().exitCodeOnExecutionException(ExitStatus.FAILED.code());
        line.getCommandSpec()
                .usageMessage()
                .footer(ExitStatus.table(
                                ExitStatus.OK,
                                ExitStatus.USAGE,
                                ExitStatus.AUTHENTICATION,
                                ExitStatus.PORT_IN_USE,
                                ExitStatus.FAILED)
                        .split("\n"));
        return line.execute(arguments);
    }

    @Override
    public Integer call() throws InterruptedException {
        check();
        try {
            return daemon ? daemon() : serve();
        } catch (BindException e) {
            return fail(ExitStatus.PORT_IN_USE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return fail(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void check() {
        if (portOption != null && portArgument != null) {
            throw wrong("the port is given twice");
        }
        if (seconds() < 0 || (timeout != null && timeout < 0) || staleTimeout < -1) {
            throw wrong("times are not negative, except --stale-timeout -1 for never");
        }
        port();
    }

    private int port() {
        Integer named = portOption != null ? portOption : portArgument;
        if (named != null && (named < 0 || named > 65535)) {
            throw wrong("port " + named + " is not between 0 and 65535");
        }
        try {
            return named != null ? named : new CoordinatorOptions().port();
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private long seconds() {
        String variable = System.getenv("DMTCP_CHECKPOINT_INTERVAL");
        if (interval != null || variable == null || variable.isEmpty()) {
            return interval == null ? 0 : interval;
        }
        try {
            return Long.parseLong(variable);
        } catch (NumberFormatException e) {
            throw wrong("DMTCP_CHECKPOINT_INTERVAL is " + variable + ", which is not a number of seconds");
        }
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        return new ParameterException(spec.commandLine(), message);
    }

    private static int fail(ExitStatus status, String message) {
        System.err.println("dmtcp_coordinator: " + message);
        return status.code();
    }

    private LogSettings logs() {
        String variable = System.getenv("DMTCP_TMPDIR");
        Path folder =
                temporary != null ? temporary : Path.of(variable == null || variable.isEmpty() ? "/tmp" : variable);
        try {
            return log.settings("dmtcp_coordinator", quiet.length, folder);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private int daemon() throws IOException {
        List<String> options = new ArrayList<>(List.of("-p", Integer.toString(port())));
        options.addAll(List.of("-i", Long.toString(seconds()), "--stale-timeout", Long.toString(staleTimeout)));
        path(options, "--port-file", portFile);
        path(options, "--status-file", statusFile);
        path(options, "--ckptdir", checkpointDirectory);
        path(options, "--coord-logfile", logFile);
        path(options, "--tmpdir", temporary);
        options.addAll(logs().options());
        if (timeout != null) {
            options.addAll(List.of("--timeout", Long.toString(timeout)));
        }
        for (int i = 0; i < quiet.length; i++) {
            options.add("-q");
        }
        if (exitOnLast) {
            options.add("--exit-on-last");
        }
        if (killAfterCheckpoint) {
            options.add("--kill-after-ckpt");
        }
        int port = BackgroundCoordinator.start(options);
        if (quiet.length == 0) {
            System.out.println("The coordinator listens on port " + port + ".");
        }
        return ExitStatus.OK.code();
    }

    private static void path(List<String> options, String name, @Nullable Path path) {
        if (path != null) {
            options.addAll(List.of(name, path.toAbsolutePath().toString()));
        }
    }

    private int serve() throws IOException, InterruptedException {
        LogSettings logs = logs();
        if (logs.isOn()) {
            Logs.open(logs.orFile(Optional.ofNullable(logFile).map(Path::toAbsolutePath)));
        } else {
            CoordinatorLog.open(Optional.ofNullable(logFile), quiet.length, announce);
        }
        Logger log = LoggerFactory.getLogger(Coordinator.class);
        Secret secret;
        try {
            secret = SecretFile.locate().open();
        } catch (IOException e) {
            return fail(ExitStatus.AUTHENTICATION, String.valueOf(e.getMessage()));
        }
        try (CoordinatorServer server = CoordinatorServer.start(settings(secret))) {
            Logs.follow(() -> new Timeline.Position(
                    server.place().computation(), server.place().generation(), ""));
            CompletableFuture<String> closed = new CompletableFuture<>();
            Thread hook = Thread.ofPlatform().unstarted(() -> {
                server.end("it was told to by a signal");
                closed.join();
            });
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                publish(server.port());
                log.info("listening on port {}", server.port());
                converse(server, secret);
                log.info("the coordinator ends: {}", server.awaitEnd());
                server.close();
            } finally {
                closed.complete("");
            }
        }
        return ExitStatus.OK.code();
    }

    private ServerSettings settings(Secret secret) {
        ComputationSettings d = ComputationSettings.DEFAULT;
        return new ServerSettings(
                ServerSettings.loopback(),
                port(),
                secret,
                new ComputationSettings(seconds(), killAfterCheckpoint, d.limits(), d.killBound(), d.listBound()),
                new Lifetime.Rules(
                        exitOnLast,
                        Optional.ofNullable(timeout).map(Duration::ofSeconds),
                        staleTimeout < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(staleTimeout))),
                Optional.ofNullable(checkpointDirectory).map(Path::toAbsolutePath));
    }

    private void publish(int port) throws IOException {
        if (portFile != null) {
            PublishedFile.write(portFile, port + "\n");
        }
        if (statusFile != null) {
            PublishedFile.write(
                    statusFile,
                    "host: localhost\nport: " + port + "\npid: "
                            + ProcessHandle.current().pid() + "\n");
        }
        if (announce) {
            System.out.println(BackgroundCoordinator.announcement(port));
            System.out.flush();
            // Whoever started this has heard enough; nothing may ever block or fail on that pipe.
            System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
            System.setErr(System.out);
        }
    }

    private void converse(CoordinatorServer server, Secret secret) {
        if (announce || System.console() == null || !System.console().isTerminal()) {
            return;
        }
        if (quiet.length == 0) {
            System.out.println("The coordinator listens on port " + server.port() + ".");
        }
        Console console = new Console(CoordinatorAddress.local(server.port()), secret, System.out);
        Thread.ofPlatform().name("jdmtcp-console").daemon().start(() -> {
            try {
                console.run(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
            } catch (IOException e) {
                System.err.println("dmtcp_coordinator: no more commands can be read: " + e.getMessage());
            }
        });
    }
}
