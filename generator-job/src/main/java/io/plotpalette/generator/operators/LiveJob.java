package io.plotpalette.generator.operators;

import io.plotpalette.generator.prompts.JobPlan;
import io.plotpalette.generator.prompts.JobPrompts;
import io.plotpalette.generator.prompts.SeedEntries;
import io.plotpalette.generator.run.Ending;
import io.plotpalette.generator.run.FinishedRecord;
import io.plotpalette.generator.run.JobRun;
import io.plotpalette.generator.run.Progress;
import io.plotpalette.generator.run.RunEffect.AskJournal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One job in one owner's hands. Answers that were asked for by another object are not for this one.
 */
final class LiveJob {
  private static final Logger LOG = LoggerFactory.getLogger(LiveJob.class);

  final String jobId;

  /** Null while it is loaded. */
  JobPlan plan;

  /** Null while the job is loaded. */
  JobRun run;

  /** With null if it cannot be had. */
  final CompletableFuture<SeedEntries> seed = new CompletableFuture<>();

  /** Completed when the seed data is at hand, or is known not to be. */
  final CompletableFuture<JobPrompts> prompts = new CompletableFuture<>();

  /** Finished records that are not lines yet, by index. */
  final Map<Long, FinishedRecord> leaving = new TreeMap<>();

  /** Those of them that are in the state. */
  final Set<Long> leavingStored = new HashSet<>();

  /** Reads of the journal that wait until fewer records are leaving. */
  final Deque<AskJournal> heldReads = new ArrayDeque<>();

  final Pace pace = new Pace();
  boolean cancelRequested;
  Progress lastProgress;

  /** Null until nothing follows but what is leaving. */
  Ending ending;

  /** When its persisted timer goes off. */
  long timerAt = Long.MIN_VALUE;

  int unsettledCalls;
  long computeMillis;
  long computedUntil;
  final AtomicLong objectOperations = new AtomicLong();
  long costAt = Long.MIN_VALUE;

  LiveJob(String jobId) {
    this.jobId = jobId;
  }

  /** Lets go of the seed data, now or as soon as it is there. */
  void close() {
    var unused =
        seed.whenComplete(
            (entries, failure) -> {
              if (entries != null) {
                try {
                  entries.close();
                } catch (IOException e) {
                  LOG.warn("the copy of the seed data of job {} is left on disk", jobId, e);
                }
              }
            });
  }
}
