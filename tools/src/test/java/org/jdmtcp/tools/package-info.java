@NullMarked
package org.jdmtcp.tools;

import org.jspecify.annotations.NullMarked;
