package org.jdmtcp.coordinator.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import org.jdmtcp.coordinator.CoordinatorAddress;
import org.jdmtcp.coordinator.CoordinatorException;
import org.jdmtcp.coordinator.CoordinatorException.Kind;
import org.jspecify.annotations.Nullable;

/** Turns gRPC's statuses into what a person can act on. */
public final class CallFailure {
    private CallFailure() {}

    /** Of the very first call, where the other end may be anything. */
    static CoordinatorException ofFirstCall(CoordinatorAddress address, StatusRuntimeException e) {
        Status status = e.getStatus();
        String text;
        if (isRefusedConnection(status.getCause())) {
            text = "no coordinator listens at " + address
                    + "; start one with dmtcp_coordinator or dmtcp_launch, or check" + " --coord-host and --coord-port";
        } else if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            text = "what listens at " + address + " does not answer; check --coord-host and --coord-port";
        } else {
            text = "what listens at " + address + " is not a coordinator of this kind (" + describe(status)
                    + "); check --coord-host and --coord-port";
        }
        return new CoordinatorException(Kind.UNREACHABLE, text, e);
    }

    /** Of a call to a coordinator that has proved itself. */
    public static CoordinatorException ofCall(CoordinatorAddress address, StatusRuntimeException e) {
        Status status = e.getStatus();
        Kind kind = switch (status.getCode()) {
            case UNAUTHENTICATED -> Kind.AUTHENTICATION;
            case INVALID_ARGUMENT, FAILED_PRECONDITION -> Kind.REJECTED;
            case OK,
                    CANCELLED,
                    UNKNOWN,
                    DEADLINE_EXCEEDED,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    ABORTED,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    INTERNAL,
                    UNAVAILABLE,
                    DATA_LOSS -> Kind.FAILED;
        };
        return new CoordinatorException(kind, "the coordinator at " + address + ": " + describe(status), e);
    }

    private static boolean isRefusedConnection(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    private static String describe(Status status) {
        String description = status.getDescription();
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> "it did not answer in time";
            case UNAVAILABLE -> "the connection broke off" + (description == null ? "" : " (" + description + ")");
            default -> description == null ? status.getCode().toString() : description;
        };
    }
}
