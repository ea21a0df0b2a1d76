package io.plotpalette.local.bench.stream;

import static io.plotpalette.local.bench.stream.LoopRecord.ascii;

import io.plotpalette.local.bench.stream.LoopRecord.Image;
import io.plotpalette.local.bench.stream.LoopRecord.Slice;
import io.plotpalette.model.lake.LakeTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;

/**
 * The same rows from a loop in one thread, written by hand for this one purpose: what the machine
 * can do. No rules, no quarantine, no corrections, no checkpoints, nothing after a crash.
 */
final class LoopProgram implements StreamProgram {
  private static final byte[] REMOVE = ascii("REMOVE");
  private static final byte[] INSERT = ascii("INSERT");
  private static final byte[] DONE = ascii("done");
  private static final byte[] CANCELLED = ascii("cancelled");
  private static final Binary CREATED_TYPE = Binary.fromConstantByteArray(ascii("CREATED"));
  private static final Binary UPDATED_TYPE = Binary.fromConstantByteArray(ascii("UPDATED"));
  private static final Binary DELETED_TYPE = Binary.fromConstantByteArray(ascii("DELETED"));
  private static final int[] DAYS_BEFORE_MONTH = {
    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334
  };

  private final Map<String, ZoneId> zones = new HashMap<>();

  @Override
  public void run(ChangeFile file, Path bucket, int parallelism) throws IOException {
    if (parallelism != 1) {
      throw new IllegalArgumentException("The loop has one thread, not " + parallelism);
    }
    LoopUsers users = new LoopUsers();
    LoopRecord record = new LoopRecord();
    try (RandomAccessFile in = new RandomAccessFile(file.path(), "r");
        LoopTable bronze = new LoopTable(bucket, LakeTable.TASK_CHANGES);
        LoopWindows hourly =
            new LoopWindows(bucket, LakeTable.TASK_INSIGHTS_HOURLY, users, 3_600_000);
        LoopWindows daily =
            new LoopWindows(bucket, LakeTable.TASK_INSIGHTS_DAILY, users, 86_400_000);
        LoopWindows minutely =
            new LoopWindows(bucket, LakeTable.TASK_ACTIVITY_MINUTELY, null, 60_000)) {
      Change change = new Change(record, bronze);
      byte[] buffer = new byte[0];
      for (int block = 0; block < file.blocks(); block++) {
        buffer = file.read(in, block, buffer);
        int length = file.length(block);
        for (int at = 0; at < length; at = behindLine(buffer, record.end(), length)) {
          record.read(buffer, at);
          change.judge();
          bronze.write(change.changedAt, change.row);
          int user = users.number(change.task.attributes[LoopRecord.USER_ID]);
          hourly.add(user, change);
          daily.add(user, change);
          minutely.add(0, change);
        }
        long watermark = file.streamMillis()[block] - file.boundMillis();
        hourly.finish(watermark);
        daily.finish(watermark);
        minutely.finish(watermark);
      }
      hourly.finish(Long.MAX_VALUE);
      daily.finish(Long.MAX_VALUE);
      minutely.finish(Long.MAX_VALUE);
    }
  }

  private static int behindLine(byte[] buffer, int at, int length) {
    int next = at;
    while (next < length && buffer[next] != '\n') {
      next++;
    }
    return next + 1;
  }

  @Override
  public void close() {}

  /** What a record says, and its row of bronze. */
  final class Change {
    final java.util.function.Consumer<RecordConsumer> row = this::write;
    private final LoopRecord record;
    private final LoopTable bronze;

    Image task;
    long changedAt;
    boolean created;
    boolean deleted;
    boolean completed;
    boolean reopened;
    boolean cancelled;
    int openDelta;

    /** Above 0 if completed in time, below if not; 0 without a deadline or completion. */
    int onTime;

    long leadTimeMillis;
    private long createdAt;
    private long updatedAt;
    private long completedAt;
    private long dueAt;
    private long dueDay;

    Change(LoopRecord record, LoopTable bronze) {
      this.record = record;
      this.bronze = bronze;
    }

    void judge() {
      created = record.event.is(INSERT);
      deleted = record.event.is(REMOVE);
      task = deleted ? record.oldImage : record.newImage;
      createdAt = millis(LoopRecord.CREATED_AT);
      updatedAt = millis(LoopRecord.UPDATED_AT);
      completedAt = has(LoopRecord.COMPLETED_AT) ? millis(LoopRecord.COMPLETED_AT) : 0;
      dueAt = has(LoopRecord.DUE_AT) ? millis(LoopRecord.DUE_AT) : 0;
      if (has(LoopRecord.DUE_DATE)) {
        Slice date = task.attributes[LoopRecord.DUE_DATE];
        dueDay = epochDay(date.bytes, date.start);
      }
      changedAt = deleted ? record.streamMillis : updatedAt;
      Slice before =
          created || !record.hasOld ? null : record.oldImage.attributes[LoopRecord.STATUS];
      Slice after = deleted ? null : task.attributes[LoopRecord.STATUS];
      boolean wasOpen = before != null && !before.is(DONE) && !before.is(CANCELLED);
      boolean isOpen = after != null && !after.is(DONE) && !after.is(CANCELLED);
      reopened = isOpen && before != null && !wasOpen;
      cancelled = after != null && after.is(CANCELLED) && (before == null || !before.is(CANCELLED));
      completed = after != null && after.is(DONE) && (before == null || !before.is(DONE));
      openDelta = (isOpen ? 1 : 0) - (wasOpen ? 1 : 0);
      onTime = 0;
      if (completed) {
        leadTimeMillis = completedAt - createdAt;
        if (has(LoopRecord.DUE_AT)) {
          onTime = completedAt <= dueAt ? 1 : -1;
        } else if (has(LoopRecord.DUE_DATE)) {
          onTime = completedAt < endOfDueDay() ? 1 : -1;
        }
      }
    }

    private long endOfDueDay() {
      LocalDate next = LocalDate.ofEpochDay(dueDay + 1);
      if (!has(LoopRecord.TIME_ZONE)) {
        return next.toEpochDay() * 86_400_000;
      }
      ZoneId zone = zones.computeIfAbsent(task.attributes[LoopRecord.TIME_ZONE].text(), ZoneId::of);
      return next.atStartOfDay()
          .atZone(zone)
          .withZoneSameInstant(ZoneOffset.UTC)
          .toInstant()
          .toEpochMilli();
    }

    private boolean has(int attribute) {
      return task.present[attribute];
    }

    private long millis(int attribute) {
      Slice text = task.attributes[attribute];
      byte[] bytes = text.bytes;
      int at = text.start;
      return epochDay(bytes, at) * 86_400_000
          + two(bytes, at + 11) * 3_600_000L
          + two(bytes, at + 14) * 60_000L
          + two(bytes, at + 17) * 1_000L
          + (bytes[at + 20] - '0') * 100L
          + two(bytes, at + 21);
    }

    private static long epochDay(byte[] bytes, int at) {
      int year = 100 * two(bytes, at) + two(bytes, at + 2);
      int month = two(bytes, at + 5);
      int before = year - 1;
      long days = 365L * before + before / 4 - before / 100 + before / 400;
      boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      days += DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0);
      return days + two(bytes, at + 8) - 719_163;
    }

    private static int two(byte[] bytes, int at) {
      return 10 * (bytes[at] - '0') + bytes[at + 1] - '0';
    }

    private void write(RecordConsumer row) {
      bronze.text(row, 0, record.changeId);
      bronze.text(row, 1, created ? CREATED_TYPE : deleted ? DELETED_TYPE : UPDATED_TYPE);
      bronze.number(row, 2, changedAt);
      bronze.number(row, 3, record.streamMillis);
      bronze.text(row, 4, record.sequenceNumber);
      bronze.number(row, 5, System.currentTimeMillis());
      if (!created && record.hasOld) {
        bronze.text(row, 6, record.oldImage.attributes[LoopRecord.STATUS]);
        bronze.number(row, 7, record.oldImage.attributes[LoopRecord.VERSION].number());
      }
      text(row, 8, LoopRecord.TASK_ID);
      text(row, 9, LoopRecord.USER_ID);
      text(row, 10, LoopRecord.TITLE);
      text(row, 11, LoopRecord.DESCRIPTION);
      text(row, 12, LoopRecord.STATUS);
      text(row, 13, LoopRecord.PRIORITY);
      bronze.texts(row, 14, "list", task.labels, task.labelCount);
      if (has(LoopRecord.DUE_DATE)) {
        bronze.smallNumber(row, 15, (int) dueDay);
      }
      if (has(LoopRecord.DUE_AT)) {
        bronze.number(row, 16, dueAt);
      }
      text(row, 17, LoopRecord.TIME_ZONE);
      if (has(LoopRecord.ESTIMATE)) {
        bronze.smallNumber(row, 18, (int) task.attributes[LoopRecord.ESTIMATE].number());
      }
      text(row, 19, LoopRecord.PARENT_ID);
      bronze.texts(row, 20, "key_value", task.pairs, task.pairCount);
      bronze.number(row, 21, createdAt);
      bronze.number(row, 22, updatedAt);
      if (has(LoopRecord.COMPLETED_AT)) {
        bronze.number(row, 23, completedAt);
      }
      bronze.number(row, 24, task.attributes[LoopRecord.VERSION].number());
    }

    private void text(RecordConsumer row, int column, int attribute) {
      if (has(attribute)) {
        bronze.text(row, column, task.attributes[attribute]);
      }
    }
  }
}
