package org.jdmtcp.core.checkpoint;

import java.util.function.Consumer;
import org.jdmtcp.core.image.ImageWriter;

/**
 * Contents that a plugin wants to have in an image, to be written before the program goes on.
 *
 * @param owner the process in whose image they go, by its own id
 * @param writer writes them
 */
record Kept(int owner, Consumer<ImageWriter> writer) {}
