package org.jdmtcp.coordinator;

/**
 * One image file of a checkpoint.
 *
 * @param agentId the agent that wrote it
 * @param host the host on which it lies
 * @param path the absolute name that it has once the checkpoint is committed
 * @param bytes its size
 */
public record CheckpointImage(String agentId, String host, String path, long bytes) {}
