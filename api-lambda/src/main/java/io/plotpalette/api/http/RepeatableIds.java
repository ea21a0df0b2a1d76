package io.plotpalette.api.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** UUIDv7s that follow from a first one: its time, and a hash of it in place of the randomness. */
public final class RepeatableIds {
  private static final long TIME_BITS = 0xFFFF_FFFF_FFFF_0000L;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;

  private RepeatableIds() {}

  static Supplier<String> from(String seed) {
    AtomicInteger count = new AtomicInteger();
    return () -> at(seed, count.getAndIncrement());
  }

  /**
   * The id of one place in the order.
   *
   * @param seed a UUIDv7
   */
  public static String at(String seed, int index) {
    long time = UUID.fromString(seed).getMostSignificantBits() & TIME_BITS;
    ByteBuffer hash =
        ByteBuffer.wrap(sha256().digest((seed + index).getBytes(StandardCharsets.UTF_8)));
    long high = time | VERSION_7 | (hash.getLong() & 0xFFFL);
    long low = VARIANT | (hash.getLong() & ~VARIANT & ~(VARIANT >>> 1));
    return new UUID(high, low).toString();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
