package io.plotpalette.model.job;

import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * How far a job is: part {@code PROGRESS}. The API creates it {@link #queued}; afterwards only the
 * generator writes it, on the condition that the item exists and {@code seq} grows, so that nothing
 * restored overwrites something newer and a deleted job stays deleted.
 *
 * @param stateReason why it failed or stopped, for people; null if there is nothing to say
 * @param queueKey until the final state, so that the index {@code by-state} finds every job that is
 *     not over, also after the generator has lost its state; see {@link #queueKey(JobDefinition)}
 * @param seq grows with every write
 * @param startedAt null before the first call
 * @param finishedAt null before the final state
 * @param exports the files of the dataset; empty before the final state
 */
public record JobProgress(
    String jobId,
    String userId,
    JobState state,
    String stateReason,
    String queueKey,
    long seq,
    Figures figures,
    Instant startedAt,
    Instant finishedAt,
    List<ExportedFile> exports) {

  /** What was done and what it cost, since the job began. */
  public record Figures(
      Counts counts,
      Spend spend,
      List<UsageTotals> bySteps,
      List<UsageTotals> byModels,
      Pace pace,
      List<RecordError> lastErrors) {
    public Figures {
      Objects.requireNonNull(counts, "counts");
      Objects.requireNonNull(spend, "spend");
      bySteps = List.copyOf(bySteps);
      byModels = List.copyOf(byModels);
      Objects.requireNonNull(pace, "pace");
      lastErrors = List.copyOf(lastErrors);
    }
  }

  /** Records: {@code requested = ok + failed + rejected + notStarted + inFlight}. */
  public record Counts(
      long requested, long ok, long failed, long rejected, long notStarted, long inFlight) {
    public Counts {
      if (requested != ok + failed + rejected + notStarted + inFlight) {
        throw new IllegalArgumentException(
            "%d records are not %d ok + %d failed + %d rejected + %d not started + %d in flight"
                .formatted(requested, ok, failed, rejected, notStarted, inFlight));
      }
    }
  }

  /**
   * Tokens and money of all calls.
   *
   * @param cost calls whose usage is unknown count with their whole reservation
   * @param reserved set aside for calls that are under way
   */
  public record Spend(long tokensIn, long tokensOut, Money cost, Money reserved) {
    public static final Spend NONE = new Spend(0, 0, Money.ZERO, Money.ZERO);

    public Spend {
      Objects.requireNonNull(cost, "cost");
      Objects.requireNonNull(reserved, "reserved");
    }
  }

  /**
   * What one step or one model has come to.
   *
   * @param name id of the step or the model
   */
  public record UsageTotals(String name, long calls, long tokensIn, long tokensOut, Money cost) {
    public UsageTotals {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(cost, "cost");
    }
  }

  /**
   * How fast it goes.
   *
   * @param ratePerSecond records that left in the last while, a second
   * @param eta when the last record leaves at this rate; null if that cannot be told
   */
  public record Pace(double ratePerSecond, Instant eta) {
    public static final Pace UNKNOWN = new Pace(0, null);
  }

  /** Why a record failed. */
  public record RecordError(long recordIndex, String step, String error) {}

  /**
   * A file of the dataset.
   *
   * @param key in the bucket
   * @param sha256 of its bytes, in hex
   */
  public record ExportedFile(String format, String key, long bytes, String sha256, long records) {}

  /** Most reasons kept of records that failed, the newest last. */
  public static final int MAX_ERRORS = 10;

  public JobProgress {
    Objects.requireNonNull(jobId, "jobId");
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(figures, "figures");
    exports = List.copyOf(exports);
    if (state.isFinal() != (queueKey == null)) {
      throw new IllegalArgumentException(
          "job %s is %s, so its queue_key cannot be %s".formatted(jobId, state, queueKey));
    }
  }

  /** What the API writes beside a new definition. */
  public static JobProgress queued(JobDefinition job) {
    long requested = job.terms().recordCount();
    return new JobProgress(
        job.jobId(),
        job.userId(),
        JobState.QUEUED,
        null,
        queueKey(job),
        0,
        new Figures(
            new Counts(requested, 0, 0, 0, requested, 0),
            Spend.NONE,
            List.of(),
            List.of(),
            Pace.UNKNOWN,
            List.of()),
        null,
        null,
        List.of());
  }

  /**
   * {@code priority#created_at#job_id}, where the most urgent priority is 0: sorted as text, queued
   * jobs stand in the order in which they start.
   */
  public static String queueKey(JobDefinition job) {
    return job.terms().priority().rank()
        + "#"
        + IsoMillis.format(job.createdAt())
        + "#"
        + job.jobId();
  }
}
