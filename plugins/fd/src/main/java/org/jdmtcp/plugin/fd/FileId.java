package org.jdmtcp.plugin.fd;

/** Which file an open file shows: several open files may show one. */
record FileId(long device, long inode) {}
