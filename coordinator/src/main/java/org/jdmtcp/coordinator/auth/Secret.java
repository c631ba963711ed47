package org.jdmtcp.coordinator.auth;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The key that the coordinator and those who may command it share: 32 random bytes. Never printed. */
public final class Secret {
    /** Length in bytes. */
    public static final int SIZE = 32;

    private final SecretKeySpec key;

    /** Takes a copy. */
    public Secret(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a secret has " + SIZE + " bytes, not " + bytes.length);
        }
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** HMAC-SHA256 over the parts, each preceded by its length so that no two lists of parts look alike. */
    byte[] authenticate(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            for (byte[] part : parts) {
                mac.update((byte) (part.length >>> 8));
                mac.update((byte) part.length);
                mac.update(part);
            }
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "Secret[...]";
    }
}
