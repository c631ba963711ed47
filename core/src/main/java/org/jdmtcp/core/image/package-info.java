/**
 * Image files: one per process and checkpoint. {@link org.jdmtcp.core.image.ImageWriter} makes one,
 * {@link org.jdmtcp.core.image.ImageReader} reads one, {@link org.jdmtcp.core.image.CheckpointSet} commits those of one
 * checkpoint together.
 *
 * <p>A file is a header of a page, data blocks (memory pages and file contents), the metadata (protobuf,
 * {@code image.proto}) and a trailer. Every byte is under some CRC32C. Data goes through native buffers, never through
 * the Java heap.
 */
@NullMarked
package org.jdmtcp.core.image;

import org.jspecify.annotations.NullMarked;
