package io.plotpalette.connector.failure;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkException;

/** What a failed call to DynamoDB asks of the caller. */
public enum FailureKind {
  /** Asked too often, or in conflict with another write: ask again later. */
  THROTTLED,
  /** The service, or the way to it, is in trouble: ask again later. */
  UNAVAILABLE,
  /** The table, stream or shard does not exist. */
  MISSING,
  /** Credentials, rights or region are wrong: only a person can put that right. */
  DENIED,
  /** The request itself is wrong: the same request is refused again. */
  REFUSED;

  private static final Set<String> THROTTLING =
      Set.of(
          "LimitExceededException",
          "ProvisionedThroughputExceededException",
          "ReplicatedWriteConflictException",
          "RequestLimitExceeded",
          "Throttling",
          "ThrottlingException",
          "TransactionConflictException",
          "TransactionInProgressException");

  private static final Set<String> DENYING =
      Set.of(
          "AccessDenied",
          "AccessDeniedException",
          "ExpiredToken",
          "ExpiredTokenException",
          "IncompleteSignature",
          "IncompleteSignatureException",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "NotAuthorized",
          "OptInRequired",
          "SignatureDoesNotMatch",
          "SubscriptionRequiredException",
          "UnrecognizedClientException");

  /** The kind of a failure of the SDK, by its class and code, never by its text. */
  public static FailureKind of(SdkException failure) {
    if (!(failure instanceof AwsServiceException service)) {
      return onTheWay(failure) ? UNAVAILABLE : DENIED;
    }
    String code = code(service);
    int status = service.statusCode();
    if (THROTTLING.contains(code) || status == 429) {
      return THROTTLED;
    }
    if (code.equals("ResourceNotFoundException")) {
      return MISSING;
    }
    if (DENYING.contains(code) || status == 401 || status == 403) {
      return DENIED;
    }
    // Without a code the answer is not DynamoDB's, or only part of it arrived.
    return status >= 500 || status == 408 || code.isEmpty() ? UNAVAILABLE : REFUSED;
  }

  /** The service's code for the failure, or the class of it when the service was not reached. */
  public static String codeOf(SdkException failure) {
    return failure instanceof AwsServiceException service && !code(service).isEmpty()
        ? code(service)
        : failure.getClass().getSimpleName();
  }

  private static String code(AwsServiceException service) {
    AwsErrorDetails details = service.awsErrorDetails();
    return details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
  }

  /**
   * The request left this machine, or tried to. What fails before, without an I/O error, is the set
   * up: no credentials, no region.
   */
  private static boolean onTheWay(SdkException failure) {
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || failure instanceof AbortedException
        || failure instanceof Crc32MismatchException
        || failure instanceof RetryableException) {
      return true;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }
}
