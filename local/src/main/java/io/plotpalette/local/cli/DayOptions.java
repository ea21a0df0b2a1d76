package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.stream.repair.DayRange;
import java.time.LocalDate;
import picocli.CommandLine.Option;

/** The days a command works on. */
final class DayOptions {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "DAY",
      description = "The first day in UTC as YYYY-MM-DD.")
  private LocalDate from;

  @Option(names = "--to", paramLabel = "DAY", description = "The last day; without it, the first.")
  private LocalDate to;

  DayRange range() {
    try {
      return new DayRange(from, to == null ? from : to);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--from and --to: " + e.getMessage(), e);
    }
  }
}
