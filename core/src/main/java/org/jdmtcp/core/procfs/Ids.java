package org.jdmtcp.core.procfs;

/** The four user or group ids of a thread. Ids are 32 bits without sign. */
public record Ids(int real, int effective, int saved, int filesystem) {}
