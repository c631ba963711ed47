package org.jdmtcp.tools.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdmtcp.core.checkpoint.OpenFileContents;
import org.jdmtcp.core.image.Codec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where images go and how they are written. */
public final class ImageOptions implements QuickOptions {
    /** Without any option: images are as large as the memory, and written as fast as the disk takes them. */
    public static final Codec DEFAULT_CODEC = Codec.NONE;

    private static final int LAST_SIGNAL = 64;

    @Option(names = "--gzip", negatable = true, description = "Compress with gzip, or not at all (DMTCP_GZIP=1 or 0).")
    @Nullable Boolean gzip;

    @Option(
            names = "--compress",
            paramLabel = "HOW",
            description = "none, zstd, lz4 or gzip (DMTCP_COMPRESS; default: none).")
    @Nullable String compress;

    @Option(
            names = "--ckptdir",
            paramLabel = "DIR",
            description = "Where images go (DMTCP_CHECKPOINT_DIR; default: the coordinator's, else the current"
                    + " directory). Made if it is missing.")
    @Nullable Path directory;

    @Option(
            names = "--ckpt-signal",
            paramLabel = "N",
            description = "Accepted for the sake of scripts: no signal is used (DMTCP_SIGCKPT).")
    @Nullable Integer signal;

    @Option(
            names = "--enable-unique-checkpoint-filenames",
            description = "Keep earlier checkpoints (DMTCP_UNIQUE_CKPT_FILENAMES=1).")
    boolean unique;

    @Option(
            names = "--disable-unique-checkpoint-filenames",
            description = "Replace the earlier checkpoint: the default (DMTCP_UNIQUE_CKPT_FILENAMES=0).")
    boolean notUnique;

    @Option(
            names = "--forked-checkpoint",
            negatable = true,
            description = "Write from a copy while the program runs on: the default; or while it stands still"
                    + " (DMTCP_FORKED_CHECKPOINT=1 or 0).")
    @Nullable Boolean forked;

    @Option(
            names = {"--ckpt-open-files", "--checkpoint-open-files"},
            description =
                    "Keep the contents of open files in the images, too. A restart makes missing files again, and is"
                            + " refused where one has changed (DMTCP_CKPT_OPEN_FILES=1).")
    boolean openFiles;

    @Option(
            names = "--allow-file-overwrite",
            description = "A restart may replace open files that have changed by what the images hold"
                    + " (DMTCP_ALLOW_OVERWRITE_WITH_CKPTED_FILES=1).")
    boolean overwrite;

    /**
     * All of it, checked.
     *
     * @param codec compression
     * @param directory absolute; empty for the coordinator's or the current one
     * @param forked whether memory is written from a copy
     * @param uniqueNames whether earlier checkpoints are kept
     * @param openFiles what becomes of the contents of open files
     */
    public record Settings(
            Codec codec, Optional<Path> directory, boolean forked, boolean uniqueNames, OpenFileContents openFiles) {
        /** The same as options of a command line. */
        List<String> options() {
            final List<String> options = new ArrayList<>(List.of("--compress", codec.label()));
            directory.ifPresent(d -> options.addAll(List.of("--ckptdir", d.toString())));
            options.add(forked ? "--forked-checkpoint" : "--no-forked-checkpoint");
            options.add((uniqueNames ? "--enable" : "--disable") + "-unique-checkpoint-filenames");
            if (openFiles != OpenFileContents.LEAVE) {
                options.add("--ckpt-open-files");
            }
            if (openFiles == OpenFileContents.KEEP_AND_OVERWRITE) {
                options.add("--allow-file-overwrite");
            }
            return options;
        }
    }

    @Override
    public boolean takeFlag(final String name) {
        if (name.equals("--ckpt-open-files") || name.equals("--checkpoint-open-files")) {
            final boolean first = !openFiles;
            openFiles = true;
            return first;
        }
        if (name.equals("--allow-file-overwrite")) {
            final boolean first = !overwrite;
            overwrite = true;
            return first;
        }
        if (name.equals("--gzip") || name.equals("--no-gzip")) {
            final boolean first = gzip == null;
            gzip = name.equals("--gzip");
            return first;
        }
        return false;
    }

    @Override
    public boolean takeValue(final String name, final String value) {
        return switch (name) {
            case "--compress" -> {
                final boolean first = compress == null;
                compress = value;
                yield first;
            }
            case "--ckptdir" -> {
                final boolean first = directory == null;
                directory = Path.of(value);
                yield first;
            }
            default -> false;
        };
    }

    /** Checks and makes the directory. @throws IllegalArgumentException with a message for the user */
    public Settings settings() {
        final long wanted =
                signal != null ? signal : Variable.DMTCP_SIGCKPT.number().orElse(1L);
        if (wanted < 1 || wanted > LAST_SIGNAL) {
            throw new IllegalArgumentException("--ckpt-signal " + wanted + " is no signal; choose one from 1 to 64");
        }
        if (unique && notUnique) {
            throw new IllegalArgumentException(
                    "unique checkpoint filenames are both enabled and disabled; leave one of the options out");
        }
        final boolean names = unique
                || !notUnique && Variable.DMTCP_UNIQUE_CKPT_FILENAMES.flag().orElse(false);
        return new Settings(
                codec(),
                directory().map(ImageOptions::make),
                forked != null
                        ? forked
                        : Variable.DMTCP_FORKED_CHECKPOINT.flag().orElse(true),
                names,
                openFiles());
    }

    private OpenFileContents openFiles() {
        if (!openFiles && !Variable.DMTCP_CKPT_OPEN_FILES.flag().orElse(false)) {
            return OpenFileContents.LEAVE;
        }
        return overwritesFiles() ? OpenFileContents.KEEP_AND_OVERWRITE : OpenFileContents.KEEP;
    }

    /** Whether the user allows that files are replaced by what the images hold. */
    public boolean overwritesFiles() {
        return overwrite
                || Variable.DMTCP_ALLOW_OVERWRITE_WITH_CKPTED_FILES.flag().orElse(false);
    }

    private Codec codec() {
        if (compress != null) {
            return Codec.of(compress);
        }
        if (gzip != null) {
            return gzip ? Codec.GZIP : Codec.NONE;
        }
        return Variable.DMTCP_COMPRESS
                .value()
                .map(Codec::of)
                .or(() -> Variable.DMTCP_GZIP.flag().map(on -> on ? Codec.GZIP : Codec.NONE))
                .orElse(DEFAULT_CODEC);
    }

    private Optional<Path> directory() {
        return directory != null
                ? Optional.of(directory)
                : Variable.DMTCP_CHECKPOINT_DIR.value().map(Path::of);
    }

    private static Path make(final Path directory) {
        final Path absolute = directory.toAbsolutePath();
        try {
            if (!Files.isDirectory(absolute)) {
                Files.createDirectories(
                        absolute, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (final IOException e) {
            throw new IllegalArgumentException(
                    "the directory " + directory + " cannot be made: " + e + "; choose another --ckptdir", e);
        }
        return absolute;
    }
}
