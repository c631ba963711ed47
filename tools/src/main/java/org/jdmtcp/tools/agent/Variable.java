package org.jdmtcp.tools.agent;

import java.util.Optional;

/** The environment variables that stand for options; an option on the command line goes before. */
enum Variable {
    DMTCP_GZIP,
    DMTCP_COMPRESS,
    DMTCP_CHECKPOINT_DIR,
    DMTCP_CHECKPOINT_INTERVAL,
    DMTCP_SIGCKPT,
    DMTCP_FORKED_CHECKPOINT,
    DMTCP_UNIQUE_CKPT_FILENAMES,
    DMTCP_CKPT_OPEN_FILES,
    DMTCP_ALLOW_OVERWRITE_WITH_CKPTED_FILES,
    DMTCP_TMPDIR,
    DMTCP_COORD_LOGFILE,
    DMTCP_PORT_FILE,
    DMTCP_QUIET,
    DMTCP_PLUGIN,
    DMTCP_PLUGIN_OPTIONS,
    DMTCP_PLUGIN_TIMEOUT;

    /** Its value; an empty one counts as not set. */
    Optional<String> value() {
        return Optional.ofNullable(System.getenv(name())).filter(text -> !text.isEmpty());
    }

    /** 0 or 1. @throws IllegalArgumentException for anything else, with a message for the user */
    Optional<Boolean> flag() {
        return value().map(text -> switch (text) {
            case "0" -> false;
            case "1" -> true;
            default -> throw new IllegalArgumentException(name() + " is " + text + "; set it to 0 or 1, or unset it");
        });
    }

    /** A number of at least 0. @throws IllegalArgumentException for anything else, with a message for the user */
    Optional<Long> number() {
        return value().map(text -> {
            if (!text.matches("[0-9]{1,9}")) {
                throw new IllegalArgumentException(
                        name() + " is " + text + ", which is not a number; correct it, or unset it");
            }
            return Long.valueOf(text);
        });
    }
}
