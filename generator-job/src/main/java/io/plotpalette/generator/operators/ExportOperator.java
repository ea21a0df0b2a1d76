package io.plotpalette.generator.operators;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plotpalette.generator.export.DatasetExport;
import io.plotpalette.generator.export.ExportRequest;
import io.plotpalette.generator.export.ExportResult;
import io.plotpalette.generator.export.InvalidOutputsException;
import io.plotpalette.generator.export.OutputsNotCommittedException;
import io.plotpalette.generator.prompts.JobPlan;
import io.plotpalette.generator.tables.CostRow;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Exports the datasets of stopped runs, in a thread of its own, as soon as all their records are
 * visible: the files say so, looked at by a persisted timer, since the order in which operators
 * hear of a completed checkpoint says nothing. Then, and only then, a job gets its final state.
 */
public final class ExportOperator extends AbstractStreamOperator<String>
    implements OneInputStreamOperator<StoppedRun, String>, Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** A {@code CostRow} as JSON. */
  public static final OutputTag<String> COSTS = new OutputTag<>("export-costs", Types.STRING);

  /** An {@code ExportRun} as JSON. */
  public static final OutputTag<String> RUNS = new OutputTag<>("export-runs", Types.STRING);

  static final ValueStateDescriptor<StoppedRun> WAITING =
      new ValueStateDescriptor<>("waiting", Types.POJO(StoppedRun.class));

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ExportOptions options;

  private transient Inbox inbox;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient ExecutorService exporting;

  /** Lines of outputs that were left out because their record is there once more. */
  private transient Counter repeatedLines;

  /** By job, sizes of the files a look has found incomplete; null while it is under way. */
  private transient Map<String, Map<String, Long>> looks;

  ExportOperator(StreamOperatorParameters<String> parameters, ExportOptions options) {
    super(parameters);
    this.options = options;
    this.inbox = new Inbox(parameters.getMailboxExecutor());
  }

  @Override
  public void open() throws Exception {
    super.open();
    looks = new HashMap<>();
    repeatedLines = getMetricGroup().addGroup("kinesisanalytics").counter("repeatedLines");
    exporting =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "export");
              thread.setDaemon(true);
              return thread;
            });
    timers = getInternalTimerService("looks", VoidNamespaceSerializer.INSTANCE, this);
  }

  @Override
  public void processElement(StreamRecord<StoppedRun> element) throws Exception {
    waiting().update(element.getValue());
    lookLater();
  }

  private void lookLater() {
    timers.registerProcessingTimeTimer(
        VoidNamespace.INSTANCE,
        getProcessingTimeService().getCurrentProcessingTime() + options.lookMillis());
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    StoppedRun run = waiting().value();
    if (run == null) {
      return;
    }
    lookLater();
    String jobId = run.jobId;
    if (looks.containsKey(jobId) && looks.get(jobId) == null) {
      return;
    }
    Map<String, Long> incomplete = looks.put(jobId, null);
    long startedAt = getProcessingTimeService().getCurrentProcessingTime();
    exporting.execute(
        () -> {
          try {
            Look look = look(run, incomplete);
            inbox.add(() -> looked(run, look, startedAt));
          } catch (Throwable e) {
            // Errors, too, or the job would wait for ever for a look that is not under way.
            inbox.fail("exporting the dataset of job " + jobId, e);
          }
        });
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("no timer was set in event time");
  }

  /**
   * What a look came to.
   *
   * @param files sizes by name
   * @param result null if there is none
   * @param failure why there will be none; null if it is to be tried again
   */
  private record Look(Map<String, Long> files, ExportResult result, String failure) {}

  private Look look(StoppedRun run, Map<String, Long> incomplete) {
    Map<String, Long> files = Map.of();
    try {
      JobPlan plan = JobPlan.fromJson(run.plan);
      files = files(plan);
      if (files.equals(incomplete)) {
        return new Look(files, null, null);
      }
      return new Look(files, DatasetExport.write(request(run, plan)), null);
    } catch (OutputsNotCommittedException e) {
      LOG.debug("job {}: {}", run.jobId, e.getMessage());
      return new Look(files, null, null);
    } catch (InvalidOutputsException | RuntimeException e) {
      LOG.error("the dataset of job {} cannot be exported", run.jobId, e);
      return new Look(files, null, "the dataset cannot be exported: " + e.getMessage());
    } catch (IOException e) {
      LOG.warn("the export of job {} failed and is tried again", run.jobId, e);
      // Nothing to compare with, so the next look tries whatever it finds.
      return new Look(null, null, null);
    }
  }

  private Map<String, Long> files(JobPlan plan) throws IOException {
    Path folder = new Path(options.bucket(), JobPaths.outputs(plan.job().jobId(), plan.run()));
    Map<String, Long> files = new TreeMap<>();
    FileStatus[] found;
    try {
      found = FileSystem.get(folder.toUri()).listStatus(folder);
    } catch (FileNotFoundException e) {
      return files;
    }
    if (found != null) {
      for (FileStatus file : found) {
        files.put(file.getPath().getName(), file.getLen());
      }
    }
    return files;
  }

  private ExportRequest request(StoppedRun run, JobPlan plan) throws IOException {
    String[] folders =
        getContainingTask().getEnvironment().getIOManager().getSpillingDirectoriesPaths();
    return new ExportRequest(
        plan.job(),
        plan.template(),
        progress(run),
        JobState.valueOf(run.finalState),
        options.bucket(),
        plan.run(),
        Files.createDirectories(java.nio.file.Path.of(folders[0], "generator-job")),
        options.memoryBytes());
  }

  private void looked(StoppedRun run, Look look, long startedAt) throws Exception {
    looks.remove(run.jobId);
    if (look.result() == null && look.failure() == null) {
      if (look.files() != null) {
        looks.put(run.jobId, look.files());
      }
      return;
    }
    Object before = getCurrentKey();
    setCurrentKey(run.jobId);
    try {
      if (waiting().value() != null) {
        finish(run, look, startedAt);
        waiting().clear();
      }
    } finally {
      if (before != null) {
        setCurrentKey(before);
      }
    }
  }

  private void finish(StoppedRun run, Look look, long startedAt) {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    JobProgress last = progress(run);
    JobProgress finished =
        look.result() == null
            ? ProgressReport.finished(
                last, JobState.FAILED, look.failure(), Instant.ofEpochMilli(now), List.of())
            : ProgressReport.finished(
                withCountsOf(look.result(), last),
                JobState.valueOf(run.finalState),
                last.stateReason(),
                Instant.ofEpochMilli(now),
                look.result().files());
    output.collect(new StreamRecord<>(JobJson.write(finished).toString()));
    long repeated = look.result() == null ? 0 : look.result().repeated();
    if (repeated > 0) {
      repeatedLines.inc(repeated);
      LOG.warn("job {}: {} lines of its outputs repeat a record", run.jobId, repeated);
    }
    int files = look.files().size() + finished.exports().size();
    output.collect(
        COSTS,
        new StreamRecord<>(
            CostRow.withObjectOperations(run.cost, files, Instant.ofEpochMilli(now))));
    output.collect(
        RUNS,
        new StreamRecord<>(
            ExportRun.toJson(
                finished, finished.exports().size(), repeated, now - startedAt, look.failure())));
  }

  /** Near-duplicates are found only here: they were ok and are rejected. */
  private static JobProgress withCountsOf(ExportResult result, JobProgress last) {
    Figures figures = last.figures();
    Counts counts = figures.counts();
    return new JobProgress(
        last.jobId(),
        last.userId(),
        last.state(),
        last.stateReason(),
        last.queueKey(),
        last.seq(),
        new Figures(
            new Counts(
                counts.requested(),
                result.ok(),
                result.failed(),
                result.rejected(),
                counts.notStarted(),
                counts.inFlight()),
            figures.spend(),
            figures.bySteps(),
            figures.byModels(),
            figures.pace(),
            figures.lastErrors()),
        last.startedAt(),
        last.finishedAt(),
        last.exports());
  }

  private static JobProgress progress(StoppedRun run) {
    try {
      return JobJson.readProgress(MAPPER.readTree(run.progress));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the progress of job " + run.jobId + " is no JSON", e);
    }
  }

  private ValueState<StoppedRun> waiting() throws Exception {
    return getPartitionedState(WAITING);
  }

  @Override
  public void close() throws Exception {
    inbox.close();
    if (exporting != null) {
      exporting.shutdownNow();
    }
    super.close();
  }
}
