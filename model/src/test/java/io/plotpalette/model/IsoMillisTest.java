package io.plotpalette.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoMillisTest {
  @Test
  void writesThreeDigitsAlways() {
    assertThat(IsoMillis.format(Instant.parse("2026-11-20T12:00:00Z")))
        .isEqualTo("2026-11-20T12:00:00.000Z");
  }

  @Test
  void cutsWhatIsBelowAMillisecond() {
    assertThat(IsoMillis.format(Instant.parse("2026-11-20T12:00:00.123999Z")))
        .isEqualTo("2026-11-20T12:00:00.123Z");
  }

  @Test
  void readsWhatItWrites() {
    Instant instant = Instant.parse("2026-02-28T23:59:59.007Z");

    assertThat(IsoMillis.parse(IsoMillis.format(instant))).isEqualTo(instant);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000-01-01T00:00:00.000Z",
        "2024-02-29T00:00:00.000Z",
        "9999-12-31T23:59:59.999Z"
      })
  void readsEveryYearOfFourDigits(String text) {
    assertThat(IsoMillis.parse(text)).isEqualTo(Instant.parse(text));
    assertThat(IsoMillis.format(IsoMillis.parse(text))).isEqualTo(text);
  }

  @Test
  void readsEveryDayOfTheCalendarAndNoOther() {
    for (int year : new int[] {0, 1, 4, 100, 400, 1900, 1969, 1970, 2000, 2023, 2024, 9999}) {
      for (int month = 1; month <= 12; month++) {
        for (int day = 1; day <= 31; day++) {
          String text = "%04d-%02d-%02dT07:08:09.123Z".formatted(year, month, day);
          if (day <= YearMonth.of(year, month).lengthOfMonth()) {
            assertThat(IsoMillis.parse(text)).isEqualTo(Instant.parse(text));
          } else {
            assertThatThrownBy(() -> IsoMillis.parse(text))
                .isInstanceOf(DateTimeParseException.class);
          }
        }
      }
    }
  }

  @Test
  void readsASliceOfBytes() {
    byte[] bytes = "\"2026-11-20T12:00:00.001Z\"".getBytes(StandardCharsets.UTF_8);

    assertThat(IsoMillis.parse(bytes, 1, bytes.length - 1))
        .isEqualTo(Instant.parse("2026-11-20T12:00:00.001Z"));
    assertThatThrownBy(() -> IsoMillis.parse(bytes, 0, bytes.length - 2))
        .isInstanceOf(DateTimeParseException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00.1Z",
        "2026-11-20T12:00:00.000+00:00",
        "2026-02-30T12:00:00.000Z",
        "2026-00-20T12:00:00.000Z",
        "2026-11-20T24:00:00.000Z",
        "2026-11-20T12:60:00.000Z",
        "2026-11-20T12:00:60.000Z",
        "2026-11-20T12:00:00.000z",
        "٢٠٢٦-11-20T12:00:00.000Z",
        "2026-11-20 12:00:00.000Z",
        "+300000-12-31T00:00:00.000Z",
        "-999999999-01-01T00:00:00.000Z",
        "yesterday",
        ""
      })
  void refusesEveryOtherForm(String text) {
    assertThatThrownBy(() -> IsoMillis.parse(text)).isInstanceOf(DateTimeParseException.class);
  }
}
