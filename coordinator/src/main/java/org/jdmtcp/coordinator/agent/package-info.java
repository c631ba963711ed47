/** The agent's end of the connection to the coordinator. */
@NullMarked
package org.jdmtcp.coordinator.agent;

import org.jspecify.annotations.NullMarked;
