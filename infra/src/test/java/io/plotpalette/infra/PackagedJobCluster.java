package io.plotpalette.infra;

import java.io.File;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.PackagedProgramUtils;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * Runs in a process whose class path is Flink: submits a jar as the command line of Flink does, so
 * that the job's classes come from the jar alone, through Flink's class loader for users' code.
 */
final class PackagedJobCluster {
  private static final int CHECKPOINT_INTERVAL_MS = 500;

  private PackagedJobCluster() {}

  /** Arguments: the jar, the folder of checkpoints, then the job's own. Ends when the job does. */
  public static void main(String[] args) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(CHECKPOINT_INTERVAL_MS));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, new File(args[1]).toURI().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    FileSystem.initialize(configuration, null);

    try (PackagedProgram program =
            PackagedProgram.newBuilder()
                .setJarFile(new File(args[0]))
                .setArguments(Arrays.copyOfRange(args, 2, args.length))
                .setConfiguration(configuration)
                .build();
        MiniCluster cluster =
            new MiniCluster(
                new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumTaskManagers(1)
                    .setNumSlotsPerTaskManager(1)
                    .build())) {
      cluster.start();
      JobGraph job = PackagedProgramUtils.createJobGraph(program, configuration, 1, false);
      cluster.submitJob(job).get(1, TimeUnit.MINUTES);
      cluster
          .requestJobResult(job.getJobID())
          .get()
          .toJobExecutionResult(program.getUserCodeClassLoader());
    }
  }
}
