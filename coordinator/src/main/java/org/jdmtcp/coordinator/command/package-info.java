/** The client that dmtcp_command and the console use. */
@NullMarked
package org.jdmtcp.coordinator.command;

import org.jspecify.annotations.NullMarked;
