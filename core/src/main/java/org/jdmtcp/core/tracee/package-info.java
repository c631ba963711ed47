/**
 * Stopped threads and what can be done with them: read and write their registers, have them execute system calls.
 *
 * <p>All of it happens on one thread, the {@link org.jdmtcp.core.tracee.PtraceThread}: the kernel binds a tracee to the
 * thread that seized it. Every ptrace request of the project is issued by {@link org.jdmtcp.core.tracee.Ptrace}.
 */
@NullMarked
package org.jdmtcp.core.tracee;

import org.jspecify.annotations.NullMarked;
