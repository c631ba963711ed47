/** The order of a restart: growing a tree of processes back. */
@NullMarked
package org.jdmtcp.core.restart;

import org.jspecify.annotations.NullMarked;
