package io.plotpalette.api.http;

import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

/** What the contract calls a time zone and no schema can say. */
public final class TimeZones {
  private static final Set<String> NAMES = ZoneId.getAvailableZoneIds();

  private TimeZones() {}

  /**
   * What is wrong with the field {@code name} of a body; nothing without a value.
   *
   * @param timeZone may be null
   */
  public static Optional<Violation> violation(String name, String timeZone) {
    return timeZone == null || NAMES.contains(timeZone)
        ? Optional.empty()
        : Optional.of(
            Violation.inBody(
                "/" + name,
                "must be a name of the IANA time zone database, such as Europe/Berlin"));
  }
}
