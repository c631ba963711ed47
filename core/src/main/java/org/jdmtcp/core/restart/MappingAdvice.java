package org.jdmtcp.core.restart;

import java.util.List;
import java.util.Map;
import org.jdmtcp.core.process.message.MappingState;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.jdmtcp.spi.linux.SystemCall;

/** What is set on a mapping when its contents are there: protection, advice, locks, its name. */
final class MappingAdvice {
    private static final int READ_WRITE = MemoryCalls.PROT_READ | MemoryCalls.PROT_WRITE;
    private static final int MLOCK_ONFAULT = 1;
    private static final int PR_SET_VMA = 0x53564d41;
    private static final int MADV_GUARD_INSTALL = 102;
    /** Flags of smaps and the advice of {@code madvise(2)} that sets each. */
    private static final Map<String, Integer> ADVICE =
            Map.of("rr", 1, "sr", 2, "dc", 10, "mg", 12, "hg", 14, "nh", 15, "dd", 16, "wf", 18);

    private MappingAdvice() {}

    /** Puts guard pages back, where the contents around them are there. */
    static void guard(final Steps steps, final List<Long> guards) {
        for (int i = 0; i + 1 < guards.size(); i += 2) {
            steps.call(SystemCall.MADVISE, guards.get(i), guards.get(i + 1), MADV_GUARD_INSTALL);
        }
    }

    static void apply(final Steps steps, final MappingState mapping) {
        final long start = mapping.getStart();
        final long size = mapping.getEnd() - start;
        final List<String> flags = mapping.getFlagsList();
        if (!mapping.getShared() && mapping.getProt() != READ_WRITE) {
            steps.call(SystemCall.MPROTECT, start, size, mapping.getProt());
        }
        for (final String flag : flags) {
            final Integer advice = ADVICE.get(flag);
            if (advice != null) {
                steps.call(SystemCall.MADVISE, start, size, advice);
            }
        }
        if (flags.contains("lo")) {
            steps.call(SystemCall.MLOCK2, start, size, flags.contains("lf") ? MLOCK_ONFAULT : 0);
        }
        if (!mapping.getName().isEmpty()) {
            steps.call(
                    SystemCall.PRCTL, PR_SET_VMA, 0, start, size, steps.batch().putString(mapping.getName()));
        }
    }
}
