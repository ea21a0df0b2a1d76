package io.plotpalette.model;

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
   * Parses exactly the form {@link #format} writes.
   *
   * @throws DateTimeParseException for every other form, also other valid ISO-8601
   */
  public static Instant parse(String text) {
    return FORMAT.parse(text, Instant::from);
  }
}
