package io.plotpalette.stream.parse;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Ids of rejections: the same however often a record is read. */
public final class RejectionIds {
  /** Far above any event id, far below what a key may have. */
  private static final int MAX_LENGTH = 200;

  private RejectionIds() {}

  /**
   * The change's id, or if there is none that fits into a key, the record's SHA-256.
   *
   * @param changeId may be null
   */
  static String of(String changeId, String record) {
    return changeId == null || changeId.isEmpty() || changeId.length() > MAX_LENGTH
        ? ofRecord(record)
        : changeId;
  }

  /** The SHA-256 of what is rejected, in hexadecimal digits. */
  public static String ofRecord(String record) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(record.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
