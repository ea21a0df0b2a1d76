package io.plotpalette.model.table;

/** Names of the attributes of the table {@code idempotency}. */
public final class IdempotencyAttribute {
  /** Partition key: {@code user_id#route#key}, the last being the caller's. */
  public static final String REQUEST_KEY = "request_key";

  /** SHA-256 of what was asked, so that another request under the same key is told apart. */
  public static final String PAYLOAD_SHA256 = "payload_sha256";

  /** The call that works on the request, or has. */
  public static final String OWNER = "owner";

  /** Epoch milliseconds until which the owner may work; absent once there is an answer. */
  public static final String LOCKED_UNTIL = "locked_until";

  /** From which the ids of what the request creates follow, however often it is run. */
  public static final String ID_SEED = "id_seed";

  public static final String STATUS = "status";
  public static final String HEADERS = "headers";
  public static final String BODY = "body";

  /** Epoch seconds; the table's time to live. */
  public static final String EXPIRES_AT = "expires_at";

  private IdempotencyAttribute() {}
}
