package io.plotpalette.generator.run;

import java.util.ArrayList;
import java.util.List;

/**
 * Records that have left the run, by status, and the newest reasons of those that failed.
 *
 * @param lastErrors newest last, at most {@link #MAX_ERRORS}
 */
public record Counters(long ok, long failed, long rejected, List<RecordError> lastErrors) {
  public static final int MAX_ERRORS = 10;
  static final Counters ZERO = new Counters(0, 0, 0, List.of());

  /** Why a record failed. */
  public record RecordError(long index, String step, String error) {}

  public Counters {
    lastErrors = List.copyOf(lastErrors);
  }

  Counters with(FinishedRecord record) {
    return switch (record.status()) {
      case OK -> new Counters(ok + 1, failed, rejected, lastErrors);
      case REJECTED -> new Counters(ok, failed, rejected + 1, lastErrors);
      case FAILED -> new Counters(ok, failed + 1, rejected, withError(record));
    };
  }

  private List<RecordError> withError(FinishedRecord record) {
    List<RecordError> errors = new ArrayList<>(lastErrors);
    errors.add(new RecordError(record.index(), record.failedStep(), record.error()));
    return errors.subList(Math.max(0, errors.size() - MAX_ERRORS), errors.size());
  }
}
