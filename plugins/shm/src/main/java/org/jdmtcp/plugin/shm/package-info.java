/**
 * Memory that processes share, and the resources of an IPC namespace: one class for each kind, with inspect and restore
 * side by side; {@link org.jdmtcp.plugin.shm.ShmPlugin} lists them.
 */
@NullMarked
package org.jdmtcp.plugin.shm;

import org.jspecify.annotations.NullMarked;
