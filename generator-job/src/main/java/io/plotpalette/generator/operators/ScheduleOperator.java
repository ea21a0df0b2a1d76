package io.plotpalette.generator.operators;

import io.plotpalette.generator.operators.Connections.Stores;
import io.plotpalette.generator.schedule.JobQueue;
import io.plotpalette.generator.schedule.QueueStateCodec;
import io.plotpalette.generator.schedule.QueuedJob;
import io.plotpalette.generator.tables.JobStore.StoredJob;
import io.plotpalette.model.job.InvalidJobException;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Which job starts when. There is one for all jobs. It believes no event and no index, but looks at
 * the job itself: an event only says that it is time to, and so do the index, at the start and
 * every so often, and the operator's own memory of jobs it thinks under way. So a job whose event
 * is lost is found, and one that is over is not started again.
 */
final class ScheduleOperator extends AbstractStreamOperator<JobCommand>
    implements OneInputStreamOperator<String, JobCommand> {
  private static final long serialVersionUID = 1L;

  private final ScheduleOptions options;
  private final Connections connections;

  private transient Inbox inbox;
  private transient Stores stores;
  private transient JobQueue queue;
  private transient ListState<byte[]> stored;
  private transient ScheduledFuture<?> nextLook;

  /** Jobs that are being looked at. Of one job there are never two looks under way. */
  private transient Set<String> looking;

  /** Of those, the ones something was heard of meanwhile. */
  private transient Set<String> lookAgain;

  /**
   * Jobs that were under way when this began and have not been looked at yet, null while they are
   * listed: until it is known how many run, none is started.
   */
  private transient Set<String> underWay;

  ScheduleOperator(
      StreamOperatorParameters<JobCommand> parameters,
      ScheduleOptions options,
      Connections connections) {
    super(parameters);
    this.options = options;
    this.connections = connections;
    this.inbox = new Inbox(parameters.getMailboxExecutor());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    "queue", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    JobQueue.State state = JobQueue.State.EMPTY;
    for (byte[] bytes : stored.get()) {
      state = QueueStateCodec.decode(bytes);
    }
    queue = new JobQueue(options.maxRunning(), state);
  }

  @Override
  public void open() throws Exception {
    super.open();
    looking = new HashSet<>();
    lookAgain = new HashSet<>();
    stores = connections.stores();
    MetricGroup metrics = getMetricGroup().addGroup("kinesisanalytics");
    metrics.gauge("jobsWaiting", () -> queue.state().waiting().size());
    lookAtAll();
    scheduleLook();
  }

  private void scheduleLook() {
    long at = getProcessingTimeService().getCurrentProcessingTime() + options.lookMillis();
    nextLook =
        getProcessingTimeService()
            .registerTimer(
                at,
                time -> {
                  lookAtAll();
                  scheduleLook();
                });
  }

  @Override
  public void processElement(StreamRecord<String> element) {
    lookAt(element.getValue());
  }

  private void lookAtAll() {
    new TreeSet<>(queue.known()).forEach(this::lookAt);
    inbox.whenDone(
        "listing the jobs that are under way",
        stores
            .jobs()
            .jobIds(JobState.RUNNING)
            .thenCombine(stores.jobs().jobIds(JobState.EXPORTING), ScheduleOperator::joined),
        this::listedUnderWay);
    inbox.whenDone(
        "listing the jobs that wait",
        stores.jobs().jobIds(JobState.QUEUED),
        ids -> ids.forEach(this::lookAt));
  }

  private static List<String> joined(List<String> some, List<String> others) {
    List<String> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private void listedUnderWay(List<String> jobIds) {
    if (underWay == null) {
      underWay = new HashSet<>(jobIds);
    }
    jobIds.forEach(this::lookAt);
    startWhatMay();
  }

  private void lookAt(String jobId) {
    if (!looking.add(jobId)) {
      lookAgain.add(jobId);
      return;
    }
    inbox.whenDone(
        "looking at job " + jobId,
        stores
            .jobs()
            .job(jobId)
            .exceptionallyCompose(
                failure -> {
                  if (Inbox.cause(failure) instanceof InvalidJobException invalid) {
                    LOG.error("job {} cannot be read and is left alone", jobId, invalid);
                    return CompletableFuture.completedFuture(Optional.empty());
                  }
                  return CompletableFuture.failedFuture(failure);
                }),
        job -> seen(jobId, job));
  }

  private void seen(String jobId, Optional<StoredJob> job) {
    looking.remove(jobId);
    if (underWay != null) {
      underWay.remove(jobId);
    }
    job.ifPresentOrElse(this::seen, () -> gone(jobId));
    startWhatMay();
    if (lookAgain.remove(jobId)) {
      lookAt(jobId);
    }
  }

  private void seen(StoredJob job) {
    JobDefinition definition = job.definition();
    String jobId = definition.jobId();
    boolean cancelled = definition.cancelRequestedAt() != null;
    JobState state = job.progress().state();
    if (state.isFinal()) {
      queue.withdraw(jobId);
      queue.finished(jobId);
    } else if (queue.isRunning(jobId)) {
      if (cancelled) {
        send(JobCommand.cancel(jobId));
      }
    } else if (state == JobState.QUEUED && !cancelled) {
      queue.submit(queued(definition));
    } else {
      // It ran before the state was lost, or only has to be written off: neither waits for a turn.
      queue.resume(queued(definition));
      send(JobCommand.start(jobId));
    }
  }

  private void gone(String jobId) {
    queue.withdraw(jobId);
    if (queue.isRunning(jobId)) {
      queue.finished(jobId);
      send(JobCommand.cancel(jobId));
    }
  }

  private void startWhatMay() {
    if (underWay == null || !underWay.isEmpty()) {
      return;
    }
    for (Optional<QueuedJob> next = queue.start(); next.isPresent(); next = queue.start()) {
      send(JobCommand.start(next.get().jobId()));
    }
  }

  private void send(JobCommand command) {
    LOG.info("{}", command);
    output.collect(new StreamRecord<>(command));
  }

  private static QueuedJob queued(JobDefinition definition) {
    return new QueuedJob(
        definition.jobId(),
        definition.userId(),
        definition.terms().priority(),
        definition.createdAt().toEpochMilli());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.update(List.of(QueueStateCodec.encode(queue.state())));
  }

  @Override
  public void close() throws Exception {
    inbox.close();
    if (nextLook != null) {
      nextLook.cancel(false);
    }
    if (stores != null) {
      stores.close();
    }
    super.close();
  }
}
