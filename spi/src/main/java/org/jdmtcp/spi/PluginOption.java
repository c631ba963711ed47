package org.jdmtcp.spi;

/**
 * An option of a plugin, set by {@code --plugin-option ID.KEY=VALUE}.
 *
 * @param key its name within the plugin
 * @param description for people, in one line, with the default
 */
public record PluginOption(String key, String description) {}
