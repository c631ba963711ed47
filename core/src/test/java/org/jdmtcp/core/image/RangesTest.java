package org.jdmtcp.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.jdmtcp.spi.linux.MemoryCalls.Range;
import org.junit.jupiter.api.Test;

class RangesTest {
    private final Random random = new Random(5);

    private List<Range> some() {
        final List<Range> ranges = new ArrayList<>();
        long at = random.nextInt(5);
        while (at < 60) {
            final long size = 1 + random.nextInt(8);
            ranges.add(new Range(at, size));
            at += size + random.nextInt(6);
        }
        return ranges;
    }

    private static BitSet bits(final List<Range> ranges) {
        final BitSet bits = new BitSet();
        ranges.forEach(range -> bits.set((int) range.address(), (int) range.end()));
        return bits;
    }

    @Test
    void operationsAreThoseOfSets() {
        for (int i = 0; i < 2000; i++) {
            final List<Range> a = some();
            final List<Range> b = some();
            final BitSet and = bits(a);
            and.and(bits(b));
            assertThat(bits(Ranges.intersect(a, b))).isEqualTo(and);
            final BitSet minus = bits(a);
            minus.andNot(bits(b));
            assertThat(bits(Ranges.subtract(a, b))).isEqualTo(minus);
        }
    }

    @Test
    void portionsAreFullAndInOrder() {
        final List<List<Range>> portions = Ranges.portions(List.of(new Range(0, 10), new Range(20, 3)), 4);
        assertThat(portions)
                .containsExactly(
                        List.of(new Range(0, 4)),
                        List.of(new Range(4, 4)),
                        List.of(new Range(8, 2), new Range(20, 2)),
                        List.of(new Range(22, 1)));
    }
}
