package org.jdmtcp.tools.command;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What dmtcp_command, or a line typed at dmtcp_coordinator, asks for. */
public enum Action {
    STATUS("s", "status"),
    LIST("l", "list"),
    TRACE("t", "trace"),
    CHECKPOINT("c", "checkpoint"),
    BLOCKING_CHECKPOINT("bc", "bcheckpoint"),
    KILLING_CHECKPOINT("kc", "kcheckpoint"),
    INTERVAL("i", "interval"),
    KILL("k", "kill"),
    QUIT("q", "quit");

    private final String letters;
    private final String word;

    Action(String letters, String word) {
        this.letters = letters;
        this.word = word;
    }

    /** The word that the long option is made of. */
    public String word() {
        return word;
    }

    /** Whether it is done with the programs, all that have been launched by then. */
    boolean concernsPrograms() {
        return switch (this) {
            case STATUS, LIST, TRACE, INTERVAL -> false;
            case CHECKPOINT, BLOCKING_CHECKPOINT, KILLING_CHECKPOINT, KILL, QUIT -> true;
        };
    }

    /** The action for its letters or its word. */
    public static Optional<Action> of(String text) {
        return Arrays.stream(values())
                .filter(a -> a.letters.equals(text) || a.word.equals(text))
                .findFirst();
    }

    static String allLetters() {
        return Arrays.stream(values()).map(a -> a.letters).collect(Collectors.joining(", "));
    }
}
