package io.plotpalette.connector.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class FailureKindTest {

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(FailureKind.THROTTLED, service("LimitExceededException", 400)),
        Arguments.of(FailureKind.THROTTLED, service("ProvisionedThroughputExceededException", 400)),
        Arguments.of(FailureKind.THROTTLED, service("RequestLimitExceeded", 400)),
        Arguments.of(FailureKind.THROTTLED, service("ThrottlingException", 400)),
        Arguments.of(FailureKind.THROTTLED, service("TransactionConflictException", 400)),
        Arguments.of(FailureKind.THROTTLED, service("ReplicatedWriteConflictException", 400)),
        Arguments.of(FailureKind.THROTTLED, service("Whatever", 429)),
        Arguments.of(FailureKind.UNAVAILABLE, service("InternalServerError", 500)),
        Arguments.of(FailureKind.UNAVAILABLE, service("ServiceUnavailable", 503)),
        Arguments.of(FailureKind.UNAVAILABLE, DynamoDbException.builder().statusCode(502).build()),
        Arguments.of(FailureKind.UNAVAILABLE, DynamoDbException.builder().statusCode(400).build()),
        Arguments.of(FailureKind.UNAVAILABLE, onTheWay(new ConnectException("refused"))),
        Arguments.of(
            FailureKind.UNAVAILABLE,
            SdkClientException.create("wrapped", new IllegalStateException(new IOException()))),
        Arguments.of(FailureKind.UNAVAILABLE, ApiCallTimeoutException.create(5)),
        Arguments.of(FailureKind.UNAVAILABLE, ApiCallAttemptTimeoutException.create(5)),
        Arguments.of(
            FailureKind.UNAVAILABLE, Crc32MismatchException.create("cut", new Exception())),
        Arguments.of(FailureKind.MISSING, service("ResourceNotFoundException", 400)),
        Arguments.of(FailureKind.DENIED, service("AccessDeniedException", 400)),
        Arguments.of(FailureKind.DENIED, service("UnrecognizedClientException", 400)),
        Arguments.of(FailureKind.DENIED, service("InvalidSignatureException", 400)),
        Arguments.of(FailureKind.DENIED, service("ExpiredTokenException", 400)),
        Arguments.of(FailureKind.DENIED, service("Whatever", 403)),
        Arguments.of(
            FailureKind.DENIED, SdkClientException.create("Unable to load credentials from any")),
        Arguments.of(FailureKind.REFUSED, service("ValidationException", 400)),
        Arguments.of(FailureKind.REFUSED, service("ItemCollectionSizeLimitExceededException", 400)),
        Arguments.of(FailureKind.REFUSED, service("ConditionalCheckFailedException", 400)));
  }

  @ParameterizedTest
  @MethodSource
  void kinds(FailureKind expected, SdkException failure) {
    assertThat(FailureKind.of(failure)).isEqualTo(expected);
  }

  @Test
  void codeIsTheServicesOrElseTheClass() {
    assertThat(FailureKind.codeOf(service("AccessDeniedException", 400)))
        .isEqualTo("AccessDeniedException");
    assertThat(FailureKind.codeOf(onTheWay(new ConnectException("refused"))))
        .isEqualTo("SdkClientException");
  }

  private static SdkException onTheWay(IOException cause) {
    return SdkClientException.create("Unable to execute HTTP request", cause);
  }

  private static SdkException service(String code, int status) {
    return DynamoDbException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("m").build())
        .statusCode(status)
        .build();
  }
}
