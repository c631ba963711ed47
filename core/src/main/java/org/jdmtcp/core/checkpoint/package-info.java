/** The order of a checkpoint, who claims what, and the views that plugins get. */
@NullMarked
package org.jdmtcp.core.checkpoint;

import org.jspecify.annotations.NullMarked;
