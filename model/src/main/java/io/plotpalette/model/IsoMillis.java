package io.plotpalette.model;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.Locale;

/**
 * The one text form of an instant in JSON and DynamoDB: UTC, ISO-8601, always three digits of
 * milliseconds, so that text order is time order.
 */
public final class IsoMillis {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  private IsoMillis() {}

  /** Formats {@code instant}, cutting anything below a millisecond. */
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
