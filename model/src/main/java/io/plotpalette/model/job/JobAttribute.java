package io.plotpalette.model.job;

/** Names of a job's attributes: the same in JSON and DynamoDB. */
public final class JobAttribute {
  public static final String JOB_ID = "job_id";
  public static final String USER_ID = "user_id";
  public static final String CREATED_AT = "created_at";
  public static final String CANCEL_REQUESTED_AT = "cancel_requested_at";
  public static final String STATE = "state";
  public static final String QUEUE_KEY = "queue_key";
  public static final String SEQ = "seq";

  /** Only in DynamoDB: sort key of {@code jobs}. */
  public static final String PART = "part";

  /**
   * The part the API writes; it alone has {@code created_at}, so it alone is in {@code by-user}.
   */
  public static final String PART_DEFINITION = "DEFINITION";

  /** The part the generator writes. */
  public static final String PART_PROGRESS = "PROGRESS";

  /** Only in DynamoDB: partition key of {@code call-journal}, {@code job_id#bucket}. */
  public static final String JOURNAL_KEY = "journal_key";

  /** Only in DynamoDB: sort key of {@code call-journal}, zero-padded. */
  public static final String SEGMENT = "segment";

  /** Only in DynamoDB: sort key of {@code cost-tracking}. */
  public static final String PERIOD = "period";

  /** Epoch seconds; time to live of {@code call-journal} and {@code cost-tracking}. */
  public static final String EXPIRES_AT = "expires_at";

  /** Most buckets a job's call journal can be configured to have. */
  public static final int MAX_JOURNAL_BUCKETS = 99;

  /** Follows the job's id in the key of {@code call-journal} that counts starts without state. */
  public static final String JOURNAL_RUNS = "#runs";

  private JobAttribute() {}

  /**
   * Partition key of {@code call-journal}.
   *
   * @param bucket from 0
   */
  public static String journalKey(String jobId, int bucket) {
    return jobId + "#" + bucket;
  }
}
