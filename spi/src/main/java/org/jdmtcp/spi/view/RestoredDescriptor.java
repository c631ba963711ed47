package org.jdmtcp.spi.view;

import java.util.List;

/**
 * A descriptor that is in its place in a process at restart; all descriptors of all processes are. Valid until the barriers of
 * {@link org.jdmtcp.spi.Phase#RESTARTED} have been passed.
 */
public interface RestoredDescriptor {
    /** The process, stopped; its {@link ProcessView#batch} works. */
    ProcessView process();

    /** The descriptor's number there. */
    int number();

    /**
     * All descriptors, in all processes of this restart, that refer to this same open file, {@link #number} in
     * {@link #process} first.
     */
    default List<DescriptorView.Holder> holders() {
        return List.of(new DescriptorView.Holder(process(), number(), false));
    }

    /** A number that no descriptor of the process has, for a moment's use. Different at each call. */
    int freeNumber();

    /**
     * As {@link #freeNumber()}, in another process of the restart, such as one of {@link #holders}.
     *
     * @throws IllegalArgumentException for a process that is not known here
     */
    default int freeNumber(final ProcessView in) {
        if (in.pid() != process().pid()) {
            throw new IllegalArgumentException("no free descriptor number is known for pid " + in.ownPid());
        }
        return freeNumber();
    }
}
