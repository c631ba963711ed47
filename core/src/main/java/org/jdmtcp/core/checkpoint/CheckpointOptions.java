package org.jdmtcp.core.checkpoint;

import java.nio.file.Path;
import org.jdmtcp.core.image.Codec;

/**
 * How a checkpoint is to be made.
 *
 * @param directory where the images go
 * @param codec compression of the data blocks
 * @param forked whether memory is written from a forked copy while the program runs on, or in place while it is stopped
 * @param computation id of the computation, from the coordinator
 * @param generation number of this checkpoint, from 1
 * @param uniqueNames whether file names carry the generation, so that earlier checkpoints are kept
 * @param openFiles what becomes of the contents of open files
 */
public record CheckpointOptions(
        Path directory,
        Codec codec,
        boolean forked,
        String computation,
        int generation,
        boolean uniqueNames,
        OpenFileContents openFiles) {}
