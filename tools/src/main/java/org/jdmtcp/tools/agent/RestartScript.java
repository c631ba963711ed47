package org.jdmtcp.tools.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jdmtcp.coordinator.CheckpointImage;

/** The {@code dmtcp_restart_script.sh} beside the images of a checkpoint, which restarts all of them on this host. */
final class RestartScript {
    static final String NAME = "dmtcp_restart_script.sh";

    private static final String TEXT = """
            #!/bin/sh
            # Restarts a checkpoint: all its images on this host.
            restart=${DMTCP_RESTART:-@RESTART@}
            here=@DIRECTORY@

            usage() {
              cat <<'END'
            Usage: dmtcp_restart_script.sh [OPTIONS]
              -h, --coord-host HOST   host of the coordinator
              -p, --coord-port PORT   port of the coordinator
              -i, --interval SECONDS  time between checkpoints; 0 = never
                  --coord-logfile F   log of a coordinator that is started
                  --ckptdir DIR       where new images go
                  --restartdir DIR    where the images are, if not where they were written
                  --tmpdir DIR        for temporary files
                  --with-plugin JARS  your own plugins
                  --plugin-option ID.KEY=VALUE
                  --without-plugin ID  leave out what a plugin has written
                  --no-strict-checking  also restart another user's images
                  --help
            END
            }

            fail() {
              echo "dmtcp_restart_script.sh: $1; see --help" >&2
              exit 125
            }

            options=
            quote() { # WORD: for eval
              printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\\\\\''/g")"
            }

            while [ $# -gt 0 ]; do
              case $1 in
                -h | --coord-host | -p | --coord-port | -i | --interval | --coord-logfile | --ckptdir | --tmpdir | \\
                  --with-plugin | --plugin-option | --without-plugin | --debug-logs)
                  [ $# -ge 2 ] || fail "$1 needs a value"
                  options="$options$(quote "$1")$(quote "$2")"
                  shift 2 ;;
                --restartdir)
                  [ $# -ge 2 ] || fail "$1 needs a value"
                  here=$2
                  shift 2 ;;
                --no-strict-checking)
                  options="$options$1 "
                  shift ;;
                --help)
                  usage
                  exit 0 ;;
                *)
                  fail "unknown option: $1" ;;
              esac
            done

            eval "set -- $options"
            exec "$restart" "$@" \\
            @IMAGES@
            """;

    private RestartScript() {}

    /**
     * Writes it into each directory that images of this agent went to, in one step.
     *
     * @param own final paths of this agent's images
     * @param all images of the computation; empty where there is no coordinator, and the own ones are all
     */
    static void write(final List<Path> own, final List<CheckpointImage> all, final String host) {
        final List<Path> images = all.isEmpty()
                ? own
                : all.stream()
                        .filter(image -> image.host().equals(host))
                        .map(image -> Path.of(image.path()))
                        .toList();
        own.stream()
                .map(image -> Objects.requireNonNull(image.toAbsolutePath().getParent()))
                .distinct()
                .forEach(directory -> writeInto(directory, images));
    }

    private static void writeInto(final Path directory, final List<Path> images) {
        final Path target = directory.resolve(NAME);
        try {
            final Path temporary = Files.createTempFile(
                    directory,
                    "." + NAME,
                    "",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                Files.writeString(temporary, text(directory, images));
                Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("the images are safe, but not " + target + ": " + e.getMessage(), e);
        }
    }

    static String text(final Path directory, final List<Path> images) {
        final String lines = images.stream()
                .map(image -> directory.equals(image.getParent())
                        ? "  \"$here\"/" + quoted(String.valueOf(image.getFileName()))
                        : "  " + quoted(image.toString()))
                .collect(Collectors.joining(" \\\n"));
        final String home = System.getProperty("jdmtcp.home", "");
        return TEXT.replace("@RESTART@", home.isEmpty() ? "dmtcp_restart" : quoted(home + "/bin/dmtcp_restart"))
                .replace("@DIRECTORY@", quoted(directory.toString()))
                .replace("@IMAGES@", lines);
    }

    private static String quoted(final String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
