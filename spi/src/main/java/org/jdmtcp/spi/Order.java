package org.jdmtcp.spi;

import java.util.List;

/**
 * A wish for a place among other plugins, by their ids; ids that are not there are ignored. The order is kept on the way
 * down (suspend, drain, capture) and reversed on the way up (refill, resume, restart).
 *
 * @param after ids of plugins that come before this one
 * @param before ids of plugins that come after this one
 */
public record Order(List<String> after, List<String> before) {
    /** No wish. */
    public static final Order ANY = new Order(List.of(), List.of());

    public Order {
        after = List.copyOf(after);
        before = List.copyOf(before);
    }
}
