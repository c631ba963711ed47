package org.jdmtcp.tools.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is to be logged, and where.
 *
 * @param tool who speaks
 * @param quiet 0 for warnings on standard error, 2 for errors alone
 * @param levels of the log; without any there is none
 * @param toTerminal whether the log goes to standard error
 * @param file where it is to go; empty for a file of the computation's own
 * @param temporary the folder that the latter is below
 */
public record LogSettings(
        String tool, int quiet, LogLevels levels, boolean toTerminal, Optional<Path> file, Path temporary) {
    /** Whether a log is kept. */
    public boolean isOn() {
        return !levels.isEmpty() || file.isPresent() || toTerminal;
    }

    boolean toFile() {
        return isOn() && !toTerminal;
    }

    /** The same with this file, unless another was named. */
    public LogSettings orFile(final Optional<Path> other) {
        return new LogSettings(tool, quiet, levels, toTerminal, toTerminal ? file : file.or(() -> other), temporary);
    }

    /**
     * Names that mean nothing.
     *
     * @param plugins ids of those that are there
     */
    public Set<String> unknownParts(final Collection<String> plugins) {
        final Set<String> unknown = new TreeSet<>(levels.parts().keySet());
        unknown.removeAll(plugins);
        unknown.removeAll(LogLine.PARTS);
        return unknown;
    }

    /** The same as options of a command line. */
    public List<String> options() {
        final List<String> options = new ArrayList<>();
        if (!levels.isEmpty()) {
            options.addAll(List.of(LogOptions.OPTION, levels.text()));
        }
        file.ifPresent(path -> options.addAll(List.of(LogOptions.FILE_OPTION, path.toString())));
        return options;
    }
}
