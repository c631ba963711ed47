/** dmtcp_plugin. */
@NullMarked
package org.jdmtcp.tools.plugin;

import org.jspecify.annotations.NullMarked;
