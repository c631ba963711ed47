package org.jdmtcp.core.image;

/**
 * What an image came to. All in bytes.
 *
 * @param fileSize of the image
 * @param memory page data, before compression
 * @param zeros pages of zeros that were found and not stored
 * @param shared pages that are the parent's and were not stored
 * @param contents of files, before compression, without holes
 */
public record ImageSummary(long fileSize, long memory, long zeros, long shared, long contents) {}
