/** What the commands share. Each command has a package of its own below this one. */
@NullMarked
package org.jdmtcp.tools;

import org.jspecify.annotations.NullMarked;
