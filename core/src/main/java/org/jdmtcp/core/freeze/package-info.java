/** Bringing a tree of processes to a stop, whatever it does meanwhile, and letting it go again. */
@NullMarked
package org.jdmtcp.core.freeze;

import org.jspecify.annotations.NullMarked;
