package io.plotpalette.model.table;

/**
 * Names of the attributes of the table {@code idempotency}. It holds three kinds of items: the
 * answers to requests with an {@code Idempotency-Key}, the requests that are answered before they
 * are done, and a mark for each write that is made once however often its request is run.
 */
public final class IdempotencyAttribute {
  /**
   * Partition key: {@code user_id#route#key}, the last being the caller's; of a request that is not
   * done yet {@code user_id#GET /v1/requests/{request_id}#request_id}; of a mark {@code
   * user_id#write#seed#index}.
   */
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

  /** Of a mark: the task as it was written or deleted, in the form of the table of tasks. */
  public static final String TASK = "task";

  /** Of a request: what is to be done. */
  public static final String KIND = "kind";

  /** Of a request: how far it has come. */
  public static final String STATE = "state";

  /** Of a request: how many writes it has, each of which gets a mark. */
  public static final String OPERATIONS = "operations";

  /** Of a request: when it was taken, as an instant. */
  public static final String CREATED_AT = "created_at";

  /** Of a request that is done in steps: what is known after the last one, as JSON. */
  public static final String PROGRESS = "progress";

  /** Of a request that is done in steps: how many were taken; the condition of the next one. */
  public static final String STEP = "step";

  /** Epoch seconds; the table's time to live. */
  public static final String EXPIRES_AT = "expires_at";

  private IdempotencyAttribute() {}
}
