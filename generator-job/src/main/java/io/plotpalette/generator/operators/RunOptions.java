package io.plotpalette.generator.operators;

import io.plotpalette.generator.journal.CommitPolicy;
import java.io.Serializable;
import java.net.URI;
import org.apache.flink.core.fs.Path;

/**
 * How runs are made.
 *
 * @param bucketUri what lies above {@code jobs/} and {@code seed-data/}
 * @param region whose models are called
 * @param catalogue file of the models; null for the one that comes with the product
 * @param maxConcurrency calls to one model at once, over all subtasks
 * @param computingThreads of each subtask
 */
public record RunOptions(
    URI bucketUri,
    String region,
    URI catalogue,
    int maxConcurrency,
    int computingThreads,
    Journal journal)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How call journals are written; see {@link CommitPolicy}. */
  public record Journal(int buckets, long maxDelayMillis) implements Serializable {
    private static final long serialVersionUID = 1L;

    CommitPolicy policy() {
      return new CommitPolicy(buckets, maxDelayMillis, CommitPolicy.DEFAULT.maxSegmentBytes());
    }
  }

  Path bucket() {
    return new Path(bucketUri);
  }
}
