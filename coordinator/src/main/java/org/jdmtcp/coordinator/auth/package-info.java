/** The shared secret and the mutual proof that both ends know it. */
@NullMarked
package org.jdmtcp.coordinator.auth;

import org.jspecify.annotations.NullMarked;
