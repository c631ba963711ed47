package org.jdmtcp.core.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint that is valid.
 *
 * @param images final paths
 * @param bytes of all images
 * @param pauseNanos how long the programs stood still
 */
public record CheckpointResult(List<Path> images, long bytes, long pauseNanos) {}
