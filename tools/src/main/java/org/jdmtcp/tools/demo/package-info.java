/** dmtcp_demo. */
@NullMarked
package org.jdmtcp.tools.demo;

import org.jspecify.annotations.NullMarked;
