package org.jdmtcp.tools.it;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A self-checking program of test-apps.
 *
 * @param name as in {@code -Djdmtcp.programs}
 * @param needsRoot whether only root can run it
 * @param arguments from its log and a folder of its own to the whole command; builds the program where needed
 */
record Program(String name, boolean needsRoot, BiFunction<Path, Path, List<String>> arguments) {
    List<String> command(Path log, Path folder) {
        return arguments.apply(log, folder);
    }

    @Override
    public String toString() {
        return name;
    }
}
