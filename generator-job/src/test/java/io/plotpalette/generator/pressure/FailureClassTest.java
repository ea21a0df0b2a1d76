package io.plotpalette.generator.pressure;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.pressure.FailureClass.Consequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureClassTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "429, ThrottlingException, THROTTLED",
        "429, ModelNotReadyException, THROTTLED",
        "429, -, THROTTLED",
        "400, ServiceQuotaExceededException, THROTTLED",
        "400, ValidationException, VALIDATION",
        "400, -, VALIDATION",
        "413, -, VALIDATION",
        "401, -, ACCESS",
        "403, AccessDeniedException, ACCESS",
        "404, ResourceNotFoundException, ACCESS",
        "408, ModelTimeoutException, TIME_OUT",
        "408, -, TIME_OUT",
        "424, ModelErrorException, SERVER_ERROR",
        "500, InternalServerException, SERVER_ERROR",
        "500, -, SERVER_ERROR",
        "502, -, CONNECTION_CUT",
        "504, -, TIME_OUT",
        "503, ServiceUnavailableException, SERVER_ERROR",
        "302, -, MALFORMED_BODY",
        "999, -, MALFORMED_BODY"
      })
  void classOfAnAnswer(int status, String errorCode, FailureClass expected) {
    assertThat(FailureClass.ofAnswer(status, errorCode)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED, RETRY, false",
    "SERVER_ERROR, RETRY, false",
    "TIME_OUT, RETRY, true",
    "CONNECTION_CUT, RETRY, true",
    "MALFORMED_BODY, RETRY, true",
    "NOT_SENT, RETRY, false",
    "VALIDATION, FAIL_RECORD, false",
    "ACCESS, FAIL_JOB, false"
  })
  void consequences(FailureClass failure, Consequence consequence, boolean maybeBilled) {
    assertThat(failure.consequence()).isEqualTo(consequence);
    assertThat(failure.maybeBilled()).isEqualTo(maybeBilled);
  }

  @Test
  void retriesWaitLongerEachTimeAndEndAfterThree() {
    RetryDelays shortest = new RetryDelays(() -> 0);
    RetryDelays longest = new RetryDelays(() -> 0.999);

    assertThat(shortest.afterFailures(1)).hasValue(1_500);
    assertThat(longest.afterFailures(1)).hasValue(2_499);
    assertThat(shortest.afterFailures(2)).hasValue(3_000);
    assertThat(shortest.afterFailures(3)).hasValue(6_000);
    assertThat(longest.afterFailures(3).orElseThrow())
        .isBetween(9_900L, RetryDelays.LONGEST_MILLIS);
    assertThat(shortest.afterFailures(4)).isEmpty();
  }
}
