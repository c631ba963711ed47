package org.jdmtcp.core.image;

import java.nio.file.Path;
import java.util.List;

/** The program that {@link CheckpointSetTest} kills: one checkpoint after the other, each said when it is committed. */
final class CommitLoop {
    static final List<String> MEMBERS = List.of("ckpt_a.dmtcp", "ckpt_b.dmtcp", "ckpt_c.dmtcp", "ckpt_d.dmtcp");

    private CommitLoop() {}

    public static void main(final String[] arguments) {
        final Path directory = Path.of(arguments[0]);
        for (long generation = Long.parseLong(arguments[1]); true; generation++) {
            commit(directory, generation, MEMBERS);
            System.out.println(generation);
        }
    }

    static void commit(final Path directory, final long generation, final List<String> members) {
        try (CheckpointSet set =
                CheckpointSet.begin(directory, new SetIdentity("c", generation, members), name -> true)) {
            for (final String name : members) {
                try (ImageWriter writer = set.add(name, Codec.NONE, 0)) {
                    writer.finish();
                }
            }
            set.commit();
        }
    }
}
