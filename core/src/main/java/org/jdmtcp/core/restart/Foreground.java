package org.jdmtcp.core.restart;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdmtcp.core.agent.ControllingTerminal;
import org.jdmtcp.core.process.message.Identity;
import org.jdmtcp.core.procfs.Stat;

/**
 * The process group that was in the foreground of the terminal, where that was one of the program's own, as that of a shell's
 * job is: it gets Ctrl-C and may read. Where it was the group that dmtcp_launch ran in, it is that of dmtcp_restart now.
 */
final class Foreground {
    private final RestartImages images;

    Foreground(final RestartImages images) {
        this.images = images;
    }

    /** Puts it into the foreground of dmtcp_restart's terminal, if dmtcp_restart is there itself. */
    void give(final Map<Integer, Newborn> processes) {
        final Optional<Newborn> member = images.all().stream()
                .filter(image -> isForeground(image.process().getIdentity()))
                .map(image -> Objects.requireNonNull(processes.get(image.pid())))
                .findFirst();
        if (member.isPresent()) {
            try (ControllingTerminal terminal = ControllingTerminal.open()) {
                if (terminal.isOurs()) {
                    terminal.giveTo(Stat.read(member.get().pid()).pgrp());
                }
            }
        }
    }

    // Another session has another terminal, if any.
    private static boolean isForeground(final Identity identity) {
        return identity.getForeground() && identity.getSession() == 0 && identity.getGroup() != 0;
    }
}
