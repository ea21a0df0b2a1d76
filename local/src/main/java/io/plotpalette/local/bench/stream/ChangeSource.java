package io.plotpalette.local.bench.stream;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/**
 * The lines of a {@link ChangeFile} as a bounded stream. Subtasks take turns with its blocks, and
 * each emits a watermark from the stream's own time every so often, as the product's source does.
 */
final class ChangeSource {
  private ChangeSource() {}

  static DataStream<byte[]> lines(StreamExecutionEnvironment env, ChangeFile file) {
    int readers = env.getParallelism();
    int turns = (file.blocks() + readers - 1) / readers;
    // A sequence is cut into one run of numbers a reader: the runs are as long as each other, and
    // the n-th number of a run is the reader's n-th turn.
    return env.fromSequence(0, (long) turns * readers - 1)
        .uid("turns")
        .map(number -> number % turns * readers + number / turns)
        .returns(Long.class)
        .uid("blocks")
        .filter(block -> block < file.blocks())
        .uid("blocks-of-the-file")
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<Long>forGenerator(context -> new StreamTime(file))
                .withTimestampAssigner((block, before) -> file.streamMillis()[block.intValue()]))
        .uid("stream-time")
        .flatMap(new Lines(file))
        .uid("task-changes");
  }

  private static final class StreamTime implements WatermarkGenerator<Long> {
    private final ChangeFile file;
    private long reached = Long.MIN_VALUE;

    StreamTime(ChangeFile file) {
      this.file = file;
    }

    @Override
    public void onEvent(Long block, long timestamp, WatermarkOutput output) {
      reached = Math.max(reached, timestamp);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      if (reached != Long.MIN_VALUE) {
        output.emitWatermark(new Watermark(reached - file.boundMillis() - 1));
      }
    }
  }

  private static final class Lines extends RichFlatMapFunction<Long, byte[]> {
    private static final long serialVersionUID = 1L;

    // The product's source has no lines to look for: they must not cost more than they have to.
    private static final VarHandle EIGHT_BYTES =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long LINE_FEEDS = '\n' * ONES;
    private static final long HIGHEST_BITS = 0x8080_8080_8080_8080L;

    private final ChangeFile file;
    private transient RandomAccessFile in;
    private transient byte[] buffer;

    Lines(ChangeFile file) {
      this.file = file;
    }

    @Override
    public void open(OpenContext context) throws IOException {
      in = new RandomAccessFile(file.path(), "r");
      buffer = new byte[0];
    }

    @Override
    public void flatMap(Long block, Collector<byte[]> out) throws IOException {
      buffer = file.read(in, block.intValue(), buffer);
      int length = file.length(block.intValue());
      int start = 0;
      while (start < length) {
        int end = lineEnd(buffer, start, length);
        out.collect(Arrays.copyOfRange(buffer, start, end));
        start = end + 1;
      }
    }

    /** Where the next line feed is, or {@code length}; eight bytes at a time. */
    private static int lineEnd(byte[] buffer, int from, int length) {
      int at = from;
      for (; at + Long.BYTES <= length; at += Long.BYTES) {
        long eight = (long) EIGHT_BYTES.get(buffer, at) ^ LINE_FEEDS;
        long found = (eight - ONES) & ~eight & HIGHEST_BITS;
        if (found != 0) {
          return at + (Long.numberOfTrailingZeros(found) >>> 3);
        }
      }
      while (at < length && buffer[at] != '\n') {
        at++;
      }
      return at;
    }

    @Override
    public void close() throws IOException {
      if (in != null) {
        in.close();
      }
    }
  }
}
