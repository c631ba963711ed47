/** What x86-64 alone decides of the kernel's interface: system call numbers. */
@NullMarked
package org.jdmtcp.spi.linux.x86_64;

import org.jspecify.annotations.NullMarked;
