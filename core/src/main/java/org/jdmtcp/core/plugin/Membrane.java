package org.jdmtcp.core.plugin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jdmtcp.spi.Plugin;
import org.jdmtcp.spi.Refusal;
import org.jdmtcp.spi.linux.LinuxException;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the engine and a user's plugin, so that a call of the plugin runs on the plugin's thread, within its time, and a
 * call back into the engine on the engine's. Every object of an interface of the SPI that crosses it gets a stand-in, also within
 * lists, optionals and the SPI's records; what crosses back is itself again. New methods of the SPI need nothing here.
 */
final class Membrane {
    private static final String SPI = "org.jdmtcp.spi";
    private static final String ENGINE = "org.jdmtcp.core.";

    private final String plugin;
    private final PluginThread thread;

    /** A side: how its objects are called, and what a value is called with or gives back on the other one. */
    private enum Side {
        ENGINE,
        PLUGIN
    }

    private Membrane(final String plugin, final Duration limit) {
        this.plugin = plugin;
        thread = new PluginThread(plugin, limit);
    }

    /**
     * The plugin, as the engine may call it.
     *
     * @param id its id
     * @param limit for each call
     */
    static Plugin around(final Plugin plugin, final String id, final Duration limit) {
        return (Plugin) standIn(new Membrane(id, limit).new Crossing(Side.PLUGIN, plugin));
    }

    private static Object standIn(final Crossing crossing) {
        return Proxy.newProxyInstance(
                Membrane.class.getClassLoader(), interfaces(crossing.target.getClass()), crossing);
    }

    private static Class<?>[] interfaces(final Class<?> type) {
        final Set<Class<?>> found = new LinkedHashSet<>();
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            collect(at.getInterfaces(), found);
        }
        return found.toArray(Class<?>[]::new);
    }

    private static void collect(final Class<?>[] types, final Set<Class<?>> found) {
        for (final Class<?> type : types) {
            if (isOfSpi(type)) {
                found.add(type);
            }
            collect(type.getInterfaces(), found);
        }
    }

    private static boolean isOfSpi(final Class<?> type) {
        return type.getName().startsWith(SPI + ".") && !type.isSealed();
    }

    /** One object, called from the other side. */
    private final class Crossing implements InvocationHandler {
        private final Side side;
        private final Object target;

        Crossing(final Side side, final Object target) {
            this.side = side;
            this.target = target;
        }

        @Override
        public @Nullable Object invoke(
                final Object proxy, final Method method, final @Nullable Object @Nullable [] arguments)
                throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return ofObject(method, arguments);
            }
            if (target instanceof Plugin && method.getName().equals("id")) {
                return plugin;
            }
            return side == Side.PLUGIN ? callPlugin(method, arguments) : callEngine(method, arguments);
        }

        private Object ofObject(final Method method, final @Nullable Object @Nullable [] arguments) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && within(arguments[0], this::unwrap) == target;
                case "hashCode" -> System.identityHashCode(target);
                default -> target.getClass().getName();
            };
        }

        private @Nullable Object unwrap(final @Nullable Object value) {
            return value != null
                            && Proxy.isProxyClass(value.getClass())
                            && Proxy.getInvocationHandler(value) instanceof Crossing crossing
                    ? crossing.target
                    : value;
        }

        private @Nullable Object callPlugin(final Method method, final @Nullable Object @Nullable [] arguments)
                throws Throwable {
            final String what = describe(method, arguments);
            try {
                return cross(
                        thread.call(what, () -> method.invoke(target, crossAll(arguments, Side.ENGINE))), Side.PLUGIN);
            } catch (final InvocationTargetException e) {
                throw failure(method, what, e.getCause() == null ? e : e.getCause());
            }
        }

        // A plugin cannot make an exception of the engine's: such a one was thrown by what it has called, and is on its
        // way
        // to who understands it.
        private Throwable failure(final Method method, final String what, final Throwable cause) {
            final boolean isMeant = cause instanceof Refusal
                    || cause.getClass().getName().startsWith(ENGINE)
                    || cause instanceof LinuxException && method.getName().equals("restore")
                    || cause instanceof IllegalArgumentException
                            && method.getName().equals("configure");
            return isMeant ? cause : new PluginException(plugin, what, cause);
        }

        private @Nullable Object callEngine(final Method method, final @Nullable Object @Nullable [] arguments)
                throws Throwable {
            try {
                return cross(thread.ask(() -> method.invoke(target, crossAll(arguments, Side.PLUGIN))), Side.ENGINE);
            } catch (final InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }

        private String describe(final Method method, final @Nullable Object @Nullable [] arguments) {
            final String name = target.getClass().getSimpleName() + "." + method.getName();
            return method.getName().equals("on") && arguments != null && arguments[0] != null
                    ? name + " at " + arguments[0].getClass().getSimpleName()
                    : name;
        }
    }

    private @Nullable Object @Nullable [] crossAll(final @Nullable Object @Nullable [] values, final Side home) {
        if (values == null) {
            return null;
        }
        final @Nullable Object[] crossed = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            crossed[i] = cross(values[i], home);
        }
        return crossed;
    }

    /** What the other side is to get for a value of this one. */
    private @Nullable Object cross(final @Nullable Object value, final Side home) {
        return within(value, each -> crossOne(each, home));
    }

    private Object crossOne(final Object value, final Side home) {
        if (Proxy.isProxyClass(value.getClass())
                && Proxy.getInvocationHandler(value) instanceof Crossing crossing
                && crossing.side != home) {
            return crossing.target;
        }
        return interfaces(value.getClass()).length == 0 ? value : standIn(new Crossing(home, value));
    }

    private static @Nullable Object within(final @Nullable Object value, final UnaryOperator<Object> change) {
        return switch (value) {
            case null -> null;
            case List<?> list -> {
                final List<Object> changed = new ArrayList<>();
                list.forEach(each -> changed.add(within(each, change)));
                yield changed;
            }
            case Optional<?> optional -> optional.map(each -> within(each, change));
            case Record data when isOfSpi(data.getClass()) -> inRecord(data, change);
            default -> change.apply(value);
        };
    }

    private static Object inRecord(final Record data, final UnaryOperator<Object> change) {
        final RecordComponent[] components = data.getClass().getRecordComponents();
        final @Nullable Object[] values = new @Nullable Object[components.length];
        final Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                values[i] = within(components[i].getAccessor().invoke(data), change);
                types[i] = components[i].getType();
            }
            return data.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException("a record of the SPI is not public: " + data.getClass(), e);
        }
    }
}
