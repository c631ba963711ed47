package org.jdmtcp.tools.coordinator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.auth.Secret;
import org.jdmtcp.coordinator.command.CommandClient;
import org.jdmtcp.tools.command.Action;
import org.jdmtcp.tools.command.Actions;
import org.jdmtcp.tools.command.Outcome;

/** The commands typed at a coordinator. It is a client of its own coordinator, like dmtcp_command. */
final class Console {
    private static final String HELP = """
            l      list the processes
            s      status
            t      how long the parts of the last checkpoint or restart took
            c      begin a checkpoint
            bc     take a checkpoint, wait until it is safe
            kc     take a checkpoint, then kill all processes
            i N    a checkpoint every N seconds; 0 = never
            k      kill all processes
            q      kill all processes and quit
            ?      this list""";

    private final CoordinatorAddress address;
    private final Secret secret;
    private final PrintStream out;

    Console(CoordinatorAddress address, Secret secret, PrintStream out) {
        this.address = address;
        this.secret = secret;
        this.out = out;
    }

    /** Until the input ends; that does not end the coordinator. */
    void run(BufferedReader input) throws IOException {
        out.println("Type ? for the list of commands.");
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String text = line.strip();
            if (!text.isEmpty()) {
                execute(text.split("\\s+"));
            }
        }
    }

    private void execute(String[] words) {
        if (words[0].equals("?") || words[0].equals("h")) {
            out.println(HELP);
            return;
        }
        Action action = Action.of(words[0]).orElse(null);
        long seconds = action == Action.INTERVAL && words.length == 2 && words[1].matches("\\d{1,12}")
                ? Long.parseLong(words[1])
                : -1;
        if (action == null
                || (action == Action.INTERVAL) != (words.length == 2)
                || (action == Action.INTERVAL && seconds < 0)) {
            out.println("Not understood; ? lists the commands.");
            return;
        }
        try (CommandClient client = CommandClient.connect(address, secret)) {
            Outcome outcome = new Actions(client).run(action, Math.max(0, seconds));
            outcome.lines().forEach(out::println);
            outcome.problems().forEach(out::println);
        } catch (CoordinatorException e) {
            out.println(e.getMessage());
        }
    }
}
