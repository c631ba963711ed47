/** What the coordinator, its agents and the commands have in common: addresses, errors, processes, images. */
@NullMarked
package org.jdmtcp.coordinator;

import org.jspecify.annotations.NullMarked;
