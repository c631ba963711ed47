package org.jdmtcp.coordinator.state;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The key-value store of a computation. Numbers are kept as decimal ASCII. */
public final class KeyValues {
    /** A request that makes no sense for the value that is there. */
    public static final class NotANumberException extends Exception {
        private static final long serialVersionUID = 1L;

        NotANumberException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Where a value lies.
     *
     * @param round 0 for as long as the computation lasts, else dropped when another round begins
     */
    public record Key(long round, String database, String key) {}

    private final Map<Key, byte[]> values = new HashMap<>();

    /** The value, a copy. */
    public Optional<byte[]> get(Key key) {
        return Optional.ofNullable(values.get(key)).map(byte[]::clone);
    }

    /** Sets the value; takes a copy. */
    public void set(Key key, byte[] value) {
        values.put(key, value.clone());
    }

    /** Combines the number there with the operand; a missing one becomes the operand. Returns the new number. */
    public long update(ValueOperator operator, Key key, long operand) throws NotANumberException {
        byte[] old = values.get(key);
        long result = operand;
        if (old != null) {
            try {
                result = operator.apply(Long.parseLong(new String(old, StandardCharsets.ISO_8859_1)), operand);
            } catch (NumberFormatException e) {
                throw new NotANumberException(
                        "the value of " + key.key() + " in " + key.database() + " is not a decimal number", e);
            } catch (ArithmeticException e) {
                throw new NotANumberException(
                        "the value of " + key.key() + " in " + key.database() + " would not fit 64 bits", e);
            }
        }
        values.put(key, Long.toString(result).getBytes(StandardCharsets.US_ASCII));
        return result;
    }

    /** Another round begins. */
    public void beginRound(long round) {
        values.keySet().removeIf(key -> key.round() != 0 && key.round() != round);
    }

    /** Another computation begins. */
    public void clear() {
        values.clear();
    }
}
