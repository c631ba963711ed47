package org.jdmtcp.core.restart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jdmtcp.core.process.message.Identity;
import org.jdmtcp.core.tracee.Batch;
import org.jdmtcp.spi.linux.SystemCall;
import org.jdmtcp.spi.linux.TerminalCalls;

/**
 * Gives sessions their controlling terminals again, as far as those are the computation's own: the leader takes it before its
 * children are cloned, which inherit it. Works while the open files have their high numbers.
 */
final class SessionTerminals {
    private static final int PID_SIZE = 4;

    private final RestartImages images;
    private final Handover handover;

    SessionTerminals(final RestartImages images, final Handover handover) {
        this.images = images;
        this.handover = handover;
    }

    /** For a process that has just founded its session. */
    void take(final Newborn leader, final Identity identity) {
        if (identity.getTerminal() != 0) {
            final Batch batch = leader.scratch().batch();
            batch.must(SystemCall.IOCTL, handover.number(identity.getTerminal()), TerminalCalls.TIOCSCTTY, 0);
            batch.run();
        }
    }

    /** All are born and in their groups: those come to the foreground that were there, and who had no terminal gives it up. */
    void settle(final Map<Integer, Newborn> processes) {
        processes.forEach((pid, process) -> {
            final Identity identity = identity(pid);
            if (identity.getSession() == pid && identity.getTerminal() != 0) {
                bringForward(process, identity);
            } else if (processes.containsKey(identity.getSession())
                    && identity.getTerminal() == 0
                    && identity(identity.getSession()).getTerminal() != 0) {
                final long terminal = identity(identity.getSession()).getTerminal();
                final Batch batch = process.scratch().batch();
                batch.must(SystemCall.IOCTL, handover.number(terminal), TerminalCalls.TIOCNOTTY, 0);
                batch.run();
            }
        });
    }

    private void bringForward(final Newborn leader, final Identity identity) {
        final int group = identity.getForegroundGroup();
        if (group == 0 || group == identity.getGroup()) {
            return;
        }
        final Batch batch = leader.scratch().batch();
        final long number = batch.put(ByteBuffer.allocate(PID_SIZE)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(group)
                .array());
        batch.must(SystemCall.IOCTL, handover.number(identity.getTerminal()), TerminalCalls.TIOCSPGRP, number);
        batch.run();
    }

    private Identity identity(final int pid) {
        return images.find(pid).orElseThrow().process().getIdentity();
    }
}
