package io.plotpalette.model;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
  private static final byte[] FORM = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.US_ASCII);

  /** Of a year without a leap day; the last is the whole year's. */
  private static final int[] DAYS_BEFORE_MONTH = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
  };

  /** From the first day of the year 0. */
  private static final int DAYS_TO_1970 = 719_528;

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
    // What is not in Latin-1 becomes a question mark, which the form does not have.
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return parse(bytes, 0, bytes.length);
  }

  /**
   * The same from bytes of UTF-8.
   *
   * @param end behind the last byte
   * @throws DateTimeParseException for every other form
   */
  public static Instant parse(byte[] text, int start, int end) {
    if (end - start != FORM.length || !hasForm(text, start)) {
      throw notTheForm(text, start, end);
    }
    int year = number(text, start, 4);
    int month = number(text, start + 5, 2);
    int day = number(text, start + 8, 2);
    int hour = number(text, start + 11, 2);
    int minute = number(text, start + 14, 2);
    int second = number(text, start + 17, 2);
    if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) {
      throw notTheForm(text, start, end);
    }
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int before = DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0);
    int behind = DAYS_BEFORE_MONTH[month] + (leap && month > 1 ? 1 : 0);
    if (day > behind - before) {
      throw notTheForm(text, start, end);
    }
    // Leap years from the year 0, which is one, to the year before.
    int leaps = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    long days = 365L * year + leaps + before + day - 1 - DAYS_TO_1970;
    int secondOfDay = (hour * 60 + minute) * 60 + second;
    return Instant.ofEpochSecond(
        days * 86_400 + secondOfDay, number(text, start + 20, 3) * 1_000_000L);
  }

  private static boolean hasForm(byte[] text, int start) {
    for (int i = 0; i < FORM.length; i++) {
      byte b = text[start + i];
      byte form = FORM[i];
      if (form == '0' ? b < '0' || b > '9' : b != form) {
        return false;
      }
    }
    return true;
  }

  private static int number(byte[] text, int start, int digits) {
    int number = 0;
    for (int i = start; i < start + digits; i++) {
      number = 10 * number + (text[i] - '0');
    }
    return number;
  }

  private static DateTimeParseException notTheForm(byte[] text, int start, int end) {
    return new DateTimeParseException(
        "Not a UTC time like " + new String(FORM, StandardCharsets.US_ASCII),
        new String(text, start, end - start, StandardCharsets.UTF_8),
        0);
  }
}
