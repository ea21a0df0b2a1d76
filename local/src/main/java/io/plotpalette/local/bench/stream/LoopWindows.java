package io.plotpalette.local.bench.stream;

import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.parquet.io.api.RecordConsumer;

/** The windows of one silver table in a hand-written loop, found by two array accesses. */
final class LoopWindows implements AutoCloseable {
  /** As long as a sketch has them all, sorting gives the same quantiles for less. */
  private static final int EXACT = 200;

  private final LoopTable table;
  private final LoopUsers users;
  private final long size;
  private final TreeMap<Long, Windows> open = new TreeMap<>();
  private final Consumer<RecordConsumer> row = this::write;
  private Windows last = new Windows(Long.MIN_VALUE);
  private Counts written;
  private long writtenStart;
  private int writtenUser;

  /**
   * @param users null if all share the windows
   */
  LoopWindows(Path bucket, LakeTable table, LoopUsers users, long size) {
    this.table = new LoopTable(bucket, table);
    this.users = users;
    this.size = size;
  }

  void add(int user, LoopProgram.Change change) {
    long start = Math.floorDiv(change.changedAt, size) * size;
    if (start != last.start) {
      last = open.computeIfAbsent(start, Windows::new);
    }
    last.of(user).add(change);
  }

  /** Writes and forgets what ends at or before the watermark. */
  void finish(long watermark) throws IOException {
    while (!open.isEmpty() && open.firstKey() <= watermark - size) {
      Windows ended = open.pollFirstEntry().getValue();
      if (ended == last) {
        last = new Windows(Long.MIN_VALUE);
      }
      writtenStart = ended.start;
      for (int i = 0; i < ended.count; i++) {
        writtenUser = ended.users[i];
        written = ended.byUser[writtenUser];
        table.write(ended.start, row);
      }
    }
  }

  private void write(RecordConsumer out) {
    Counts counts = written;
    int column = 0;
    if (users != null) {
      table.text(out, column++, users.id(writtenUser));
    }
    table.number(out, column++, writtenStart);
    table.number(out, column++, writtenStart + size);
    table.number(out, column++, counts.created);
    table.number(out, column++, counts.completed);
    table.number(out, column++, counts.reopened);
    table.number(out, column++, counts.cancelled);
    table.number(out, column++, counts.deleted);
    table.number(out, column++, counts.updated);
    table.number(out, column++, counts.openDelta);
    table.number(out, column++, counts.onTime);
    table.number(out, column++, counts.overdueCompleted);
    table.number(out, column++, counts.completed);
    if (counts.completed > 0) {
      double[] summary = counts.summary();
      table.fraction(out, column, counts.leadTimeMillis / counts.completed / 1000);
      table.fraction(out, column + 1, summary[0]);
      table.fraction(out, column + 2, summary[1]);
      table.fraction(out, column + 3, summary[2]);
      table.fraction(out, column + 4, summary[3]);
    }
    column += 5;
    table.number(out, column++, 1);
    table.truth(out, column++, true);
    table.number(out, column, System.currentTimeMillis());
  }

  @Override
  public void close() throws IOException {
    table.close();
  }

  /** The windows that start at one time. */
  private static final class Windows {
    private final long start;
    private Counts[] byUser = new Counts[16];
    private int[] users = new int[16];
    private int count;

    Windows(long start) {
      this.start = start;
    }

    Counts of(int user) {
      if (user >= byUser.length) {
        byUser = Arrays.copyOf(byUser, Math.max(user + 1, 2 * byUser.length));
      }
      Counts counts = byUser[user];
      if (counts == null) {
        counts = new Counts();
        byUser[user] = counts;
        if (count == users.length) {
          users = Arrays.copyOf(users, 2 * count);
        }
        users[count++] = user;
      }
      return counts;
    }
  }

  private static final class Counts {
    private long created;
    private long completed;
    private long reopened;
    private long cancelled;
    private long deleted;
    private long updated;
    private long openDelta;
    private long onTime;
    private long overdueCompleted;
    private double leadTimeMillis;
    private double[] leadTimes;
    private KllDoublesSketch sketch;

    void add(LoopProgram.Change change) {
      created += change.created ? 1 : 0;
      deleted += change.deleted ? 1 : 0;
      updated += change.created || change.deleted ? 0 : 1;
      reopened += change.reopened ? 1 : 0;
      cancelled += change.cancelled ? 1 : 0;
      openDelta += change.openDelta;
      onTime += change.onTime > 0 ? 1 : 0;
      overdueCompleted += change.onTime < 0 ? 1 : 0;
      if (change.completed) {
        leadTimeMillis += change.leadTimeMillis;
        addLeadTime(change.leadTimeMillis / 1000.0);
        completed++;
      }
    }

    private void addLeadTime(double seconds) {
      if (sketch != null) {
        sketch.update(seconds);
        return;
      }
      int count = (int) completed;
      if (count == EXACT) {
        sketch = KllDoublesSketch.newHeapInstance();
        sketch.update(leadTimes, 0, count);
        sketch.update(seconds);
        return;
      }
      if (leadTimes == null) {
        leadTimes = new double[4];
      } else if (count == leadTimes.length) {
        leadTimes = Arrays.copyOf(leadTimes, 2 * count);
      }
      leadTimes[count] = seconds;
    }

    /** Least, median, 95 %, greatest. */
    double[] summary() {
      if (sketch != null) {
        return new double[] {
          sketch.getMinItem(),
          sketch.getQuantile(0.5),
          sketch.getQuantile(0.95),
          sketch.getMaxItem()
        };
      }
      int count = (int) completed;
      Arrays.sort(leadTimes, 0, count);
      return new double[] {
        leadTimes[0],
        leadTimes[(int) Math.ceil(0.5 * count) - 1],
        leadTimes[(int) Math.ceil(0.95 * count) - 1],
        leadTimes[count - 1]
      };
    }
  }
}
