package io.plotpalette.generator.pressure;

/** Why a call gave no answer, which decides what follows for its money, its record and its job. */
public enum FailureClass {
  /** The account's quota or the model's capacity is used up. */
  THROTTLED(Consequence.RETRY, false),
  /** The service refused or broke with a 5xx answer. */
  SERVER_ERROR(Consequence.RETRY, false),
  /** No answer in time, be it that the service said so or that we stopped waiting. */
  TIME_OUT(Consequence.RETRY, true),
  /** The connection ended before the answer did. */
  CONNECTION_CUT(Consequence.RETRY, true),
  /** An answer came, but its usage cannot be read. */
  MALFORMED_BODY(Consequence.RETRY, true),
  /** Nobody was reached, or nobody could be asked for: nothing was sent. */
  NOT_SENT(Consequence.RETRY, false),
  /** The service will never take this request. */
  VALIDATION(Consequence.FAIL_RECORD, false),
  /** The account may not use the model, or it does not exist: no call of the job will succeed. */
  ACCESS(Consequence.FAIL_JOB, false);

  /** What a failure means beyond its call. */
  public enum Consequence {
    RETRY,
    FAIL_RECORD,
    FAIL_JOB
  }

  private final Consequence consequence;
  private final boolean maybeBilled;

  FailureClass(Consequence consequence, boolean maybeBilled) {
    this.consequence = consequence;
    this.maybeBilled = maybeBilled;
  }

  /**
   * The class of an error answer of the model service. The SDK's own judgement is not used: it
   * calls none of them retryable.
   *
   * @param status of HTTP, 400 or more
   * @param errorCode the service's name for the error; null if the body named none
   */
  public static FailureClass ofAnswer(int status, String errorCode) {
    String code = errorCode == null ? "" : errorCode;
    return switch (code) {
      case "ThrottlingException", "ModelNotReadyException", "ServiceQuotaExceededException" ->
          THROTTLED;
      case "ModelTimeoutException" -> TIME_OUT;
      case "ModelErrorException", "InternalServerException", "ServiceUnavailableException" ->
          SERVER_ERROR;
      case "AccessDeniedException", "ResourceNotFoundException" -> ACCESS;
      case "ValidationException" -> VALIDATION;
      default -> ofStatus(status);
    };
  }

  private static FailureClass ofStatus(int status) {
    return switch (status) {
      case 401, 403, 404 -> ACCESS;
      case 408 -> TIME_OUT;
      case 429 -> THROTTLED;
      // Of something in between, which may have lost an answer of the service.
      case 502 -> CONNECTION_CUT;
      case 504 -> TIME_OUT;
      default ->
          status < 400 || status > 599 ? MALFORMED_BODY : status >= 500 ? SERVER_ERROR : VALIDATION;
    };
  }

  public Consequence consequence() {
    return consequence;
  }

  /** Whether the service may have served, and so billed, the call. */
  public boolean maybeBilled() {
    return maybeBilled;
  }
}
