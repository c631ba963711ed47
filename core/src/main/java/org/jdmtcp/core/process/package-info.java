/** State that the kernel holds for a process apart from its descriptors: one class per kind, capture and rebuild side by side. */
@NullMarked
package org.jdmtcp.core.process;

import org.jspecify.annotations.NullMarked;
