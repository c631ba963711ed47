/**
 * Open files: regular files, directories, pipes, FIFOs, devices, standard streams, eventfd, epoll. One class for each
 * kind, with inspect and restore side by side; {@link org.jdmtcp.plugin.fd.FdPlugin} lists them.
 */
@NullMarked
package org.jdmtcp.plugin.fd;

import org.jspecify.annotations.NullMarked;
