/** What dmtcp_launch and dmtcp_restart have in common: an agent, joined to a coordinator. */
@NullMarked
package org.jdmtcp.tools.agent;

import org.jspecify.annotations.NullMarked;
