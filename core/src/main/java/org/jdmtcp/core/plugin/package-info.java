/** Finding, ordering and running plugins. */
@NullMarked
package org.jdmtcp.core.plugin;

import org.jspecify.annotations.NullMarked;
