package io.plotpalette.api.http;

import java.util.Set;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** What the SDK gave up retrying, but a caller may try again. */
public final class TransientFailure {
  private static final Set<String> TRANSIENT_REASONS =
      Set.of("None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  private TransientFailure() {}

  public static boolean is(RuntimeException e) {
    if (e instanceof TransactionCanceledException cancelled) {
      return cancelled.hasCancellationReasons()
          && cancelled.cancellationReasons().stream()
              .allMatch(reason -> TRANSIENT_REASONS.contains(reason.code()));
    }
    return e instanceof ApiCallTimeoutException
        || e instanceof TransactionConflictException
        || e instanceof TransactionInProgressException
        || (e instanceof SdkServiceException service
            && (service.isThrottlingException() || service.statusCode() >= 500));
  }
}
