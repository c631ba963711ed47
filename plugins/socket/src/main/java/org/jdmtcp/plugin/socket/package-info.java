/**
 * Sockets on one host, with what is in flight on them. One class for each kind; {@link
 * org.jdmtcp.plugin.socket.SocketPlugin} lists them.
 */
@NullMarked
package org.jdmtcp.plugin.socket;

import org.jspecify.annotations.NullMarked;
