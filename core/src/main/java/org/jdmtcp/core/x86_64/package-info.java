/**
 * What x86-64 alone decides: register layout, the machine code of the batch gadget and of the stub, the signal frame, how
 * an interrupted system call is restarted. Another architecture is another package with the same classes.
 */
@NullMarked
package org.jdmtcp.core.x86_64;

import org.jspecify.annotations.NullMarked;
