package org.jdmtcp.core.checkpoint;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.freeze.FrozenTree;
import org.jdmtcp.core.plugin.PluginLog;
import org.jdmtcp.core.plugin.PluginRegistry;
import org.jdmtcp.core.process.message.HeldState;
import org.jdmtcp.core.process.message.PluginState;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.spi.HostStateKind;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.FileStatus;
import org.jdmtcp.spi.view.HostView;
import org.jdmtcp.spi.view.ProcessView;

/** What plugins say of the host: it goes to the image of the first process. Closing it closes what it keeps. */
final class HostClaims implements HostView, AutoCloseable {
    private final Map<Plugin, List<HostStateKind<?>>> kinds = new LinkedHashMap<>();
    private final List<Claim> claims = new ArrayList<>();
    private final List<Fd> files = new ArrayList<>();
    private final List<Kept> kept = new ArrayList<>();
    private final FrozenProcess first;
    private final long firstId;
    private List<ProcessView> processes = List.of();

    private record Claim(String plugin, HeldState message) {}

    HostClaims(final PluginRegistry plugins, final FrozenTree tree) {
        plugins.plugins().forEach(plugin -> kinds.put(plugin, plugin.hostStates()));
        first = tree.processes().getFirst();
        firstId = ResourceIds.first(tree, ResourceIds.HOST);
    }

    /** Asks every kind. @throws org.jdmtcp.spi.Refusal where something cannot be restored */
    void claimAll(final List<ProcessView> stopped, final Timeline timeline) {
        processes = stopped;
        kinds.forEach((plugin, all) -> {
            final long begin = System.nanoTime();
            all.forEach(kind -> claim(plugin.id(), kind));
            if (!all.isEmpty()) {
                timeline.step(plugin.id(), "the host", 0, begin);
            }
        });
    }

    private void claim(final String plugin, final HostStateKind<?> kind) {
        final Optional<? extends MessageLite> state = kind.inspect(this);
        state.ifPresent(s -> {
            if (PluginLog.isOn(plugin)) {
                PluginLog.claimed(plugin, kind.name(), "what belongs to the host", s);
            }
            claims.add(new Claim(
                    plugin,
                    HeldState.newBuilder()
                            .setKind(kind.name())
                            .setState(s.toByteString())
                            .build()));
        });
    }

    /** Adds the claims if that process is the first. */
    void addTo(final Map<String, PluginState.Builder> byPlugin, final int owner) {
        if (owner == first.ownPid()) {
            claims.forEach(claim -> byPlugin.computeIfAbsent(claim.plugin, _ -> PluginState.newBuilder())
                    .addHostStates(claim.message));
        }
    }

    List<Kept> kept() {
        return kept;
    }

    @Override
    public List<ProcessView> processes() {
        return processes;
    }

    @Override
    public boolean hasOwnIpcNamespace() {
        return ipcNamespace("self")
                != ipcNamespace(Integer.toString(first.mainThread().tid()));
    }

    private static long ipcNamespace(final String process) {
        return FileCalls.status("/proc/" + process + "/ns/ipc")
                .map(FileStatus::inode)
                .orElse(0L);
    }

    @Override
    public long keepContents(final Fd file, final long size) {
        final long id = firstId + files.size();
        files.add(file);
        kept.add(new Kept(first.ownPid(), image -> image.contents(id, file, size)));
        return id;
    }

    @Override
    public void close() {
        files.forEach(Fd::close);
    }
}
