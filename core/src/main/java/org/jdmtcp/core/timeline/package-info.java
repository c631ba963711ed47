/** How long what took in a checkpoint or a restart. */
@NullMarked
package org.jdmtcp.core.timeline;

import org.jspecify.annotations.NullMarked;
