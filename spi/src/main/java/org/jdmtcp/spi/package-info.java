/**
 * What a plugin author sees: the contract of a plugin, its events and barriers, and how it claims and restores descriptors.
 *
 * <p>A {@link org.jdmtcp.spi.Plugin} is found by {@link java.util.ServiceLoader}. It never touches ptrace: at a checkpoint
 * it looks at descriptors that the agent duplicated to itself; at a restart it makes the object in the agent and the
 * engine hands it to the processes that had it.
 */
@NullMarked
package org.jdmtcp.spi;

import org.jspecify.annotations.NullMarked;
