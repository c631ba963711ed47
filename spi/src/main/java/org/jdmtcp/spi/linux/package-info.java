/**
 * Typed Linux calls: the only place that leaves Java for the kernel.
 *
 * <p>Paths and names are <em>byte strings</em>: Java strings of characters 0..255 that stand for the octets of the name
 * one to one (ISO-8859-1), since the kernel's names are octets and not text. Memory is a
 * {@link java.lang.foreign.MemorySegment}; addresses of this process and of another are both {@code long}, and the
 * parameter's name says whose they are. Failures are {@link org.jdmtcp.spi.linux.LinuxException}s that carry errno.
 */
@NullMarked
package org.jdmtcp.spi.linux;

import org.jspecify.annotations.NullMarked;
