package org.jdmtcp.core.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jdmtcp.core.freeze.FrozenProcess;
import org.jdmtcp.core.image.CheckpointSet;
import org.jdmtcp.core.image.ImageWriter;
import org.jdmtcp.core.image.SetIdentity;
import org.jdmtcp.core.process.message.ComputationState;
import org.jdmtcp.core.process.message.ProcessState;
import org.jdmtcp.core.timeline.Timeline;
import org.jdmtcp.core.tracee.Ptrace;
import org.jdmtcp.core.tracee.PtraceThread;
import org.jdmtcp.spi.linux.MemoryCalls;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a checkpoint on their way to the disk: what has to be read while the program stands still goes first, the
 * rest is read from snapshots while it runs. Closing it gives up what was not committed, and the snapshots.
 */
final class PendingImages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PendingImages.class);

    private final PtraceThread thread;
    private final CheckpointOptions options;
    private final HostCapture capture;
    private final Map<FrozenProcess, String> names = new LinkedHashMap<>();
    private final Map<FrozenProcess, ImageWriter> writers = new LinkedHashMap<>();
    private final Map<FrozenProcess, Snapshot> snapshots = new LinkedHashMap<>();
    private final Map<Integer, MemoryWriter.Written> written = new LinkedHashMap<>();
    private final Map<FrozenProcess, List<Long>> guards = new LinkedHashMap<>();
    private final CheckpointSet set;
    private final long begin;
    private long pauseNanos;
    private long bytes;

    /** Takes ownership of the capture. @throws org.jdmtcp.core.image.ImageException where the directory is of no use */
    static PendingImages begin(
            final PtraceThread thread, final CheckpointOptions options, final HostCapture capture, final long begin) {
        try {
            return new PendingImages(thread, options, capture, begin);
        } catch (final RuntimeException e) {
            capture.close();
            throw e;
        }
    }

    private PendingImages(
            final PtraceThread thread, final CheckpointOptions options, final HostCapture capture, final long begin) {
        this.thread = thread;
        this.options = options;
        this.capture = capture;
        this.begin = begin;
        final ImageNames imageNames = new ImageNames(options);
        capture.processes().forEach(process -> names.put(process, imageNames.of(process)));
        set = CheckpointSet.begin(
                options.directory(),
                new SetIdentity(options.computation(), options.generation(), List.copyOf(names.values())),
                imageNames::givesWay);
    }

    /** Takes the memory while everything is stopped: forks it, and writes what a fork does not copy. On the ptrace thread. */
    void takeMemory(final Ptrace ptrace) {
        if (options.forked()) {
            snapshots.putAll(Snapshots.of(ptrace, capture));
        }
        for (final FrozenProcess process : capture.processes()) {
            final int tid = process.mainThread().tid();
            if (!snapshots.containsKey(process)) {
                writeMemory(process, tid, image(process), area -> true);
            } else if (capture.areas(process).stream().anyMatch(area -> !area.forked())) {
                noteGuards(
                        process,
                        MemoryWriter.write(tid, capture.areas(process), area -> !area.forked(), image(process), null));
            }
            capture.kept(process).forEach(kept -> kept.writer().accept(image(process)));
        }
    }

    // Made when there is something to write, which is after the pause for most processes.
    private ImageWriter image(final FrozenProcess process) {
        return writers.computeIfAbsent(
                process, p -> set.add(name(p), options.codec(), options.codec().defaultLevel()));
    }

    private void writeMemory(
            final FrozenProcess process,
            final int pid,
            final ImageWriter image,
            final java.util.function.Predicate<MappingCapture.MemoryArea> which) {
        final int parent = capture.state(process).getIdentity().getParent();
        final MemoryWriter.Written memory =
                MemoryWriter.write(pid, capture.areas(process), which, image, written.get(parent));
        written.put(process.ownPid(), memory);
        noteGuards(process, memory);
    }

    private void noteGuards(final FrozenProcess process, final MemoryWriter.Written memory) {
        for (final MemoryCalls.Range range : memory.guards()) {
            guards.computeIfAbsent(process, p -> new ArrayList<>()).add(range.address());
            guards.computeIfAbsent(process, p -> new ArrayList<>()).add(range.size());
        }
    }

    private ProcessState state(final FrozenProcess process) {
        final ProcessState.Builder state = capture.state(process).toBuilder();
        state.getMemoryBuilder().addAllGuards(guards.getOrDefault(process, List.of()));
        return state.build();
    }

    /** The programs run again. */
    void resumed() {
        pauseNanos = System.nanoTime() - begin;
    }

    /** Writes what is left; the images are durable when this returns, under temporary names. On any other thread. */
    void write(final LongConsumer progress, final Timeline timeline) {
        for (final FrozenProcess process : capture.processes()) {
            final long started = System.nanoTime();
            final ImageWriter image = image(process);
            image.onProgress(done -> progress.accept(bytes + done));
            final Snapshot snapshot = snapshots.get(process);
            if (snapshot != null) {
                writeMemory(process, snapshot.pid(), image, MappingCapture.MemoryArea::forked);
            }
            capture.sources().write(process, image);
            image.section("process", state(process));
            image.section("computation", computation());
            capture.pluginStates(process).forEach((id, state) -> image.section("plugin:" + id, state));
            final long size = image.finish().fileSize();
            bytes += size;
            LOG.debug(
                    "image {} of pid {}: {} bytes",
                    name(process),
                    process.mainThread().tid(),
                    size);
            timeline.step("", "image " + name(process), process.mainThread().tid(), started);
        }
    }

    private ComputationState computation() {
        final ComputationState.Builder computation = ComputationState.newBuilder()
                .setComputation(options.computation())
                .setGeneration(options.generation())
                .addAllImages(names.values())
                .setClocks(capture.clocks())
                .setAllowFileOverwrite(options.openFiles() == OpenFileContents.KEEP_AND_OVERWRITE);
        capture.recordPlugins(computation);
        return computation.build();
    }

    private String name(final FrozenProcess process) {
        return Objects.requireNonNull(names.get(process));
    }

    /** Makes the images valid. */
    void commit() {
        set.commit();
    }

    List<Path> paths() {
        final List<Path> paths = new ArrayList<>();
        names.values().forEach(name -> paths.add(options.directory().resolve(name)));
        return paths;
    }

    long bytes() {
        return bytes;
    }

    CheckpointResult result() {
        return new CheckpointResult(paths(), bytes, pauseNanos);
    }

    /** Gives up, on the ptrace thread. */
    void abandon() {
        snapshots.values().forEach(Snapshot::close);
        release();
    }

    private void release() {
        capture.close();
        set.close();
    }

    @Override
    public void close() {
        thread.run(ptrace -> {
            snapshots.values().forEach(Snapshot::close);
            return snapshots.size();
        });
        release();
    }
}
