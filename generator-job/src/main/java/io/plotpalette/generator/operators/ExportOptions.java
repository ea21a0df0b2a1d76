package io.plotpalette.generator.operators;

import java.io.Serializable;
import java.net.URI;
import org.apache.flink.core.fs.Path;

/**
 * How datasets are exported.
 *
 * @param bucketUri what lies above {@code jobs/}
 * @param lookMillis between two looks at files that are not complete yet
 * @param memoryBytes heap one export may take; one runs at a time in each subtask
 */
public record ExportOptions(URI bucketUri, long lookMillis, long memoryBytes)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  Path bucket() {
    return new Path(bucketUri);
  }
}
