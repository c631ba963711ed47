/** dmtcp_restart. */
@NullMarked
package org.jdmtcp.tools.restart;

import org.jspecify.annotations.NullMarked;
