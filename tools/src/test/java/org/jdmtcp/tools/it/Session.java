package org.jdmtcp.tools.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** A folder, a coordinator and an environment of their own for one story; leaves neither file nor process behind. */
final class Session implements AutoCloseable {
    private static final String MARK = "JDMTCP_STORY";

    private final Account account;
    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final String mark = UUID.randomUUID().toString();
    private final Members members = new Members(MARK + "=" + mark);
    private final Launched coordinator;
    private final List<Launched> agents = new ArrayList<>();
    private int outputs;

    private Session(Account account) {
        this.account = account;
        account.assumePossible();
        try {
            folder = Files.createTempDirectory("jdmtcp-it");
        } catch (IOException e) {
            throw new AssertionError("a folder for the story", e);
        }
        account.own(folder);
        environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
        environment.put("LANG", "C.UTF-8");
        for (String name : List.of("JAVA_HOME", "JDMTCP_JAVA", "JDMTCP_JAVA_HOME")) {
            if (System.getenv(name) != null) {
                environment.put(name, System.getenv(name));
            }
        }
        environment.put("HOME", subfolder("home").toString());
        environment.put("DMTCP_COORD_HOST", "127.0.0.1");
        environment.put("DMTCP_CHECKPOINT_DIR", subfolder("images").toString());
        environment.put("DMTCP_TMPDIR", subfolder("tmp").toString());
        coordinator = startCoordinator(folder.resolve("port"));
        environment.put("DMTCP_COORD_PORT", port(folder.resolve("port")));
    }

    static Session as(Account account) {
        return new Session(account);
    }

    /** As root where the tests run as root, else as whoever runs them. */
    static Session open() {
        return new Session(Account.testsRunAsRoot() ? Account.ROOT : Account.ORDINARY);
    }

    /** A coordinator on a free port that it writes to {@code portFile}; ends with the session. */
    Launched startCoordinator(Path portFile, String... options) {
        List<String> command = new ArrayList<>(List.of(
                Checkout.command("dmtcp_coordinator"), "--coord-port", "0", "--port-file", portFile.toString()));
        command.addAll(List.of(options));
        Launched started = start(command, environment);
        port(portFile, started);
        return started;
    }

    /** The port that a coordinator writes to a file, once it has. {@code starter} is who starts the coordinator. */
    static String port(Path portFile, Launched starter) {
        Await.until("the coordinator's port", Await.LONG, starter::describe, () -> {
            assertThat(starter.isAlive()).as(starter::describe).isTrue();
            return Files.exists(portFile) && !Files.readString(portFile).isBlank();
        });
        return port(portFile);
    }

    static String port(Path portFile) {
        try {
            return Files.readString(portFile).strip();
        } catch (IOException e) {
            throw new AssertionError("reading " + portFile, e);
        }
    }

    /** A file name of the story; the program's account may write it. */
    Path file(String name) {
        return folder.resolve(name);
    }

    Path subfolder(String name) {
        try {
            Path made = Files.createDirectories(folder.resolve(name));
            account.own(made);
            return made;
        } catch (IOException e) {
            throw new AssertionError("mkdir " + name, e);
        }
    }

    Path images() {
        return folder.resolve("images");
    }

    /** The environment of the story's commands; changes hold for those started later. */
    Map<String, String> environment() {
        return environment;
    }

    /** The environment that launched programs have: with the mark by which the story finds them again. */
    Map<String, String> programEnvironment() {
        Map<String, String> marked = new LinkedHashMap<>(environment);
        marked.put(MARK, mark);
        return marked;
    }

    ProgramLog log(String name) {
        return new ProgramLog(file(name + ".log"));
    }

    Launched launch(List<String> program, String... options) {
        List<String> command = new ArrayList<>(List.of(Checkout.command("dmtcp_launch")));
        command.addAll(List.of(options));
        command.addAll(program);
        return agent(command);
    }

    /** Launches a program of the catalogue. */
    Launched launch(Program program, ProgramLog log) {
        return launch(program.command(log.path(), subfolder("data")));
    }

    Launched restart(String... options) {
        List<String> command = new ArrayList<>(List.of(Checkout.command("dmtcp_restart")));
        command.addAll(List.of(options));
        imageFiles().forEach(image -> command.add(image.toString()));
        return agent(command);
    }

    private Launched agent(List<String> command) {
        Launched agent = start(command, programEnvironment());
        agents.add(agent);
        return agent;
    }

    /** Starts a command under the story's account without waiting; its output goes to files. */
    Launched start(List<String> command, Map<String, String> variables) {
        try {
            Path out = file(++outputs + ".out"), err = file(outputs + ".err");
            ProcessBuilder builder = new ProcessBuilder(account.as(command))
                    .directory(folder.toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(variables);
            return new Launched(builder.start(), out, err);
        } catch (IOException e) {
            throw new AssertionError("starting " + command, e);
        }
    }

    /** Launches a program, feeds it, and waits for its end. */
    Shell.Result launchToEnd(String input, List<String> program) {
        List<String> command = new ArrayList<>(List.of(Checkout.command("dmtcp_launch")));
        command.addAll(program);
        return runAsProgram(input, command);
    }

    /** Runs any command with the environment of launched programs, in the story's folder or elsewhere, to its end. */
    Shell.Result runAsProgram(String input, List<String> command) {
        return Shell.run(account.as(command), programEnvironment(), input, Await.LONG);
    }

    /** Runs one of our commands to its end. */
    Shell.Result command(String name, String... arguments) {
        return commandAs(account, name, arguments);
    }

    Shell.Result commandAs(Account who, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Checkout.command(name)));
        command.addAll(Arrays.asList(arguments));
        return Shell.run(who.as(command), environment, "", Await.LONG);
    }

    /** A checkpoint; returns when the images are safe, and they are there. */
    void checkpoint() {
        Shell.Result result = command("dmtcp_command", "--bcheckpoint");
        assertThat(result.status())
                .as(() -> result + "\n" + coordinator.describe() + describeAgents())
                .isZero();
        assertThat(imageFiles()).as("images after a checkpoint").isNotEmpty();
    }

    List<Path> imageFiles() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(images(), "ckpt_*.dmtcp")) {
            entries.forEach(found::add);
        } catch (IOException e) {
            throw new AssertionError("listing " + images(), e);
        }
        found.sort(null);
        return found;
    }

    /** All living processes of launched and restarted programs, without the agents. */
    List<Proc> members() {
        return members.alive(agents).stream()
                .filter(proc -> agents.stream().noneMatch(agent -> agent.pid() == proc.pid()))
                .toList();
    }

    /** The member that runs this command. */
    Proc member(String comm) {
        List<Proc> found =
                members().stream().filter(proc -> proc.comm().equals(comm)).toList();
        assertThat(found).as("processes named %s", comm).isNotEmpty();
        return found.getFirst();
    }

    /** SIGKILL to every agent and every member, as a crash would have it; returns when they are gone. */
    void killAll() {
        members.kill(agents);
        agents.forEach(Launched::status);
    }

    String describeAgents() {
        StringBuilder text = new StringBuilder();
        agents.forEach(agent -> text.append("\nagent ").append(agent.describe()));
        return text.toString();
    }

    @Override
    public void close() {
        killAll();
        coordinator.process().destroyForcibly();
        coordinator.status();
        if (!Boolean.getBoolean("jdmtcp.keep")) {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new AssertionError("deleting " + folder, e);
        }
    }
}
