/** The tools' logs: what is written down, and where. */
@NullMarked
package org.jdmtcp.tools.log;

import org.jspecify.annotations.NullMarked;
