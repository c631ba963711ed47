package org.jdmtcp.tools.agent;

import java.nio.file.Path;
import org.jdmtcp.tools.log.LogOptions;
import org.jdmtcp.tools.log.LogSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of dmtcp_launch and dmtcp_restart that belong to nothing else. */
public final class CommonOptions implements QuickOptions {
    private static final Path DEFAULT_TEMPORARY = Path.of("/tmp");

    @Option(names = "--tmpdir", paramLabel = "DIR", description = "For temporary files (DMTCP_TMPDIR; default: /tmp).")
    @Nullable Path temporary;

    @Option(
            names = {"-q", "--quiet"},
            description = "No information; twice: no warnings either (DMTCP_QUIET=1 or 2).")
    boolean[] quiet = {};

    @Mixin
    LogOptions log = new LogOptions();

    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    boolean version;

    @Override
    public boolean takeFlag(final String name) {
        if (name.equals("-q") || name.equals("--quiet")) {
            quiet = new boolean[quiet.length + 1];
            return true;
        }
        return false;
    }

    @Override
    public boolean takeValue(final String name, final String value) {
        if (name.equals("--tmpdir")) {
            final boolean first = temporary == null;
            temporary = Path.of(value);
            return first;
        }
        return log.takeValue(name, value);
    }

    /** The folder for temporary files. */
    public Path temporary() {
        return temporary != null
                ? temporary
                : Variable.DMTCP_TMPDIR.value().map(Path::of).orElse(DEFAULT_TEMPORARY);
    }

    /** How the tool speaks. */
    public Voice voice(final String tool) {
        return new Voice(tool, quietness());
    }

    /** What is logged, and where. @throws IllegalArgumentException with a message for the user */
    public LogSettings logs(final String tool) {
        return log.settings(tool, quietness(), temporary());
    }

    private int quietness() {
        return quiet.length > 0
                ? quiet.length
                : Variable.DMTCP_QUIET.number().orElse(0L).intValue();
    }
}
