package org.jdmtcp.coordinator.agent;

/**
 * An image that is durable under its temporary name.
 *
 * @param path the absolute name that it will have after the commit
 * @param bytes its size
 */
public record WrittenImage(String path, long bytes) {}
