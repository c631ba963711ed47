package org.jdmtcp.spi.view;

/** A descriptor that is in its place in a process at restart; all descriptors of all processes are. */
public interface RestoredDescriptor {
    /** The process, stopped; its {@link ProcessView#batch} works. */
    ProcessView process();

    /** The descriptor's number there. */
    int number();

    /** A number that no descriptor of the process has, for a moment's use. Different at each call. */
    int freeNumber();
}
