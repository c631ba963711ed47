package org.jdmtcp.spi.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jdmtcp.spi.Refusal;

/** The host's pools of huge pages, one for each size: {@code /sys/kernel/mm/hugepages}. Safe on any thread. */
public final class HugePages {
    private HugePages() {}

    /**
     * Makes sure that so much memory of huge pages is to be had now.
     *
     * @param pageSize bytes
     * @throws Refusal where it is not
     */
    public static void require(final long pageSize, final long bytes) {
        final Path pool = Path.of("/sys/kernel/mm/hugepages/hugepages-" + pageSize / 1024 + "kB");
        final long wanted = (bytes + pageSize - 1) / pageSize;
        final long free = count(pool, "free_hugepages")
                - count(pool, "resv_hugepages")
                + Math.max(0, count(pool, "nr_overcommit_hugepages") - count(pool, "surplus_hugepages"));
        if (free < wanted) {
            throw new Refusal("the program's memory takes " + wanted + " huge pages of " + pageSize / 1024
                    + " KiB, and this host has " + free + " to spare: reserve more (" + pool + "/nr_hugepages)");
        }
    }

    private static long count(final Path pool, final String name) {
        try {
            return Files.exists(pool)
                    ? Long.parseLong(Files.readString(pool.resolve(name)).strip())
                    : 0;
        } catch (final IOException e) {
            throw new Refusal("the pool of huge pages cannot be read: " + e.getMessage(), e);
        }
    }
}
