/** dmtcp_coordinator, and the starting of coordinators in the background. */
@NullMarked
package org.jdmtcp.tools.coordinator;

import org.jspecify.annotations.NullMarked;
