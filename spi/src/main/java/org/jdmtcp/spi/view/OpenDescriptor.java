package org.jdmtcp.spi.view;

import java.util.List;

/**
 * A descriptor of a process that is being inquired.
 *
 * @param number its number
 * @param file the open file that it refers to
 * @param isFirst whether it is the first descriptor of its open file in the whole computation: what belongs to the open file
 *     rather than to the process is told of it alone
 * @param locks values of the {@code lock:} lines of its fdinfo: locks that the process or the open file holds by way of it
 */
public record OpenDescriptor(int number, DescriptorView file, boolean isFirst, List<String> locks) {
    public OpenDescriptor {
        locks = List.copyOf(locks);
    }
}
