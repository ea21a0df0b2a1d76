package io.plotpalette.local.bench.stream;

import io.plotpalette.local.loopback.Loopback;
import io.plotpalette.stream.StreamJobConfig;
import io.plotpalette.stream.TaskInsightsJob;
import io.plotpalette.stream.TaskInsightsPipeline;
import io.plotpalette.stream.lake.LakeSinks;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job on a cluster that runs already, with the checkpoints it would have in the cloud. */
final class FlinkProgram implements StreamProgram {
  /** As the product's source does by default. */
  private static final Duration WATERMARK_INTERVAL = Duration.ofMillis(500);

  private final MiniCluster cluster;
  private final Path scratch;
  private final Connection connection;

  /** Adds a job's operators and sinks behind its source. */
  @FunctionalInterface
  private interface Connection {
    void connect(DataStream<byte[]> lines, Path bucket, ChangeFile file);
  }

  private FlinkProgram(Path scratch, Connection connection) throws Exception {
    this.scratch = scratch;
    this.connection = connection;
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.TMP_DIRS, scratch.toString());
    configuration.set(RestOptions.ADDRESS, Loopback.HOST);
    configuration.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
    configuration.set(TaskManagerOptions.BIND_HOST, Loopback.HOST);
    configuration.set(TaskManagerOptions.HOST, Loopback.HOST);
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(16));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(Runtime.getRuntime().availableProcessors())
                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                .setCommonBindAddress(Loopback.HOST)
                .build());
    cluster.start();
  }

  /** The product's own pipeline with its default settings. */
  static FlinkProgram pipeline(Path scratch) throws Exception {
    return new FlinkProgram(
        scratch,
        (lines, bucket, file) -> {
          lines.getExecutionEnvironment().configure(TaskInsightsJob.operatorSettings());
          StreamJobConfig defaults = defaults(bucket.toUri());
          new TaskInsightsPipeline(
                  new TaskInsightsPipeline.Grains(
                      defaults.hourly(), defaults.daily(), defaults.minutely()))
              .connect(
                  lines, TaskInsightsPipeline.Sinks.of(new LakeSinks(defaults.lakeUri()), null));
        });
  }

  /** The same as one would write it first. */
  static FlinkProgram straightforward(Path scratch) throws Exception {
    return new FlinkProgram(scratch, StraightforwardJob::connect);
  }

  private static StreamJobConfig defaults(URI lake) {
    Map<String, String> required =
        Map.of("tasks-table", "bench", "region", "local", "lake-uri", lake.toString());
    return StreamJobConfig.read(required::get);
  }

  @Override
  public void run(ChangeFile file, Path bucket, int parallelism) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, WATERMARK_INTERVAL);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(30));
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        scratch.resolve("checkpoints").toUri().toString());
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    connection.connect(ChangeSource.lines(env, file), bucket, file);
    JobID job = cluster.submitJob(env.getStreamGraph()).get().getJobID();
    cluster.requestJobResult(job).get().toJobExecutionResult(getClass().getClassLoader());
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
