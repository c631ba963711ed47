package org.jdmtcp.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jdmtcp.spi.Barrier;
import org.jdmtcp.spi.Event;
import org.jdmtcp.spi.Phase;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.Scope;
import org.jdmtcp.spi.view.ProcessView;
import org.junit.jupiter.api.Test;

/** A user's plugin runs on its own thread, the engine on its own, and neither can hold up the other for long. */
class MembraneTest {
    private static final Duration LIMIT = Duration.ofMillis(300);

    private final List<Thread> pluginThreads = new ArrayList<>();
    private final List<Thread> engineThreads = new ArrayList<>();
    private final List<ProcessView> seen = new ArrayList<>();

    private interface Behaviour {
        void on(Event event) throws Exception;
    }

    private Plugin plugin(final Behaviour behaviour) {
        return Membrane.around(
                new Plugin() {
                    @Override
                    public String id() {
                        return "stranger";
                    }

                    @Override
                    public List<Barrier> barriers() {
                        return List.of(new Barrier(
                                "b", Phase.DRAIN, Scope.HOST, () -> pluginThreads.add(Thread.currentThread())));
                    }

                    @Override
                    public void on(final Event event) {
                        pluginThreads.add(Thread.currentThread());
                        try {
                            behaviour.on(event);
                        } catch (final RuntimeException e) {
                            throw e;
                        } catch (final Exception e) {
                            throw new IllegalStateException(e);
                        }
                    }
                },
                "stranger",
                LIMIT);
    }

    private ProcessView process() {
        return (ProcessView) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ProcessView.class}, (proxy, method, arguments) -> {
                    engineThreads.add(Thread.currentThread());
                    if (method.getName().equals("batch")) {
                        throw new Refusal("the engine says no");
                    }
                    return method.getReturnType() == int.class ? (Object) 42 : "name";
                });
    }

    private static int firstPid(final Event event) {
        return ((Event.Suspended) event).processes().getFirst().pid();
    }

    @Test
    void eachSideRunsOnItsOwnThread() {
        final List<Integer> pids = new ArrayList<>();
        plugin(event -> pids.add(firstPid(event))).on(new Event.Suspended(List.of(process())));
        assertThat(pids).containsExactly(42);
        assertThat(engineThreads).containsOnly(Thread.currentThread());
        assertThat(pluginThreads).doesNotContain(Thread.currentThread()).hasSize(1);
    }

    @Test
    void whatThePluginGivesBackIsCalledOnItsThreadToo() {
        final Plugin plugin = plugin(event -> {});
        plugin.on(new Event.Running());
        plugin.barriers().getFirst().action().run();
        assertThat(pluginThreads).hasSize(2).doesNotContain(Thread.currentThread());
        assertThat(pluginThreads.getFirst()).isSameAs(pluginThreads.getLast());
    }

    @Test
    void whatThePluginThrowsNamesIt() {
        final Plugin plugin = plugin(event -> {
            throw new IllegalStateException("out of luck");
        });
        assertThatThrownBy(() -> plugin.on(new Event.Running()))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("\"stranger\"")
                .hasMessageContaining("at Running")
                .hasMessageContaining("out of luck");
    }

    @Test
    void refusalsPassAsTheyAre() {
        final Plugin plugin =
                plugin(event -> ((Event.Suspended) event).processes().getFirst().batch());
        assertThatThrownBy(() -> plugin.on(new Event.Suspended(List.of(process()))))
                .isExactlyInstanceOf(Refusal.class)
                .hasMessage("the engine says no");
    }

    @Test
    void whoDoesNotComeBackIsGivenUpAndTheNextCallWorks() {
        final CountDownLatch never = new CountDownLatch(1);
        final Plugin plugin = plugin(event -> {
            if (event instanceof Event.Launch) {
                never.await();
            }
        });
        assertThatThrownBy(() -> plugin.on(new Event.Launch(1)))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("\"stranger\" did not come back");
        plugin.on(new Event.Running());
        assertThat(pluginThreads.getFirst()).isNotSameAs(pluginThreads.getLast());
    }

    @Test
    void viewsAreOfNoUseOnOtherThreads() {
        final Plugin plugin = plugin(event -> seen.addAll(((Event.Suspended) event).processes()));
        plugin.on(new Event.Suspended(List.of(process())));
        assertThatThrownBy(() -> seen.getFirst().pid()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aViewIsEqualToItself() {
        final ProcessView process = process();
        final List<Boolean> equal = new ArrayList<>();
        final Plugin plugin = plugin(event -> {
            final List<ProcessView> views = ((Event.Suspended) event).processes();
            equal.add(views.getFirst().equals(views.getLast()));
        });
        plugin.on(new Event.Suspended(List.of(process, process)));
        assertThat(equal).containsExactly(true);
    }
}
