package org.jdmtcp.core.checkpoint;

/** What a checkpoint does about the contents of open files that have a name. */
public enum OpenFileContents {
    /** They belong to the file system. */
    LEAVE,
    /** They are kept in the images; a restart makes files again that are missing, and refuses where one has changed. */
    KEEP,
    /** As KEEP, and a restart may replace what has changed. */
    KEEP_AND_OVERWRITE
}
