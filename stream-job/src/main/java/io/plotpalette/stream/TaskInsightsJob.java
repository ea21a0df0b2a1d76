package io.plotpalette.stream;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import io.plotpalette.connector.sink.DynamoDbSink;
import io.plotpalette.connector.sink.DynamoDbSinkOptions;
import io.plotpalette.connector.sink.RefusedItems;
import io.plotpalette.connector.streams.DynamoDbStreamsSource;
import io.plotpalette.connector.streams.StreamRecordJson;
import io.plotpalette.connector.streams.StreamsSourceOptions;
import io.plotpalette.model.setting.TaskInsightsKeys;
import io.plotpalette.model.table.RunAttribute;
import io.plotpalette.stream.lake.LakeSinks;
import io.plotpalette.stream.parse.Rejection;
import io.plotpalette.stream.runs.RejectionRun;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Task changes from the DynamoDB stream into the lake; see {@link TaskInsightsPipeline}. */
public final class TaskInsightsJob {
  public static final String NAME = TaskInsightsKeys.GROUP;

  private TaskInsightsJob() {}

  /**
   * Runs the job with settings given as {@code --key value} or, on the managed service, as a
   * property group.
   */
  public static void main(String[] args) throws Exception {
    StreamJobConfig config =
        StreamJobConfig.read(
            JobSettings.of(args, KinesisAnalyticsRuntime.getApplicationProperties()));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    connect(env, config);
    env.execute(NAME);
  }

  /** Adds source, pipeline and sinks to the environment. */
  public static void connect(StreamExecutionEnvironment env, StreamJobConfig config) {
    env.configure(operatorSettings());
    new TaskInsightsPipeline(
            new TaskInsightsPipeline.Grains(config.hourly(), config.daily(), config.minutely()))
        .connect(
            taskChanges(env, config),
            TaskInsightsPipeline.Sinks.of(new LakeSinks(config.lakeUri()), runs(config)));
  }

  /**
   * What the operators are written for, wherever they run; the managed service allows both in code.
   * Everything that travels is immutable or made anew, so copies between chained operators would
   * only cost; and nothing may fall back to Kryo, least of all state.
   */
  public static Configuration operatorSettings() {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    return settings;
  }

  /** Null if rejections leave no rows. */
  static Sink<Rejection> runs(StreamJobConfig config) {
    return config.runsTable() == null
        ? null
        : DynamoDbSink.<Rejection>builder()
            .setTableName(config.runsTable())
            .setRegion(config.region())
            .setEndpoint(config.dynamoDbEndpoint())
            .setKeyAttributes(RunAttribute.RUN_KIND, RunAttribute.RUN_KEY)
            .setElementConverter(RejectionRun::write)
            // The rejection itself is in quarantine; a row that cannot be must not stop the job.
            .set(DynamoDbSinkOptions.REFUSED_ITEMS, RefusedItems.DROP)
            .build();
  }

  private static DataStream<byte[]> taskChanges(
      StreamExecutionEnvironment env, StreamJobConfig config) {
    DynamoDbStreamsSource<byte[]> source =
        DynamoDbStreamsSource.<byte[]>builder()
            .table(config.tasksTable())
            .clients(new RegionalClients(config.region(), config.dynamoDbEndpoint()))
            .deserializer(new StreamRecordJson())
            .set(StreamsSourceOptions.WATERMARK_BOUND, config.watermarkBound())
            .set(StreamsSourceOptions.SHARD_DISCOVERY_INTERVAL, config.discoveryInterval())
            .set(StreamsSourceOptions.POLL_INTERVAL_IDLE, config.idlePollInterval())
            .set(StreamsSourceOptions.TIP_AFTER, config.tipAfter())
            .build();
    // The source makes its own watermarks, from the stream's clock.
    return env.fromSource(source, WatermarkStrategy.noWatermarks(), "task-changes")
        .uid("task-changes");
  }
}
