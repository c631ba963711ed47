/** dmtcp_command. */
@NullMarked
package org.jdmtcp.tools.command;

import org.jspecify.annotations.NullMarked;
