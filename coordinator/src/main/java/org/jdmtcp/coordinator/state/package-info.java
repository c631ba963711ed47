/** Plain state machines: no threads, no clocks of their own, no messages of gRPC. */
@NullMarked
package org.jdmtcp.coordinator.state;

import org.jspecify.annotations.NullMarked;
