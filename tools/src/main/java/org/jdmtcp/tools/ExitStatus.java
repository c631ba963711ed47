package org.jdmtcp.tools;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jdmtcp.coordinator.CoordinatorException;

/** The exit statuses of the tools; those of launch and restart are the program's own unless the tool itself fails. */
public enum ExitStatus {
    OK(0, "done"),
    USAGE(1, "the command line is wrong"),
    NO_COORDINATOR(2, "no coordinator can be reached"),
    NOT_RUNNING(3, "there is no program, or a checkpoint is already running"),
    REFUSED(4, "the checkpoint was refused: a program uses what cannot be saved"),
    CHECKPOINT_FAILED(5, "the checkpoint failed; the previous one is still valid"),
    AUTHENTICATION(6, "the coordinator does not share this user's secret, or the secret file is not safe"),
    NOT_GONE(7, "some processes were not gone in time after a kill"),
    PORT_IN_USE(8, "the port is used by another program"),
    FAILED(9, "something else failed"),
    TOOL_FAILED(125, "dmtcp_launch or dmtcp_restart itself failed"),
    NOT_EXECUTABLE(126, "the program cannot be executed"),
    NOT_FOUND(127, "the program was not found");

    private final int code;
    private final String meaning;

    ExitStatus(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /** The status for a coordinator that could not be used. */
    public static ExitStatus of(CoordinatorException e) {
        return switch (e.kind()) {
            case UNREACHABLE -> NO_COORDINATOR;
            case AUTHENTICATION -> AUTHENTICATION;
            case REJECTED, FAILED -> FAILED;
        };
    }

    /** A list for {@code --help}, one line each. */
    public static String table(ExitStatus... statuses) {
        return Arrays.stream(statuses)
                .map(s -> String.format("  %3d  %s", s.code, s.meaning))
                .collect(Collectors.joining("\n"));
    }
}
