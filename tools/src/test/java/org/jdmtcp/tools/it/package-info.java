/** Stories told with the real commands and real programs: launch, checkpoint, kill, restart, and the program says that it is well. */
@NullMarked
package org.jdmtcp.tools.it;

import org.jspecify.annotations.NullMarked;
