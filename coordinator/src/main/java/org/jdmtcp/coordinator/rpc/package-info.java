/** The gRPC server: translates between messages and the state machines, and owns the one thread that drives them. */
@NullMarked
package org.jdmtcp.coordinator.rpc;

import org.jspecify.annotations.NullMarked;
