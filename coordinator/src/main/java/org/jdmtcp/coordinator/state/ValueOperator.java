package org.jdmtcp.coordinator.state;

/** How the key-value store combines a number with an operand. */
public enum ValueOperator {
    INCRBY,
    AND,
    OR,
    XOR,
    MIN,
    MAX;

    /** The new number. Throws {@link ArithmeticException} where a sum does not fit 64 bits. */
    public long apply(long value, long operand) {
        return switch (this) {
            case INCRBY -> Math.addExact(value, operand);
            case AND -> value & operand;
            case OR -> value | operand;
            case XOR -> value ^ operand;
            case MIN -> Math.min(value, operand);
            case MAX -> Math.max(value, operand);
        };
    }
}
