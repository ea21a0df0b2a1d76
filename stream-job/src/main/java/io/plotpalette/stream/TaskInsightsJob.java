package io.plotpalette.stream;

import com.amazonaws.services.kinesisanalytics.runtime.KinesisAnalyticsRuntime;
import io.plotpalette.connector.streams.DynamoDbStreamsSource;
import io.plotpalette.connector.streams.StreamRecordJson;
import io.plotpalette.connector.streams.StreamsSourceOptions;
import io.plotpalette.model.setting.TaskInsightsKeys;
import io.plotpalette.stream.lake.LakeSinks;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
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
    LakeSinks lake = new LakeSinks(config.lakeUri());
    new TaskInsightsPipeline(
            new TaskInsightsPipeline.Grains(config.hourly(), config.daily(), config.minutely()))
        .connect(
            taskChanges(env, config),
            new TaskInsightsPipeline.Sinks(
                lake.taskChanges(),
                lake.hourlyInsights(),
                lake.dailyInsights(),
                lake.minutelyActivity(),
                lake.quarantine()));
  }

  /**
   * What the operators are written for, wherever they run; the managed service allows both in code.
   * Everything that travels is immutable or made anew, so copies between chained operators would
   * only cost; and nothing may fall back to Kryo, least of all state.
   */
  private static Configuration operatorSettings() {
    Configuration settings = new Configuration();
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(PipelineOptions.GENERIC_TYPES, false);
    return settings;
  }

  private static DataStream<String> taskChanges(
      StreamExecutionEnvironment env, StreamJobConfig config) {
    DynamoDbStreamsSource<String> source =
        DynamoDbStreamsSource.<String>builder()
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
