/** The memory of a stopped process: which pages of it hold something. */
@NullMarked
package org.jdmtcp.core.memory;

import org.jspecify.annotations.NullMarked;
