package org.jdmtcp.core.plugin;

/** A user's plugin threw, or did not come back. The message names it, and says in what. */
public final class PluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PluginException(final String message) {
        super(message);
    }

    PluginException(final String plugin, final String call, final Throwable cause) {
        super("the plugin \"" + plugin + "\" failed in " + call + ": " + cause + hint(cause), cause);
    }

    /** What a mistake in building the jar looks like when it shows. */
    static String hint(final Throwable cause) {
        if (cause instanceof UnsupportedClassVersionError) {
            return "; build it for Java " + Runtime.version().feature() + " or older";
        }
        if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
            return "; a plugin sees the plugin interface, protobuf and slf4j's API alone: pack what else it needs into its jar";
        }
        return cause instanceof IncompatibleClassChangeError
                ? "; it was built for another version of the plugin interface than " + org.jdmtcp.spi.SpiVersion.CURRENT
                        + ", which is here"
                : "";
    }
}
