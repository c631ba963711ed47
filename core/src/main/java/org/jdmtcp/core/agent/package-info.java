/** The owner of the engine: it starts or takes in a program and does what the coordinator asks. */
@NullMarked
package org.jdmtcp.core.agent;

import org.jspecify.annotations.NullMarked;
