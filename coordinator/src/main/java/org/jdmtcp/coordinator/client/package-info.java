/** What agents and commands share to reach a coordinator: an authenticated channel. */
@NullMarked
package org.jdmtcp.coordinator.client;

import org.jspecify.annotations.NullMarked;
