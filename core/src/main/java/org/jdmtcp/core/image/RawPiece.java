package org.jdmtcp.core.image;

/**
 * Memory whose bytes stand in the image as they are.
 *
 * @param address in the process, page-aligned
 * @param size bytes, whole pages
 * @param fileOffset bytes from the start of the image; page-aligned
 */
public record RawPiece(long address, long size, long fileOffset) {}
