package io.plotpalette.local.flink;

import io.plotpalette.local.loopback.Loopback;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.DefaultPluginManager;
import org.apache.flink.core.plugin.DirectoryBasedPluginFinder;
import org.apache.flink.core.plugin.PluginDescriptor;
import org.apache.flink.core.plugin.PluginManager;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Flink mini cluster with its web UI, whose jobs go on from their last checkpoint. */
public final class LocalFlink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalFlink.class);
  private static final Duration FIRST_CHECKPOINT = Duration.ofMinutes(1);
  private static final long CLOSE_SECONDS = 20;

  /**
   * All parts of the cluster are in one process: where one is silent, all stood still, in a laptop
   * that sleeps or at a breakpoint. After Flink's 50 seconds every job would start again.
   */
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofHours(12);

  /** Each takes as many slots as it has subtasks. */
  private static final int JOBS = 2;

  private static final String CHECKPOINT_PREFIX = "chk-";
  private static final String METADATA = "_metadata";

  private final MiniCluster cluster;
  private final Options options;

  /**
   * How the cluster runs.
   *
   * @param port of web UI and REST API
   * @param stateFolder checkpoints, kept over restarts
   * @param log the process's log, shown in the web UI
   * @param plugins folder of Flink plugins, one sub-folder each; absent folders are fine
   * @param fileSystems configuration of the plugins' file systems
   */
  public record Options(
      int port,
      int parallelism,
      Duration checkpointInterval,
      Path stateFolder,
      Path log,
      Path plugins,
      Configuration fileSystems) {}

  private LocalFlink(MiniCluster cluster, Options options) {
    this.cluster = cluster;
    this.options = options;
  }

  public static LocalFlink start(Options options) throws Exception {
    Configuration configuration = new Configuration();
    Path scratch = options.stateFolder().resolve("scratch");
    // What a killed process left: tens of megabytes each time.
    FileUtils.deleteDirectory(scratch.toFile());
    Files.createDirectories(scratch);
    configuration.set(CoreOptions.TMP_DIRS, scratch.toString());
    configuration.addAll(options.fileSystems());
    configuration.set(RestOptions.ADDRESS, Loopback.HOST);
    configuration.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
    configuration.set(RestOptions.BIND_PORT, Integer.toString(options.port()));
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(WebOptions.LOG_PATH, options.log().toString());
    configuration.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
    configuration.set(TaskManagerOptions.BIND_HOST, Loopback.HOST);
    configuration.set(TaskManagerOptions.HOST, Loopback.HOST);
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT);
    configuration.set(SecurityOptions.DELEGATION_TOKENS_ENABLED, false);
    // A laptop's share: the defaults reserve more than the whole product may use.
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(16));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));

    Collection<PluginDescriptor> found =
        Files.isDirectory(options.plugins())
            ? new DirectoryBasedPluginFinder(options.plugins()).findPlugins()
            : List.of();
    PluginManager plugins =
        new DefaultPluginManager(
            found, CoreOptions.getPluginParentFirstLoaderPatterns(configuration));
    FileSystem.initialize(configuration, plugins);

    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(JOBS * options.parallelism())
                .setRpcServiceSharing(RpcServiceSharing.SHARED)
                .setCommonBindAddress(Loopback.HOST)
                .setPluginManager(plugins)
                .build());
    Loopback.start("Flink's web UI", options.port(), cluster::start);
    return new LocalFlink(cluster, options);
  }

  /** The id a job of this name always has here. */
  public static JobID jobId(String name) {
    return new JobID(name.hashCode(), 0);
  }

  /** Where a job of this name looks for savepoints besides its checkpoints. */
  public static Path savepoints(Path stateFolder, String name) {
    return stateFolder.resolve(name).resolve("savepoints");
  }

  /** Where a job of this name has its checkpoints, a folder {@code chk-N} each. */
  public static Path checkpoints(Path stateFolder, String name) {
    return stateFolder.resolve(name).resolve(jobId(name).toHexString());
  }

  /**
   * Starts a job, from its last completed checkpoint or savepoint if there is one, and returns when
   * it has completed its next.
   *
   * @param name folder of its checkpoints and, hashed, its job id, so that it finds them again
   * @param connect adds sources, operators and sinks to the environment
   */
  public void run(String name, Consumer<StreamExecutionEnvironment> connect) throws Exception {
    Path checkpoints = options.stateFolder().resolve(name);
    Files.createDirectories(checkpoints);
    JobID id = jobId(name);

    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.NAME, name);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, options.checkpointInterval());
    configuration.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, location(checkpoints));
    configuration.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");

    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(options.parallelism());
    connect.accept(env);

    StreamGraph graph = env.getStreamGraph();
    graph.setJobId(id);
    newest(checkpoints(options.stateFolder(), name), savepoints(options.stateFolder(), name))
        .ifPresent(
            checkpoint -> {
              LOG.info("{} goes on from {}", name, checkpoint);
              graph.setSavepointRestoreSettings(
                  SavepointRestoreSettings.forPath(
                      location(checkpoint), false, RecoveryClaimMode.CLAIM));
            });
    cluster.submitJob(graph).get(1, TimeUnit.MINUTES);
    awaitCheckpoint(id);
  }

  /** A checkpoint completes only once every task runs and has told the coordinator so. */
  private void awaitCheckpoint(JobID id) throws Exception {
    long deadline = System.nanoTime() + FIRST_CHECKPOINT.toNanos();
    Exception refused = null;
    while (System.nanoTime() < deadline) {
      // Asked for earlier, it would be refused, and the web UI counts that as a failed one.
      if (isRunning(id)) {
        try {
          cluster
              .triggerCheckpoint(id, CheckpointType.CONFIGURED)
              .get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
          return;
        } catch (ExecutionException | TimeoutException e) {
          // A task may have failed meanwhile; what else it may be shows when the time is up.
          refused = e;
        }
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException(
        "the job completed no checkpoint within %s; it is %s. See the log and %s"
            .formatted(
                FIRST_CHECKPOINT,
                cluster.getJobStatus(id).get(10, TimeUnit.SECONDS),
                cluster.getRestAddress().get(10, TimeUnit.SECONDS)),
        refused);
  }

  private boolean isRunning(JobID id) throws Exception {
    for (AccessExecutionVertex task :
        cluster.getExecutionGraph(id).get(10, TimeUnit.SECONDS).getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  /** As Flink reads it: a URI's text is percent-encoded, which it would take literally. */
  private static String location(Path path) {
    return new org.apache.flink.core.fs.Path(path.toUri()).toString();
  }

  /**
   * The newest checkpoint or savepoint that was completed: its metadata is written last and appears
   * at once. One count runs through both, and going on from an older one would write again what the
   * newer has committed.
   *
   * @param checkpoints folder of one job, with a folder {@code chk-N} a checkpoint
   * @param savepoints folder of the same job, with a folder {@code savepoint-…} each
   */
  static Optional<Path> newest(Path checkpoints, Path savepoints) throws IOException {
    Map<Path, Long> completed = new HashMap<>();
    for (Path checkpoint : completed(checkpoints, CHECKPOINT_PREFIX)) {
      completed.put(checkpoint, number(checkpoint));
    }
    for (Path savepoint : completed(savepoints, "savepoint-")) {
      completed.put(savepoint, numberInside(savepoint));
    }
    return completed.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
  }

  private static List<Path> completed(Path folder, String prefix) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(folder)) {
      return folders
          .filter(path -> Objects.toString(path.getFileName()).startsWith(prefix))
          .filter(path -> Files.exists(path.resolve(METADATA)))
          .toList();
    }
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(
        Objects.toString(checkpoint.getFileName()).substring(CHECKPOINT_PREFIX.length()));
  }

  /** Of a savepoint, whose folder has a random name. */
  private static long numberInside(Path savepoint) throws IOException {
    Path metadata = savepoint.resolve(METADATA);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(metadata)))) {
      return Checkpoints.loadCheckpointMetadata(
              in, LocalFlink.class.getClassLoader(), metadata.toString())
          .getCheckpointId();
    }
  }

  /** Stops without cancelling: the jobs' checkpoints stay and the next start goes on from them. */
  @Override
  public void close() throws Exception {
    cluster.closeAsync().get(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
