package io.plotpalette.model;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/**
 * The one text form of an instant in JSON and DynamoDB: UTC, ISO-8601, always three digits of
 * milliseconds, so that text order is time order.
 */
public final class IsoMillis {
  private static final DateTimeFormatter FORMAT =
      new DateTimeFormatterBuilder()
          // Four digits and no sign, or text order would not be time order.
          .appendValue(ChronoField.YEAR, 4)
          .appendPattern("-MM-dd'T'HH:mm:ss.SSS'Z'")
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  /** Zeros stand for digits. */
  private static final String FORM = "0000-00-00T00:00:00.000Z";

  private IsoMillis() {}

  /**
   * Formats {@code instant}, cutting anything below a millisecond.
   *
   * @throws java.time.DateTimeException outside the years 0 to 9999
   */
  public static String format(Instant instant) {
    return FORMAT.format(instant);
  }

  /**
   * Parses exactly the form {@link #format} writes. By hand, since every image of every change
   * holds two or three instants and the formatter takes ten times as long.
   *
   * @throws DateTimeParseException for every other form, also other valid ISO-8601
   */
  public static Instant parse(String text) {
    if (text.length() != FORM.length()) {
      throw notTheForm(text, null);
    }
    for (int i = 0; i < FORM.length(); i++) {
      char c = text.charAt(i);
      char form = FORM.charAt(i);
      if (form == '0' ? c < '0' || c > '9' : c != form) {
        throw notTheForm(text, null);
      }
    }
    try {
      long day =
          LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10)).toEpochDay();
      int hour = ChronoField.HOUR_OF_DAY.checkValidIntValue(number(text, 11, 13));
      int minute = ChronoField.MINUTE_OF_HOUR.checkValidIntValue(number(text, 14, 16));
      int second = ChronoField.SECOND_OF_MINUTE.checkValidIntValue(number(text, 17, 19));
      long minutes = (day * 24 + hour) * 60 + minute;
      return Instant.ofEpochSecond(minutes * 60 + second, number(text, 20, 23) * 1_000_000L);
    } catch (DateTimeException e) {
      throw notTheForm(text, e);
    }
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = 10 * number + (text.charAt(i) - '0');
    }
    return number;
  }

  private static DateTimeParseException notTheForm(String text, DateTimeException cause) {
    return new DateTimeParseException("Not a UTC time like " + FORM, text, 0, cause);
  }
}
