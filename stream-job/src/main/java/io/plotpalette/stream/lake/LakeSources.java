package io.plotpalette.stream.lake;

import io.plotpalette.model.lake.LakeTable;
import io.plotpalette.model.task.TaskChange;
import io.plotpalette.stream.parse.TaskChangeType;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.function.SerializableFunction;

/** Finished files of the lake as bounded streams; files still being written are passed over. */
public final class LakeSources {
  private LakeSources() {}

  /** Every change of the folders, as often as bronze has it. */
  public static DataStream<TaskChange> taskChanges(
      StreamExecutionEnvironment env, Path[] folders, String name) {
    return rows(
        env, LakeTable.TASK_CHANGES, folders, TaskChangeRow::read, TaskChangeType.info(), name);
  }

  /**
   * Rows of a table, mapped.
   *
   * @param mapper from a row as today's schema has it
   */
  public static <T> DataStream<T> rows(
      StreamExecutionEnvironment env,
      LakeTable table,
      Path[] folders,
      SerializableFunction<GenericRecord, T> mapper,
      TypeInformation<T> type,
      String name) {
    return env.fromSource(
            FileSource.forRecordStreamFormat(new LakeTableFormat<>(table, mapper, type), folders)
                .build(),
            WatermarkStrategy.noWatermarks(),
            name)
        .uid(name);
  }

  /** Lines of text files. */
  public static DataStream<String> lines(
      StreamExecutionEnvironment env, Path[] folders, String name) {
    return env.fromSource(
            FileSource.forRecordStreamFormat(new TextLineInputFormat(), folders).build(),
            WatermarkStrategy.noWatermarks(),
            name)
        .uid(name);
  }
}
