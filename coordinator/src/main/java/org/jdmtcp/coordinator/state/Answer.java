package org.jdmtcp.coordinator.state;

import java.util.List;
import org.jdmtcp.coordinator.CheckpointImage;

/** What an agent says about a round. */
public sealed interface Answer {
    /** All of its processes are frozen. */
    record Suspended() implements Answer {}

    /** Everything is claimed and captured. */
    record Captured() implements Answer {}

    /** Something cannot be saved. */
    record Refused(String reason) implements Answer {}

    /** The images are durable under temporary names. */
    record Written(List<CheckpointImage> images) implements Answer {
        public Written {
            images = List.copyOf(images);
        }
    }

    /** It is at work; so many bytes are written. */
    record Progress(long bytes) implements Answer {}

    /** The images have their names. */
    record Committed() implements Answer {}

    /** It could not do its part. */
    record Failed(String reason) implements Answer {}
}
