package io.plotpalette.connector.streams;

import java.io.Serializable;
import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/**
 * A reader tells the enumerator how far it is, first of all when it starts. All its shards are in
 * every report, so that any one of them may be said again.
 */
record ReaderReport(List<Progress> shards) implements SourceEvent {

  ReaderReport {
    shards = List.copyOf(shards);
  }

  /**
   * One shard of the reader.
   *
   * @param watermark from records already emitted, or from the clock while the shard is at its tip
   */
  record Progress(String shardId, long watermark, boolean finished) implements Serializable {}
}
