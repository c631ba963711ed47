package org.jdmtcp.tools.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.auth.SecretFile;
import org.jdmtcp.coordinator.command.CommandClient;
import org.jdmtcp.coordinator.command.CoordinatorStatus;
import org.jdmtcp.tools.CoordinatorOptions;
import org.jdmtcp.tools.ExitStatus;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dmtcp_command}: one command to a coordinator. */
@CommandLine.Command(
        name = "dmtcp_command",
        version = "dmtcp_command (jdmtcp) 0.1.0",
        sortOptions = false,
        description = "Sends one command to a coordinator.",
        footerHeading = "%nExit status:%n")
public final class Command implements Callable<Integer> {
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    @Spec
    @Nullable CommandSpec spec;

    @Mixin
    CoordinatorOptions coordinator = new CoordinatorOptions();

    @Option(names = "--json", description = "Answer with one JSON object.")
    boolean json;

    @Option(
            names = {"-s", "--status"},
            description = "Tell the state of the computation.")
    boolean status;

    @Option(
            names = {"-l", "--list"},
            description = "List the processes.")
    boolean list;

    @Option(names = "--trace", description = "Show how long the parts of the last checkpoint or restart took.")
    boolean trace;

    @Option(
            names = {"-c", "--checkpoint"},
            description = "Begin a checkpoint.")
    boolean checkpoint;

    @Option(
            names = {"-bc", "--bcheckpoint"},
            description = "Take a checkpoint; return when the images are safe.")
    boolean blockingCheckpoint;

    @Option(
            names = {"-kc", "--kcheckpoint"},
            description = "Take a checkpoint, then kill the processes; return when they are gone.")
    boolean killingCheckpoint;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            description = "Take a checkpoint every so many seconds; 0 = never.")
    @Nullable Long interval;

    @Option(
            names = {"-k", "--kill"},
            description = "Kill all processes; return when they are gone.")
    boolean kill;

    @Option(
            names = {"-q", "--quit"},
            description = "Kill all processes and end the coordinator.")
    boolean quit;

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    @Parameters(
            arity = "0..2",
            paramLabel = "COMMAND",
            description = "The same without the dash: s, l, t, c, bc, kc, i SECONDS, k, q.")
    List<String> words = new ArrayList<>();

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs the command and returns the exit status. */
    public static int run(String... arguments) {
        GRPC.setLevel(Level.OFF); // what matters is in the errors
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Command());
        line.setPosixClusteredShortOptionsAllowed(false); // -bc is one option, not -b -c
        line.getCommandSpec().exitCodeOnInvalidInput(ExitStatus.USAGE.code());
        line.getCommandSpec().exitCodeOnExecutionException(ExitStatus.FAILED.code());
        line.getCommandSpec()
                .usageMessage()
                .footer(ExitStatus.table(
                                ExitStatus.OK,
                                ExitStatus.USAGE,
                                ExitStatus.NO_COORDINATOR,
                                ExitStatus.NOT_RUNNING,
                                ExitStatus.REFUSED,
                                ExitStatus.CHECKPOINT_FAILED,
                                ExitStatus.AUTHENTICATION,
                                ExitStatus.NOT_GONE,
                                ExitStatus.FAILED)
                        .split("\n"));
        return line;
    }

    /** The one action that the command line names, and its seconds. */
    record Request(Action action, long seconds) {}

    Request request() {
        List<Request> requests = new ArrayList<>();
        add(requests, status, Action.STATUS);
        add(requests, list, Action.LIST);
        add(requests, trace, Action.TRACE);
        add(requests, checkpoint, Action.CHECKPOINT);
        add(requests, blockingCheckpoint, Action.BLOCKING_CHECKPOINT);
        add(requests, killingCheckpoint, Action.KILLING_CHECKPOINT);
        add(requests, kill, Action.KILL);
        add(requests, quit, Action.QUIT);
        if (interval != null) {
            requests.add(new Request(Action.INTERVAL, interval));
        }
        if (!words.isEmpty()) {
            requests.add(ofWords());
        }
        if (requests.size() != 1) {
            throw wrong("name exactly one command, such as --status; --help lists them");
        }
        if (requests.getFirst().seconds() < 0) {
            throw wrong("an interval is not negative; 0 means never");
        }
        return requests.getFirst();
    }

    private static void add(List<Request> requests, boolean wanted, Action action) {
        if (wanted) {
            requests.add(new Request(action, 0));
        }
    }

    private Request ofWords() {
        Action action = Action.of(words.getFirst())
                .orElseThrow(
                        () -> wrong("there is no command " + words.getFirst() + "; there are " + Action.allLetters()));
        if ((words.size() == 2) != (action == Action.INTERVAL)) {
            throw wrong(action == Action.INTERVAL ? "i needs a number of seconds" : "one command at a time");
        }
        try {
            return new Request(action, words.size() == 2 ? Long.parseLong(words.get(1)) : 0);
        } catch (NumberFormatException e) {
            throw wrong(words.get(1) + " is not a number of seconds");
        }
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException("picocli sets the spec");
        }
        return new ParameterException(spec.commandLine(), message);
    }

    @Override
    public Integer call() {
        Request request = request();
        CoordinatorAddress address;
        try {
            address = coordinator.address();
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage() + "; give the coordinator's port with --coord-port");
        }
        Map<String, Object> computation = new LinkedHashMap<>();
        Outcome outcome = perform(request, address, computation);
        if (json) {
            printJson(request, address, computation, outcome);
        } else {
            outcome.lines().forEach(System.out::println);
        }
        outcome.problems().forEach(problem -> System.err.println("dmtcp_command: " + problem));
        return outcome.status().code();
    }

    private Outcome perform(Request request, CoordinatorAddress address, Map<String, Object> computation) {
        try (CommandClient client =
                CommandClient.connect(address, SecretFile.locate().open())) {
            if (request.action().concernsPrograms()) {
                StartingAgents.await(client, address.port());
            }
            if (json && request.action() == Action.QUIT) {
                describe(client.status(), computation); // afterwards nobody is there to tell
            }
            Outcome outcome = new Actions(client).run(request.action(), request.seconds());
            if (json && request.action() != Action.QUIT) {
                describe(client.status(), computation);
            }
            return outcome;
        } catch (CoordinatorException e) {
            return Outcome.problem(ExitStatus.of(e), List.of(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return Outcome.problem(ExitStatus.AUTHENTICATION, List.of(String.valueOf(e.getMessage())));
        }
    }

    private static void describe(CoordinatorStatus status, Map<String, Object> into) {
        into.put("num_peers", status.processCount());
        into.put("running", status.computation().running());
        into.put("checkpoint_interval", status.computation().intervalSeconds());
        into.put("computation_id", status.computation().computationId());
        into.put("checkpoints_taken", status.computation().generation());
        into.put("coordinator_pid", status.pid());
    }

    private static void printJson(
            Request request, CoordinatorAddress address, Map<String, Object> computation, Outcome outcome) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("schema_version", 1);
        answer.put("command", request.action().word());
        answer.put("command_status", outcome.status() == ExitStatus.OK ? "ok" : "error");
        answer.put("exit_status", outcome.status().code());
        answer.put("coordinator_host", address.host());
        answer.put("coordinator_port", address.port());
        answer.put("num_peers", 0);
        answer.put("running", false);
        answer.put("checkpoint_interval", 0L);
        answer.putAll(computation);
        answer.putAll(outcome.details());
        if (!outcome.problems().isEmpty()) {
            answer.put("reasons", outcome.problems());
        }
        System.out.println(Json.write(answer));
    }
}
