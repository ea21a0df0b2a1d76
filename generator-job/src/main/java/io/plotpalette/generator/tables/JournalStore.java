package io.plotpalette.generator.tables;

import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.run.RunEvent;
import java.util.concurrent.CompletableFuture;

/** Where the call journals of all jobs are. Thread-safe; waits on no thread. */
public interface JournalStore {

  /**
   * Does what a journal asks, however often it must be tried.
   *
   * @return {@code JournalRead}, {@code SegmentWritten}, {@code SegmentCollided} or {@code
   *     JournalUnreadable}; fails only with what trying again does not cure
   */
  CompletableFuture<RunEvent> ask(String jobId, JournalRequest request);

  /** The number of one more start of the job without state, from 1; nobody else gets the same. */
  CompletableFuture<Integer> claimRun(String jobId);
}
