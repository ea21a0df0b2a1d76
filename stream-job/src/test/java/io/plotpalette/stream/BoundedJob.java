package io.plotpalette.stream;

import io.plotpalette.stream.insights.Grain;
import io.plotpalette.stream.lake.LakeSinks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The pipeline over a list of records, which it reads to the end, into a lake folder. */
public final class BoundedJob {
  private BoundedJob() {}

  /**
   * An environment in which the first failure ends the job, with the job's settings for operators.
   */
  public static StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.addAll(TaskInsightsJob.operatorSettings());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.setParallelism(1);
    return env;
  }

  /** No early rows and no lateness; every window is final at the end. */
  static TaskInsightsPipeline.Grains grains() {
    Duration hour = Duration.ofHours(1);
    return new TaskInsightsPipeline.Grains(
        Grain.hourly(hour, hour), Grain.daily(hour, hour), Grain.minutely(hour, hour));
  }

  /** Stream records as the source gives them. */
  static DataStream<byte[]> records(StreamExecutionEnvironment env, List<String> records) {
    return env.fromData(
            records.stream().map(record -> record.getBytes(StandardCharsets.UTF_8)).toList())
        .uid("task-changes");
  }

  static void connect(StreamExecutionEnvironment env, List<String> records, Path lake) {
    new TaskInsightsPipeline(grains())
        .connect(
            records(env, records),
            TaskInsightsPipeline.Sinks.of(new LakeSinks(lake.toUri()), null));
  }

  public static JobID run(List<String> records, Path lake) throws Exception {
    StreamExecutionEnvironment env = environment();
    connect(env, records, lake);
    return env.execute().getJobID();
  }
}
