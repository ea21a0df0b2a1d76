package io.plotpalette.generator.operators;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelCallException;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.operators.Connections.Stores;
import io.plotpalette.generator.pressure.ModelGate;
import io.plotpalette.generator.pressure.ModelQuota;
import io.plotpalette.generator.pressure.RetryDelays;
import io.plotpalette.generator.prompts.JobPlan;
import io.plotpalette.generator.prompts.JobPrompts;
import io.plotpalette.generator.prompts.SeedDataException;
import io.plotpalette.generator.prompts.SeedEntries;
import io.plotpalette.generator.run.FinishedRecord;
import io.plotpalette.generator.run.JobRun;
import io.plotpalette.generator.run.Progress;
import io.plotpalette.generator.run.RecordState;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.RunEffect;
import io.plotpalette.generator.run.RunEffect.AskJournal;
import io.plotpalette.generator.run.RunEffect.EmitProgress;
import io.plotpalette.generator.run.RunEffect.EmitRecord;
import io.plotpalette.generator.run.RunEffect.JobStopped;
import io.plotpalette.generator.run.RunEffect.LoadSeed;
import io.plotpalette.generator.run.RunEffect.MakeCall;
import io.plotpalette.generator.run.RunEffect.OwnershipLost;
import io.plotpalette.generator.run.RunEffect.PrepareStep;
import io.plotpalette.generator.run.RunEffect.WakeAt;
import io.plotpalette.generator.run.RunEffect.WakeJob;
import io.plotpalette.generator.run.RunEnvironment;
import io.plotpalette.generator.run.RunEvent;
import io.plotpalette.generator.run.RunEvent.CallFailed;
import io.plotpalette.generator.run.RunEvent.CancelRequested;
import io.plotpalette.generator.run.RunEvent.SeedFailed;
import io.plotpalette.generator.run.RunEvent.SeedLoaded;
import io.plotpalette.generator.run.RunEvent.Woken;
import io.plotpalette.generator.run.RunState;
import io.plotpalette.generator.run.RunStateCodec;
import io.plotpalette.generator.tables.CostRow;
import io.plotpalette.generator.tables.JobStore.StoredJob;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.catalogue.UnknownModelException;
import io.plotpalette.model.job.InvalidJobException;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.template.InvalidTemplateException;
import io.plotpalette.model.template.TemplateDefinition;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateSnapshotContext;
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
import org.apache.flink.util.function.SerializableSupplier;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * The runs of a subtask's jobs: one key, one job, one owner of its money. {@link JobRun} says what
 * is to be done; this does it and brings back the answers, through the task's mailbox. Nothing that
 * takes time happens on the task's own thread.
 *
 * <p>In the state is what {@link JobRun} says belongs there, and finished records that are not yet
 * lines of the dataset. A persisted timer a live job wakes its key after a restore or a rescale.
 */
public final class RunOperator extends AbstractStreamOperator<OutputLine>
    implements OneInputStreamOperator<JobCommand, OutputLine>, Triggerable<String, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** A {@code JobProgress} as JSON. */
  public static final OutputTag<String> PROGRESS = new OutputTag<>("progress", Types.STRING);

  /** A {@code CostRow} as JSON. */
  public static final OutputTag<String> COSTS = new OutputTag<>("costs", Types.STRING);

  public static final OutputTag<StoppedRun> STOPPED =
      new OutputTag<>("stopped", Types.POJO(StoppedRun.class));

  /** How often a live job is looked after, and how long it may sleep after a restore. */
  static final long TIMER_MILLIS = 1_000;

  private static final long COST_MILLIS = 10_000;

  /** Finished records in memory; a journal of a million is not read any faster than they leave. */
  private static final int MAX_LEAVING = 5_000;

  private final RunOptions options;
  private final Connections connections;
  private final SerializableSupplier<String> owners;

  private transient Inbox inbox;
  private transient Stores stores;
  private transient ModelClient models;
  private transient ModelCatalogue catalogue;
  private transient Background background;
  private transient RunEnvironment environment;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient Map<String, LiveJob> live;
  private transient Map<String, ModelGate> gates;
  private transient Deque<String> turns;
  private transient Counter recordsLeft;
  private transient Counter callsAnswered;
  private transient Counter callsFailed;
  private transient AtomicInteger callsInFlight;
  private transient boolean closed;

  RunOperator(
      StreamOperatorParameters<OutputLine> parameters,
      RunOptions options,
      Connections connections,
      SerializableSupplier<String> owners) {
    super(parameters);
    this.options = options;
    this.connections = connections;
    this.owners = owners;
    this.inbox = new Inbox(parameters.getMailboxExecutor());
  }

  @Override
  public void open() throws Exception {
    super.open();
    live = new HashMap<>();
    gates = new HashMap<>();
    turns = new ArrayDeque<>();
    callsInFlight = new AtomicInteger();
    background = new Background("run", options.computingThreads());
    catalogue = readCatalogue();
    stores = connections.stores();
    models = connections.models();
    environment =
        new RunEnvironment(
            options.journal().policy(),
            model -> gates.computeIfAbsent(model, this::gate),
            new RetryDelays(() -> ThreadLocalRandom.current().nextDouble()),
            Budget::new);
    timers = getInternalTimerService("live-jobs", VoidNamespaceSerializer.INSTANCE, this);
    MetricGroup metrics = getMetricGroup().addGroup("kinesisanalytics");
    metrics.gauge("liveJobs", () -> live.size());
    metrics.gauge("callsInFlight", () -> callsInFlight.get());
    recordsLeft = metrics.counter("recordsLeft");
    callsAnswered = metrics.counter("callsAnswered");
    callsFailed = metrics.counter("callsFailed");
  }

  private ModelCatalogue readCatalogue() throws IOException {
    if (options.catalogue() == null) {
      return ModelCatalogue.builtIn();
    }
    Path path = new Path(options.catalogue());
    java.nio.file.Path copy = Files.createTempFile(scratch(), "models", ".json");
    try (InputStream in = FileSystem.get(path.toUri()).open(path)) {
      Files.write(copy, in.readAllBytes());
      return ModelCatalogue.ofFile(copy);
    } finally {
      Files.delete(copy);
    }
  }

  private java.nio.file.Path scratch() throws IOException {
    String[] folders =
        getContainingTask().getEnvironment().getIOManager().getSpillingDirectoriesPaths();
    return Files.createDirectories(java.nio.file.Path.of(folders[0], "generator-job"));
  }

  /** A subtask's share of what the account may ask of a model. */
  private ModelGate gate(String modelId) {
    int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    int concurrency = Math.max(1, options.maxConcurrency() / subtasks);
    try {
      CatalogueModel model = catalogue.named(modelId);
      return new ModelGate(
          new ModelQuota(
              Math.max(1, model.requestsPerMinute() / subtasks),
              Math.max(1, model.tokensPerMinute() / subtasks),
              concurrency));
    } catch (UnknownModelException e) {
      LOG.warn("a job goes on with a model that left the catalogue: {}", e.getMessage());
      return new ModelGate(new ModelQuota(Integer.MAX_VALUE, Integer.MAX_VALUE, concurrency));
    }
  }

  // ---- jobs come and go

  @Override
  public void processElement(StreamRecord<JobCommand> element) throws Exception {
    JobCommand command = element.getValue();
    boolean known = Boolean.TRUE.equals(state(RunStateDescriptors.LIVE).value());
    if (command.kind == JobCommand.Kind.START && !known) {
      state(RunStateDescriptors.LIVE).update(true);
      wakeUp(command.jobId);
    } else if (command.kind == JobCommand.Kind.CANCEL && known) {
      LiveJob job = wakeUp(command.jobId);
      job.cancelRequested = true;
      tell(job, new CancelRequested());
    }
  }

  /** The job of the current key, which is in the state and may not be live yet. */
  private LiveJob wakeUp(String jobId) throws Exception {
    LiveJob job = live.get(jobId);
    if (job == null) {
      job = new LiveJob(jobId);
      live.put(jobId, job);
      job.computedUntil = now();
      setTimer(job);
      String plan = state(RunStateDescriptors.PLAN).value();
      if (plan == null) {
        load(job);
      } else {
        resume(job, JobPlan.fromJson(plan));
      }
    }
    return job;
  }

  private void setTimer(LiveJob job) {
    job.timerAt = now() + TIMER_MILLIS;
    timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, job.timerAt);
  }

  @Override
  public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
    if (!Boolean.TRUE.equals(state(RunStateDescriptors.LIVE).value())) {
      return;
    }
    LiveJob job = wakeUp(timer.getKey());
    if (job.timerAt <= timer.getTimestamp()) {
      setTimer(job);
    }
    countComputeTime(job);
    tell(job, new Woken());
  }

  @Override
  public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
    throw new IllegalStateException("no timer was set in event time");
  }

  /** Jobs that run side by side share the machine's time. */
  private void countComputeTime(LiveJob job) {
    long now = now();
    job.computeMillis += Math.max(0, now - job.computedUntil) / live.size();
    job.computedUntil = now;
  }

  /** What the API and the catalogue say of a job that has no state. */
  private void load(LiveJob job) {
    CompletableFuture<ThrowingRunnable<Exception>> loaded =
        stores
            .jobs()
            .job(job.jobId)
            .thenCompose(
                stored ->
                    stored.isEmpty() || stored.get().progress().state().isFinal()
                        ? CompletableFuture.completedFuture(() -> forget(job))
                        : loadTemplate(job, stored.get()));
    inbox.whenDone(
        "loading job " + job.jobId,
        loaded.exceptionallyCompose(
            failure -> {
              if (Inbox.cause(failure) instanceof InvalidJobException invalid) {
                LOG.error("job {} cannot be read and is left alone", job.jobId, invalid);
                return CompletableFuture.completedFuture(() -> forget(job));
              }
              return CompletableFuture.failedFuture(failure);
            }),
        next -> take(job, next));
  }

  private CompletableFuture<ThrowingRunnable<Exception>> loadTemplate(
      LiveJob job, StoredJob stored) {
    CompletableFuture<Optional<TemplateDefinition>> template =
        stores.jobs().template(stored.definition().template());
    return template
        .thenCompose(found -> claimRun(job, stored, found))
        .exceptionallyCompose(
            failure ->
                Inbox.cause(failure) instanceof InvalidTemplateException invalid
                    ? CompletableFuture.completedFuture(
                        () -> refuse(job, stored, invalid.getMessage()))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<ThrowingRunnable<Exception>> claimRun(
      LiveJob job, StoredJob stored, Optional<TemplateDefinition> template) {
    if (template.isEmpty()) {
      return CompletableFuture.completedFuture(
          () ->
              refuse(
                  job,
                  stored,
                  "there is no version %d of template %s"
                      .formatted(
                          stored.definition().template().version(),
                          stored.definition().template().templateId())));
    }
    Instant first = stored.progress().startedAt();
    Instant startedAt = first == null ? Instant.ofEpochMilli(now()) : first;
    JobPlan plan;
    try {
      plan =
          JobPlan.of(
              stored.definition(), template.get(), catalogue, options.region(), 0, startedAt);
      plan.runDefinition();
    } catch (IllegalArgumentException e) {
      // The template's models, or what it is told to do, cannot be had.
      return CompletableFuture.completedFuture(() -> refuse(job, stored, e.getMessage()));
    }
    return stores
        .journal()
        .claimRun(job.jobId)
        .thenApply(run -> () -> begin(job, plan.withRun(run)));
  }

  private void forget(LiveJob job) throws Exception {
    clear(job);
  }

  /** The job cannot even start. */
  private void refuse(LiveJob job, StoredJob stored, String reason) throws Exception {
    emitProgress(
        ProgressReport.finished(
            stored.progress(), JobState.FAILED, reason, Instant.ofEpochMilli(now()), List.of()));
    clear(job);
  }

  private void begin(LiveJob job, JobPlan plan) throws Exception {
    state(RunStateDescriptors.PLAN).update(plan.toJson());
    job.cancelRequested |= plan.job().cancelRequestedAt() != null;
    RunDefinition definition = plan.runDefinition();
    start(job, plan, RunState.beginning(definition, options.journal().buckets()));
  }

  private void resume(LiveJob job, JobPlan plan) throws Exception {
    job.computeMillis = valueOr(RunStateDescriptors.COMPUTE_MILLIS, 0L);
    job.objectOperations.set(valueOr(RunStateDescriptors.OBJECT_OPERATIONS, 0L));
    byte[] head = state(RunStateDescriptors.HEAD).value();
    if (head == null) {
      start(job, plan, RunState.beginning(plan.runDefinition(), options.journal().buckets()));
      return;
    }
    Map<Long, RecordState> records = new HashMap<>();
    for (Map.Entry<Long, byte[]> record : map(RunStateDescriptors.RECORDS).entries()) {
      records.put(record.getKey(), RunStateCodec.decodeRecord(record.getValue()));
    }
    for (Map.Entry<Long, byte[]> record : map(RunStateDescriptors.LEAVING).entries()) {
      job.leavingStored.add(record.getKey());
      job.leaving.put(record.getKey(), RunStateCodec.decodeFinished(record.getValue()));
    }
    start(
        job,
        plan,
        new RunState(
            RunStateCodec.decodeHead(head),
            RunStateCodec.decodeMoney(state(RunStateDescriptors.MONEY).value()),
            RunStateCodec.decodeCounters(state(RunStateDescriptors.COUNTERS).value()),
            records));
  }

  private void start(LiveJob job, JobPlan plan, RunState state) throws Exception {
    job.plan = plan;
    job.run = new JobRun(plan.runDefinition(), state, environment, owners.get());
    job.leaving.values().forEach(record -> write(job, record));
    perform(job, job.run.start(now()));
    if (job.cancelRequested) {
      tell(job, new CancelRequested());
    }
    giveTurns();
  }

  // ---- between the run and the world

  private void tell(LiveJob job, RunEvent event) throws Exception {
    if (job.run != null) {
      perform(job, job.run.handle(event, now()));
    }
    giveTurns();
  }

  /** Tells other jobs of this subtask that it is their turn at a model. */
  private void giveTurns() throws Exception {
    for (String jobId = turns.poll(); jobId != null; jobId = turns.poll()) {
      LiveJob next = live.get(jobId);
      if (next != null && next.run != null) {
        withKey(jobId, () -> perform(next, next.run.handle(new Woken(), now())));
      }
    }
  }

  private void perform(LiveJob job, List<RunEffect> effects) throws Exception {
    for (RunEffect effect : effects) {
      perform(job, effect);
    }
    callsInFlight.addAndGet(job.run.unsettledCalls() - job.unsettledCalls);
    job.unsettledCalls = job.run.unsettledCalls();
    endIfAllHasLeft(job);
  }

  private void perform(LiveJob job, RunEffect effect) throws Exception {
    if (effect instanceof MakeCall call) {
      call(job, call);
    } else if (effect instanceof AskJournal ask) {
      askJournal(job, ask);
    } else if (effect instanceof PrepareStep step) {
      prepare(job, step);
    } else if (effect instanceof EmitRecord emit) {
      job.leaving.put(emit.record().index(), emit.record());
      write(job, emit.record());
    } else if (effect instanceof WakeAt wake) {
      var unused =
          getProcessingTimeService()
              .registerTimer(wake.at(), time -> take(job, () -> tell(job, new Woken())));
    } else if (effect instanceof WakeJob wake) {
      turns.add(wake.jobId());
    } else if (effect instanceof EmitProgress emit) {
      emitProgress(job, emit.progress());
    } else if (effect instanceof LoadSeed) {
      loadSeed(job);
    } else if (effect instanceof JobStopped stopped) {
      job.ending = stopped.ending();
    } else if (effect instanceof OwnershipLost) {
      throw new OwnershipLostException(job.jobId);
    }
  }

  private void call(LiveJob job, MakeCall call) {
    deliver(
        job,
        "call " + call.call(),
        models
            .call((ModelRequest) call.prompt())
            .thenCompose(answer -> answered(job, call, answer))
            .exceptionallyCompose(
                failure -> {
                  if (Inbox.cause(failure) instanceof ModelCallException failed) {
                    callsFailed.inc();
                    return CompletableFuture.completedFuture(
                        new CallFailed(call.call(), failed.failure(), messageOf(failed)));
                  }
                  return CompletableFuture.failedFuture(failure);
                }));
  }

  private static String messageOf(ModelCallException failure) {
    return failure.getMessage() == null ? failure.failure().name() : failure.getMessage();
  }

  private CompletableFuture<RunEvent> answered(LiveJob job, MakeCall call, ModelAnswer answer) {
    callsAnswered.inc();
    JobPrompts prompts = job.prompts.join();
    Callable<RunEvent> check = () -> prompts.answered(call.call(), answer);
    if (!JobPrompts.isLong(answer)) {
      return background.compute(check);
    }
    job.objectOperations.incrementAndGet();
    return background.untilDone("storing an output of job " + job.jobId, check);
  }

  private void prepare(LiveJob job, PrepareStep step) {
    JobPrompts prompts = job.prompts.join();
    Callable<RunEvent> render = () -> prompts.prepare(step);
    boolean reads =
        JobPrompts.hasLongOutput(step.finishedSteps())
            || (step.repair() != null && JobPrompts.isStored(step.repair().output()));
    if (reads) {
      job.objectOperations.incrementAndGet();
    }
    deliver(
        job,
        "rendering a prompt",
        reads
            ? background.untilDone("reading outputs of job " + job.jobId, render)
            : background.compute(render));
  }

  private void askJournal(LiveJob job, AskJournal ask) {
    if (ask.request() instanceof JournalRequest.Read && job.leaving.size() >= MAX_LEAVING) {
      job.heldReads.add(ask);
      return;
    }
    deliver(job, "the call journal", stores.journal().ask(job.jobId, ask.request()));
  }

  private void loadSeed(LiveJob job) {
    Path path =
        new Path(
            options.bucket(),
            JobPaths.seedData(job.plan.job().userId(), job.plan.job().seed().seedDataId()));
    CompletableFuture<RunEvent> loaded =
        background
            .untilDone("reading the seed data of job " + job.jobId, () -> copySeed(job, path))
            .<RunEvent>handle(
                (seed, failure) -> {
                  job.seed.complete(seed);
                  job.prompts.complete(new JobPrompts(job.plan, seed, options.bucket()));
                  if (failure == null) {
                    return new SeedLoaded();
                  }
                  if (Inbox.cause(failure) instanceof SeedDataException unusable) {
                    return new SeedFailed(unusable.getMessage());
                  }
                  throw new CompletionException(failure);
                });
    job.objectOperations.incrementAndGet();
    deliver(job, "reading the seed data", loaded);
  }

  private SeedEntries copySeed(LiveJob job, Path path) throws IOException, SeedDataException {
    try (InputStream in = FileSystem.get(path.toUri()).open(path)) {
      return SeedEntries.copy(in, job.plan.job().seed().sha256(), scratch());
    } catch (FileNotFoundException e) {
      throw new SeedDataException("the seed data was deleted after the job was created", e);
    }
  }

  /** Makes a line of a finished record, which leaves when it is one. */
  private void write(LiveJob job, FinishedRecord record) {
    CompletableFuture<String> line =
        job.prompts.thenCompose(
            prompts ->
                JobPrompts.hasLongOutput(record.steps())
                    ? background.untilDone(
                        "reading outputs of job " + job.jobId, () -> prompts.line(record))
                    : background.compute(() -> prompts.line(record)));
    inbox.whenDone(
        "record %d of job %s".formatted(record.index(), job.jobId),
        line,
        text -> take(job, () -> leave(job, record, text)));
  }

  private void leave(LiveJob job, FinishedRecord record, String line) throws Exception {
    output.collect(new StreamRecord<>(new OutputLine(job.jobId, job.plan.run(), line)));
    recordsLeft.inc();
    job.leaving.remove(record.index());
    if (job.leaving.size() < MAX_LEAVING) {
      for (AskJournal ask = job.heldReads.poll(); ask != null; ask = job.heldReads.poll()) {
        askJournal(job, ask);
      }
    }
    endIfAllHasLeft(job);
  }

  private void deliver(LiveJob job, String what, CompletableFuture<? extends RunEvent> answer) {
    inbox.whenDone(
        what + " of job " + job.jobId, answer, event -> take(job, () -> tell(job, event)));
  }

  /** Does something for a job, unless it is over or in other hands. */
  private void take(LiveJob job, ThrowingRunnable<Exception> action) throws Exception {
    if (!closed && live.get(job.jobId) == job) {
      withKey(job.jobId, action);
    }
  }

  private void withKey(String jobId, ThrowingRunnable<Exception> action) throws Exception {
    Object before = getCurrentKey();
    setCurrentKey(jobId);
    try {
      action.run();
    } finally {
      if (before != null) {
        setCurrentKey(before);
      }
    }
  }

  // ---- what others see

  private void emitProgress(LiveJob job, Progress progress) {
    job.lastProgress = progress;
    long left =
        progress.counters().ok() + progress.counters().failed() + progress.counters().rejected();
    JobProgress report =
        ProgressReport.running(
            job.plan,
            progress,
            job.pace.after(left, progress.notStarted() + progress.inFlight(), now()));
    emitProgress(report);
    if (now() - COST_MILLIS >= job.costAt) {
      job.costAt = now();
      output.collect(COSTS, new StreamRecord<>(costs(job, report)));
    }
  }

  private void emitProgress(JobProgress progress) {
    output.collect(PROGRESS, new StreamRecord<>(JobJson.write(progress).toString()));
  }

  private String costs(LiveJob job, JobProgress report) {
    return CostRow.toJson(
        report, job.computeMillis, job.objectOperations.get(), Instant.ofEpochMilli(now()));
  }

  private void endIfAllHasLeft(LiveJob job) throws Exception {
    if (job.ending == null || !job.leaving.isEmpty() || live.get(job.jobId) != job) {
      return;
    }
    countComputeTime(job);
    JobProgress report = ProgressReport.exporting(job.plan, job.lastProgress);
    emitProgress(report);
    String costs = costs(job, report);
    output.collect(COSTS, new StreamRecord<>(costs));
    output.collect(
        STOPPED,
        new StreamRecord<>(
            new StoppedRun(
                job.jobId,
                job.plan.toJson(),
                JobJson.write(report).toString(),
                ProgressReport.finalState(job.ending).name(),
                costs)));
    clear(job);
  }

  /** The job is not this operator's any more; the key is its own. */
  private void clear(LiveJob job) throws Exception {
    live.remove(job.jobId);
    callsInFlight.addAndGet(-job.unsettledCalls);
    close(job);
    timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, job.timerAt);
    state(RunStateDescriptors.LIVE).clear();
    state(RunStateDescriptors.PLAN).clear();
    state(RunStateDescriptors.HEAD).clear();
    state(RunStateDescriptors.MONEY).clear();
    state(RunStateDescriptors.COUNTERS).clear();
    map(RunStateDescriptors.RECORDS).clear();
    map(RunStateDescriptors.LEAVING).clear();
    state(RunStateDescriptors.COMPUTE_MILLIS).clear();
    state(RunStateDescriptors.OBJECT_OPERATIONS).clear();
  }

  private void close(LiveJob job) {
    if (job.run != null) {
      for (RunEffect effect : job.run.close()) {
        if (effect instanceof WakeJob wake) {
          turns.add(wake.jobId());
        }
      }
    }
    job.close();
  }

  // ---- state

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    for (LiveJob job : live.values()) {
      if (job.run != null) {
        withKey(job.jobId, () -> store(job));
      }
    }
  }

  private void store(LiveJob job) throws Exception {
    RunState.Change change = job.run.takeChange();
    state(RunStateDescriptors.HEAD).update(RunStateCodec.encode(change.head()));
    state(RunStateDescriptors.MONEY).update(RunStateCodec.encode(change.money()));
    state(RunStateDescriptors.COUNTERS).update(RunStateCodec.encode(change.counters()));
    MapState<Long, byte[]> records = map(RunStateDescriptors.RECORDS);
    for (RecordState record : change.changed()) {
      records.put(record.index(), RunStateCodec.encode(record));
    }
    for (Long index : change.removed()) {
      records.remove(index);
    }
    storeLeaving(job);
    state(RunStateDescriptors.COMPUTE_MILLIS).update(job.computeMillis);
    state(RunStateDescriptors.OBJECT_OPERATIONS).update(job.objectOperations.get());
  }

  private void storeLeaving(LiveJob job) throws Exception {
    MapState<Long, byte[]> leaving = map(RunStateDescriptors.LEAVING);
    for (Iterator<Long> stored = job.leavingStored.iterator(); stored.hasNext(); ) {
      Long index = stored.next();
      if (!job.leaving.containsKey(index)) {
        leaving.remove(index);
        stored.remove();
      }
    }
    for (FinishedRecord record : job.leaving.values()) {
      if (job.leavingStored.add(record.index())) {
        leaving.put(record.index(), RunStateCodec.encode(record));
      }
    }
  }

  private <T> ValueState<T> state(ValueStateDescriptor<T> descriptor) throws Exception {
    return getPartitionedState(descriptor);
  }

  private MapState<Long, byte[]> map(MapStateDescriptor<Long, byte[]> descriptor) throws Exception {
    return getPartitionedState(descriptor);
  }

  private long valueOr(ValueStateDescriptor<Long> descriptor, long otherwise) throws Exception {
    Long value = state(descriptor).value();
    return value == null ? otherwise : value;
  }

  private long now() {
    return getProcessingTimeService().getCurrentProcessingTime();
  }

  @Override
  public void close() throws Exception {
    closed = true;
    inbox.close();
    if (live != null) {
      live.values().forEach(this::close);
      live.clear();
    }
    if (models != null) {
      models.close();
    }
    if (stores != null) {
      stores.close();
    }
    if (background != null) {
      background.close();
    }
    super.close();
  }
}
