package org.jdmtcp.coordinator.state;

import java.util.List;

/**
 * What became of an order to kill.
 *
 * @param killed how many agents have left
 * @param notGone who had not left within the bound, described for people
 */
public record KillResult(int killed, List<String> notGone) {
    public KillResult {
        notGone = List.copyOf(notGone);
    }
}
