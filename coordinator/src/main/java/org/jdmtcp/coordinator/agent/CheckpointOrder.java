package org.jdmtcp.coordinator.agent;

/**
 * The coordinator's order to take a checkpoint.
 *
 * @param round names this attempt in all later reports and orders; unique within one connection
 * @param generation the number of this checkpoint in the computation, 1 for the first; an aborted attempt's number is used again
 * @param killAfter the processes will be killed once the checkpoint is committed, so they need not run on until then
 * @param members how many agents take part
 */
public record CheckpointOrder(long round, long generation, boolean killAfter, int members) {}
