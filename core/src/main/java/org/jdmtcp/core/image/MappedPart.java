package org.jdmtcp.core.image;

import org.jdmtcp.spi.linux.MemoryCalls.Range;

/**
 * A part of an object's contents that can be read in the memory of a process that has it mapped.
 *
 * @param pid the process, which must not run
 * @param memory where the part lies in it
 * @param offset where the part lies in the object, bytes
 */
public record MappedPart(int pid, Range memory, long offset) {}
