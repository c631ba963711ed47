package org.jdmtcp.plugin.fd;

import static org.jdmtcp.spi.linux.FileCalls.O_NOCTTY;
import static org.jdmtcp.spi.linux.FileCalls.O_RDWR;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.LinuxException;
import org.jdmtcp.spi.linux.TerminalCalls;
import org.jdmtcp.spi.view.DescriptorView;

/** The pseudo-terminals of one checkpoint or restart: what their masters and their slaves have to know of each other. */
final class Ptys {
    private static final String PTMX = "/dev/ptmx";

    private final Scratch scratch;
    private final Map<PtyId, Fd> masters = new HashMap<>();
    private final Set<PtyId> memberMasters = new HashSet<>();
    private final Map<PtyId, DescriptorView> memberSlaves = new HashMap<>();
    private int looked;

    /** @param scratch owner of what is held open meanwhile */
    Ptys(final Scratch scratch) {
        this.scratch = scratch;
    }

    /** Whether the computation has the master of a pseudo-terminal. @param any an open file of the computation */
    boolean hasMaster(final PtyId id, final DescriptorView any) {
        look(any.computation());
        return memberMasters.contains(id);
    }

    /** A slave of a pseudo-terminal that the computation has. @param any an open file of the computation */
    Optional<DescriptorView> slave(final PtyId id, final DescriptorView any) {
        look(any.computation());
        return Optional.ofNullable(memberSlaves.get(id));
    }

    // There may be more of them later, when some are found in queues.
    private void look(final List<DescriptorView> computation) {
        for (final DescriptorView member : computation.subList(looked, computation.size())) {
            if (PtyId.isMaster(member)) {
                PtyId.ofMaster(member).ifPresent(memberMasters::add);
            } else if (PtyId.isSlave(member)) {
                PtyId.ofSlave(member).ifPresent(id -> memberSlaves.putIfAbsent(id, member));
            }
        }
        looked = computation.size();
    }

    /** Makes a pseudo-terminal of the number that it had, whose slave can be opened. */
    void make(final PtyId id, final RestoreContext context) {
        masters.put(id, scratch.hold(open(id.index(), context)));
    }

    /** The master of a pseudo-terminal that was made; it belongs to this object. */
    Fd master(final PtyId id) {
        final Fd master = masters.get(id);
        if (master == null) {
            throw new Refusal("the images lack the master of pseudo-terminal " + id.index()
                    + ": restart all images of the checkpoint together");
        }
        return master;
    }

    // The kernel gives the lowest free number: those below the wanted one are held until that comes.
    private static Fd open(final int wanted, final RestoreContext context) {
        final List<Fd> lower = new ArrayList<>();
        try {
            while (true) {
                final Fd master = openAny(context);
                final int index = TerminalCalls.index(master);
                if (index == wanted) {
                    return master;
                }
                lower.add(master);
                if (index > wanted) {
                    throw context.taken("the number of pseudo-terminal " + wanted);
                }
            }
        } finally {
            lower.forEach(Fd::close);
        }
    }

    /** A new pseudo-terminal whose slave can be opened. @return its master, owned by the caller */
    static Fd openAny(final RestoreContext context) {
        final String path = context.terminalRoot() + PTMX;
        try {
            final Fd master = FileCalls.open(path, O_RDWR | O_NOCTTY);
            TerminalCalls.setLocked(master, false);
            return master;
        } catch (final LinuxException e) {
            throw new Refusal(
                    "no pseudo-terminal can be made: " + e.getMessage()
                            + "; see /proc/sys/kernel/pty/max, and the mount" + " of devpts at /dev/pts",
                    e);
        }
    }
}
