package org.jdmtcp.tools.agent;

/**
 * Options that are understood without picocli, which costs more time than all the rest up to the start of the program.
 * Whatever is not taken here, a mistake included, picocli reads from the beginning; so each rule here must be one of the
 * picocli annotations beside it.
 */
public interface QuickOptions {
    /** Takes an option without a value. @return whether it is one, and was not given before */
    default boolean takeFlag(final String name) {
        return false;
    }

    /** Takes an option with a value. @return whether it is one, was not given before, and the value can be right */
    default boolean takeValue(final String name, final String value) {
        return false;
    }
}
