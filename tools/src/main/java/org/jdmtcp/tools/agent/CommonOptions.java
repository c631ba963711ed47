package org.jdmtcp.tools.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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

    /** The folder for temporary files. */
    public Path temporary() {
        return temporary != null
                ? temporary
                : Variable.DMTCP_TMPDIR.value().map(Path::of).orElse(DEFAULT_TEMPORARY);
    }

    /** How the tool speaks. */
    public Voice voice(final String tool) {
        return new Voice(
                tool,
                quiet.length > 0
                        ? quiet.length
                        : Variable.DMTCP_QUIET.number().orElse(0L).intValue());
    }
}
