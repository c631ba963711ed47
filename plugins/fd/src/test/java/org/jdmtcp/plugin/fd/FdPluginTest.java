package org.jdmtcp.plugin.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jdmtcp.spi.linux.FileCalls.*;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.List;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.jdmtcp.spi.DescriptorKind;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.RestoreContext;
import org.jdmtcp.spi.linux.Fd;
import org.jdmtcp.spi.linux.FileCalls;
import org.jdmtcp.spi.linux.SocketCalls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The plugin as the engine finds it, devices and standard streams. */
final class FdPluginTest {
    private final TestComputation computation = new TestComputation();

    @Test
    void isFoundAndItsKindsHaveNamesOfTheirOwn() {
        final Plugin plugin = ServiceLoader.load(Plugin.class).findFirst().orElseThrow();
        assertThat(plugin.id()).isEqualTo("fd");
        assertThat(plugin.descriptors())
                .extracting(DescriptorKind::name)
                .doesNotHaveDuplicates()
                .startsWith("standard-stream");
    }

    @Test
    void whatItDoesNotKnowIsNotClaimed() {
        final Fd[] sockets = SocketCalls.pair();
        for (final DescriptorKind<?> kind : new FdPlugin().descriptors()) {
            assertThat(kind.inspect(computation.view(sockets[0])))
                    .as(kind.name())
                    .isEmpty();
        }
    }

    @Test
    void aPipeIsNotHeldOpenAfterTheRestart() {
        final FdPlugin plugin = new FdPlugin();
        final Pipe kind = (Pipe) plugin.descriptors().stream()
                .filter(Pipe.class::isInstance)
                .findFirst()
                .orElseThrow();
        final Fd[] ends = pipe(0);
        ends[1].close();
        final PipeState state = kind.inspect(computation.view(ends[0])).orElseThrow();
        try (Fd read = kind.restore(state, computation)) {
            plugin.on(new Event.Restart(List.of()));
            assertThat(TestComputation.read(read, 1)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"})
    void aDeviceWithoutStateComesBack(final String path) {
        final CharacterDevice kind = new CharacterDevice();
        try (Fd fd = open(path, O_RDWR | O_NONBLOCK)) {
            final CharacterDeviceState state =
                    kind.inspect(computation.view(fd)).orElseThrow();
            final CharacterDeviceState moved = state.toBuilder()
                    .setPath(BytePath.bytes("/chroot/of/old" + path))
                    .build();
            try (Fd again = kind.restore(moved, computation)) {
                assertThat(FileCalls.status(again).rdev())
                        .isEqualTo(FileCalls.status(fd).rdev());
                assertThat(StatusFlags.of(again)).isEqualTo(StatusFlags.of(fd));
            }
        }
    }

    @Test
    void aStandardStreamIsTheRestartsOwn() {
        final StandardStream kind = new StandardStream();
        final Fd[] ends = pipe(0);
        final TestComputation.View view = computation.view(ends[1]);
        view.stream = OptionalInt.of(1);
        final StandardStreamState state = kind.inspect(view).orElseThrow();
        final RestoreContext context = mock(RestoreContext.class);
        final Fd[] other = pipe(0);
        when(context.standardStream(1)).thenAnswer(_ -> other[1].duplicate());
        try (Fd again = kind.restore(state, context)) {
            TestComputation.write(again, "out");
            assertThat(TestComputation.read(other[0], 10)).isEqualTo("out");
        }
        try (Fd again =
                kind.restore(state.toBuilder().setFlags(O_RDWR | O_NONBLOCK).build(), context)) {
            assertThat(StatusFlags.of(again) & (O_ACCMODE | O_NONBLOCK)).isEqualTo(O_WRONLY | O_NONBLOCK);
            assertThat(StatusFlags.of(other[1]) & O_NONBLOCK).isZero();
        }
    }

    @Test
    void aStreamOpenedAgainThroughProcIsTheStreamToo() {
        final StandardStream kind = new StandardStream();
        final Fd[] ends = pipe(0);
        computation.view(ends[1]).stream = OptionalInt.of(2);
        try (Fd reopened = StatusFlags.reopen(ends[1], O_WRONLY)) {
            assertThat(kind.inspect(computation.view(reopened)).orElseThrow().getNumber())
                    .isEqualTo(2);
        }
        assertThat(kind.inspect(computation.view(ends[0]))).isEmpty();
    }
}
