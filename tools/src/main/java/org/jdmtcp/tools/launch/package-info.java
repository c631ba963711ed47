/** dmtcp_launch. */
@NullMarked
package org.jdmtcp.tools.launch;

import org.jspecify.annotations.NullMarked;
