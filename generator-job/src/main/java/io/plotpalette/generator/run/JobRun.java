package io.plotpalette.generator.run;

import io.plotpalette.generator.budget.Budget.Decision;
import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.CallJournal;
import io.plotpalette.generator.journal.JournalConflictException;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.JournalStep;
import io.plotpalette.generator.pressure.Admission;
import io.plotpalette.generator.pressure.Admission.Permit;
import io.plotpalette.generator.pressure.FailureClass;
import io.plotpalette.generator.pressure.ModelGate;
import io.plotpalette.generator.run.Ending.Kind;
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
import io.plotpalette.generator.run.RunEvent.CallAnswered;
import io.plotpalette.generator.run.RunEvent.CallFailed;
import io.plotpalette.generator.run.RunEvent.CancelRequested;
import io.plotpalette.generator.run.RunEvent.JournalRead;
import io.plotpalette.generator.run.RunEvent.JournalUnreadable;
import io.plotpalette.generator.run.RunEvent.PreparationFailed;
import io.plotpalette.generator.run.RunEvent.SeedFailed;
import io.plotpalette.generator.run.RunEvent.SeedLoaded;
import io.plotpalette.generator.run.RunEvent.SegmentCollided;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.generator.run.RunEvent.StepPrepared;
import io.plotpalette.generator.run.RunEvent.StepSkipped;
import io.plotpalette.generator.run.RunState.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * One owner's run of one job: told what happens, it says what is to be done. Not thread-safe.
 *
 * <p>A call goes through these stages, and money and journal move with them:
 *
 * <pre>
 * READY ── PREPARING ── AWAITING_MONEY ── INTENT ── LAUNCH ── CALLING ── ANSWERED ──► next step,
 *   ▲                     reserve        durable    admitted            durable       retry, or
 *   └── BACKING_OFF ◄──────────────────────────────────────────────────── settle ───  record leaves
 * </pre>
 *
 * <p>Only the journal moves what is certain ({@link RunLedger}): a call starts after its intent is
 * durable, and money of a reservation is free only after the outcome is. What is merely under way
 * is kept here and is lost with this object, which costs at most the calls not yet settled.
 */
public final class JobRun {
  /** How often progress is told at most. */
  static final long PROGRESS_INTERVAL_MILLIS = 1_000;

  private static final String CANCELLED = "the job was cancelled";

  private enum Stage {
    READY,
    PREPARING,
    AWAITING_MONEY,
    INTENT,
    LAUNCH,
    CALLING,
    ANSWERED,
    BACKING_OFF
  }

  private enum Phase {
    /** The journal is read and claimed. */
    OPENING,
    RUNNING,
    /** Over, by its end or by a newer owner. */
    OVER
  }

  private final RunDefinition definition;
  private final RunLedger ledger;
  private final CallJournal journal;
  private final Map<String, ModelQueue> models = new LinkedHashMap<>();

  private final NavigableMap<Long, Work> works = new TreeMap<>();
  private final Set<Work> awaitingMoney = new LinkedHashSet<>();
  private final PriorityQueue<Work> backingOff =
      new PriorityQueue<>(
          Comparator.comparingLong((Work work) -> work.notBefore)
              .thenComparingLong(work -> work.index));

  private Phase phase = Phase.OPENING;
  private boolean seedLoaded;
  private boolean moneyFreed;

  /** Calls that are made, or answered and not yet durable. */
  private int unsettled;

  private boolean progressDue;
  private long progressAt = Long.MIN_VALUE;
  private long progressCount;
  private long wakeAt = Long.MAX_VALUE;

  private long now;
  private List<RunEffect> effects = new ArrayList<>();

  /**
   * A run that is not started yet.
   *
   * @param state of the last checkpoint, or the {@link RunState#beginning}
   * @param owner an id no other run of the job has or had
   */
  public JobRun(
      RunDefinition definition, RunState state, RunEnvironment environment, String owner) {
    this.definition = definition;
    this.ledger =
        new RunLedger(
            definition, state, environment, record -> effects.add(new EmitRecord(record)));
    this.journal = new CallJournal(environment.commitPolicy(), state.head().cursor(), owner);
    // Later steps first: what is begun is finished before something new is.
    List<StepSpec> steps = new ArrayList<>(definition.steps());
    Collections.reverse(steps);
    for (StepSpec step : steps) {
      models.computeIfAbsent(
          step.model(), model -> new ModelQueue(environment.gates().apply(model)));
    }
  }

  /**
   * The first effects.
   *
   * @param at epoch milliseconds, here and below
   */
  public List<RunEffect> start(long at) {
    now = at;
    effects.add(new LoadSeed());
    take(journal.open());
    return finishTurn();
  }

  /** What follows from an event. An event that answers nothing this run waits for is ignored. */
  public List<RunEffect> handle(RunEvent event, long at) {
    now = at;
    if (phase != Phase.OVER) {
      try {
        on(event);
      } catch (JournalConflictException e) {
        stopAtOnce("the call journal cannot be trusted: " + e.getMessage());
      }
    }
    return finishTurn();
  }

  /** Lets go of what it holds at the models. Nothing may be handled after. */
  public List<RunEffect> close() {
    phase = Phase.OVER;
    leaveModels();
    return takeEffects();
  }

  private List<RunEffect> finishTurn() {
    if (phase == Phase.RUNNING) {
      advance();
    }
    if (phase == Phase.RUNNING) {
      tellProgress();
      askForWakeUp();
    }
    return takeEffects();
  }

  private List<RunEffect> takeEffects() {
    List<RunEffect> taken = effects;
    effects = new ArrayList<>();
    return taken;
  }

  private void on(RunEvent event) {
    if (event instanceof CallAnswered answered) {
      answered(answered);
    } else if (event instanceof CallFailed failed) {
      failed(failed);
    } else if (event instanceof SegmentWritten written) {
      take(journal.written(written.address()));
    } else if (event instanceof SegmentCollided collided) {
      take(journal.collided(collided.address(), collided.existing()));
    } else if (event instanceof JournalRead read) {
      take(journal.read(read.bucket(), read.page(), read.last()));
    } else if (event instanceof StepPrepared prepared) {
      prepared(prepared);
    } else if (event instanceof StepSkipped skipped) {
      skipped(skipped);
    } else if (event instanceof PreparationFailed failed) {
      preparationFailed(failed);
    } else if (event instanceof SeedLoaded) {
      seedLoaded = true;
    } else if (event instanceof SeedFailed failed) {
      end(Kind.FAILED, failed.reason());
    } else if (event instanceof CancelRequested) {
      end(Kind.CANCELLED, CANCELLED);
    } else if (event instanceof JournalUnreadable unreadable) {
      stopAtOnce("the call journal cannot be read: " + unreadable.reason());
    }
    // Woken needs nothing of its own: every event is followed by advance().
  }

  // ---- journal

  private void take(JournalStep step) {
    step.requests().forEach(request -> effects.add(new AskJournal(request)));
    switch (phase) {
      case OPENING -> replay(step.durable());
      case RUNNING -> step.durable().forEach(this::durable);
      case OVER -> {}
    }
    if (journal.phase() == CallJournal.Phase.LOST) {
      phase = Phase.OVER;
      leaveModels();
      effects.add(new OwnershipLost());
    }
  }

  private void replay(List<JournalEntry> entries) {
    entries.forEach(ledger::replay);
    progressDue |= !entries.isEmpty();
    if (journal.phase() != CallJournal.Phase.OPEN) {
      return;
    }
    // From here on nobody else writes: a call without an outcome will not get one any more.
    ledger.forfeitOpenCalls();
    phase = Phase.RUNNING;
    progressDue = true;
    for (RecordState record : ledger.records()) {
      proceed(record, works.computeIfAbsent(record.index(), Work::new));
    }
  }

  private void durable(JournalEntry entry) {
    Work work = works.get(entry.call().record());
    boolean stopped = stopsCalls();
    ledger.apply(entry);
    progressDue = true;
    if (entry instanceof Intent) {
      work.stage = Stage.LAUNCH;
      if (stopped) {
        notMade(work);
      } else {
        queueOf(work.call.step()).launch.add(work);
      }
      return;
    }
    moneyFreed = true;
    if (work.made) {
      unsettled--;
    }
    if (!stopped && stopsCalls()) {
      stopCalls();
    }
    ledger
        .record(work.index)
        .ifPresentOrElse(record -> proceed(record, work), () -> works.remove(work.index));
  }

  /** The record's last call is settled, or it has none: what now? */
  private void proceed(RecordState record, Work work) {
    work.reset();
    if (stopsCalls()) {
      giveUp(record, work);
    } else if (record.notBefore() > now) {
      work.stage = Stage.BACKING_OFF;
      work.notBefore = record.notBefore();
      backingOff.add(work);
    } else {
      ready(record, work);
    }
  }

  private void ready(RecordState record, Work work) {
    work.stage = Stage.READY;
    queueOf(record.step()).ready.add(work);
  }

  private void giveUp(RecordState record, Work work) {
    works.remove(work.index);
    ledger.giveUp(record, ledger.ending().reason(), now);
    progressDue = true;
  }

  // ---- from the next record to the call

  private void advance() {
    while (!backingOff.isEmpty() && backingOff.peek().notBefore <= now) {
      Work work = backingOff.remove();
      ready(recordOf(work), work);
    }
    if (moneyFreed) {
      moneyFreed = false;
      List.copyOf(awaitingMoney).forEach(this::reserve);
    }
    models.values().forEach(this::launch);
    if (seedLoaded) {
      models.values().forEach(this::prepareReady);
      beginRecords();
    }
    journal.due(now).forEach(request -> effects.add(new AskJournal(request)));
    if (ledger.recordsInFlight() == 0
        && journal.isIdle()
        && (ledger.ending() != null || ledger.allStarted())) {
      stop();
    }
  }

  private void prepareReady(ModelQueue queue) {
    while (queue.ahead < definition.maxAhead() && !queue.ready.isEmpty()) {
      Work work = queue.ready.remove();
      prepare(recordOf(work), work);
    }
  }

  private void beginRecords() {
    ModelQueue first = queueOf(0);
    while (ledger.ending() == null
        && first.ahead < definition.maxAhead()
        && ledger.recordsInFlight() < definition.maxRecords()
        && !ledger.allStarted()) {
      RecordState record = ledger.begin().orElseThrow();
      Work work = new Work(record.index());
      works.put(record.index(), work);
      prepare(record, work);
      progressDue = true;
    }
  }

  private void prepare(RecordState record, Work work) {
    work.stage = Stage.PREPARING;
    work.call = record.nextCall();
    queueOf(record.step()).ahead++;
    effects.add(
        new PrepareStep(record.index(), record.step(), record.finishedSteps(), record.repair()));
  }

  private void prepared(StepPrepared event) {
    Work work = preparing(event.record(), event.step());
    if (work == null) {
      return;
    }
    StepSpec step = definition.steps().get(event.step());
    ModelQueue queue = queueOf(event.step());
    work.prompt = event.prompt();
    work.tokens = (long) event.prompt().inputTokenBound() + step.maxTokens();
    if (work.tokens > queue.gate.largestCall()) {
      queue.ahead--;
      works.remove(work.index);
      ledger.fail(
          recordOf(work),
          "the call may take %d tokens, but %s takes %d a minute: shorten the prompt or max_tokens"
              .formatted(work.tokens, step.model(), queue.gate.largestCall()),
          now);
      progressDue = true;
      return;
    }
    work.reservation = step.price().cost(event.prompt().inputTokenBound(), step.maxTokens());
    work.stage = Stage.AWAITING_MONEY;
    awaitingMoney.add(work);
    reserve(work);
  }

  private void reserve(Work work) {
    Decision decision = ledger.budget().reserve(work.reservation);
    if (decision == Decision.WAIT) {
      return;
    }
    awaitingMoney.remove(work);
    if (decision == Decision.RESERVED) {
      work.stage = Stage.INTENT;
      journal.append(new Intent(work.call, work.reservation, work.prompt.sha256(), now), now);
      return;
    }
    queueOf(work.call.step()).ahead--;
    ledger.end(
        Kind.BUDGET_EXCEEDED,
        "a call may cost %d nano-USD, but %d of %d are spent"
            .formatted(work.reservation, ledger.budget().spent(), definition.budgetLimit()));
    giveUp(recordOf(work), work);
  }

  private void skipped(StepSkipped event) {
    Work work = preparing(event.record(), event.step());
    if (work == null) {
      return;
    }
    queueOf(event.step()).ahead--;
    ledger.stepDone(recordOf(work), null, now);
    progressDue = true;
    ledger
        .record(work.index)
        .ifPresentOrElse(record -> proceed(record, work), () -> works.remove(work.index));
  }

  private void preparationFailed(PreparationFailed event) {
    Work work = preparing(event.record(), event.step());
    if (work == null) {
      return;
    }
    queueOf(event.step()).ahead--;
    works.remove(work.index);
    ledger.fail(recordOf(work), event.reason(), now);
    progressDue = true;
  }

  /** The work that waits for this preparation; null if the job has stopped calling meanwhile. */
  private Work preparing(long index, int step) {
    Work work = works.get(index);
    return work != null && work.stage == Stage.PREPARING && work.call.step() == step ? work : null;
  }

  private void launch(ModelQueue queue) {
    boolean queued = false;
    while (!queue.launch.isEmpty() && unsettled < definition.maxInFlight()) {
      Work work = queue.launch.peek();
      Admission admission = queue.gate.enter(definition.jobId(), work.tokens, now);
      if (admission instanceof Admission.Admitted admitted) {
        queue.launch.remove();
        queue.ahead--;
        call(work, admitted.permit());
        announceTurns(queue);
        continue;
      }
      queued = true;
      queue.retryAt =
          admission instanceof Admission.NotBefore notBefore
              ? notBefore.epochMillis()
              : Long.MAX_VALUE;
      break;
    }
    if (!queued) {
      queue.retryAt = Long.MAX_VALUE;
      if (queue.queued) {
        // It would hold up other jobs with a turn it cannot use.
        queue.gate.withdraw(definition.jobId());
        announceTurns(queue);
      }
    }
    queue.queued = queued;
  }

  private void call(Work work, Permit permit) {
    work.stage = Stage.CALLING;
    work.permit = permit;
    work.made = true;
    unsettled++;
    effects.add(new MakeCall(work.call, definition.steps().get(work.call.step()), work.prompt));
    work.prompt = null;
  }

  private void announceTurns(ModelQueue queue) {
    for (String job : queue.gate.turns()) {
      if (!job.equals(definition.jobId())) {
        effects.add(new WakeJob(job));
      }
    }
  }

  // ---- from the call to its outcome

  private void answered(CallAnswered event) {
    Work work = calling(event.call());
    if (work == null) {
      return;
    }
    ModelQueue queue = queueOf(event.call().step());
    queue.gate.answered(work.permit, (long) event.tokensIn() + event.tokensOut(), now);
    announceTurns(queue);
    long cost =
        definition
            .steps()
            .get(event.call().step())
            .price()
            .cost(event.tokensIn(), event.tokensOut());
    settle(
        work,
        new Outcome(event.call(), event.result(), event.tokensIn(), event.tokensOut(), cost, now));
    if (cost > work.reservation) {
      end(
          Kind.FAILED,
          "call %s cost %d nano-USD, more than the %d it could cost at most: the prices or the"
                  .formatted(event.call(), cost, work.reservation)
              + " bound of its tokens are wrong, so that no budget can be kept");
    }
  }

  private void failed(CallFailed event) {
    Work work = calling(event.call());
    if (work == null) {
      return;
    }
    FailureClass failure = event.failure();
    ModelQueue queue = queueOf(event.call().step());
    queue.gate.failed(work.permit, failure, now);
    announceTurns(queue);
    settle(
        work,
        new Outcome(
            event.call(),
            new Result.Failed(failure, event.message()),
            0,
            0,
            failure.maybeBilled() ? work.reservation : 0,
            now));
  }

  /** The work that waits for this call; null if the call is another owner's. */
  private Work calling(CallId call) {
    Work work = works.get(call.record());
    return work != null && work.stage == Stage.CALLING && work.call.equals(call) ? work : null;
  }

  private void settle(Work work, Outcome outcome) {
    work.stage = Stage.ANSWERED;
    work.permit = null;
    journal.append(outcome, now);
  }

  // ---- ends

  private void end(Kind kind, String reason) {
    boolean stopped = stopsCalls();
    ledger.end(kind, reason);
    progressDue = true;
    if (!stopped && stopsCalls() && phase == Phase.RUNNING) {
      stopCalls();
    }
  }

  private boolean stopsCalls() {
    return ledger.ending() != null && ledger.ending().stopsCalls();
  }

  /** Gives up what was not called yet, and takes back intents that are durable. */
  private void stopCalls() {
    for (Work work : List.copyOf(works.values())) {
      switch (work.stage) {
        case READY, BACKING_OFF -> giveUp(recordOf(work), work);
        case PREPARING, AWAITING_MONEY -> {
          queueOf(work.call.step()).ahead--;
          giveUp(recordOf(work), work);
        }
        case LAUNCH -> notMade(work);
        case INTENT, CALLING, ANSWERED -> {}
      }
    }
    awaitingMoney.clear();
    backingOff.clear();
    models
        .values()
        .forEach(
            queue -> {
              queue.ready.clear();
              queue.launch.clear();
            });
  }

  /** The reservation is free again once it is durable that the call was not made. */
  private void notMade(Work work) {
    queueOf(work.call.step()).ahead--;
    settle(work, new Outcome(work.call, new Result.NotMade(), 0, 0, 0, now));
  }

  /** Calls under way are not waited for: what they cost could not be written down. */
  private void stopAtOnce(String reason) {
    ledger.end(Kind.FAILED, reason);
    for (RecordState record : ledger.records()) {
      ledger.giveUp(record, reason, now);
    }
    stop();
  }

  private void stop() {
    leaveModels();
    phase = Phase.OVER;
    works.clear();
    effects.add(new EmitProgress(nextProgress()));
    effects.add(
        new JobStopped(
            ledger.ending() == null ? new Ending(Kind.COMPLETED, null) : ledger.ending()));
  }

  private void leaveModels() {
    for (Work work : works.values()) {
      if (work.permit != null) {
        queueOf(work.call.step()).gate.abandoned(work.permit);
        work.permit = null;
      }
    }
    for (ModelQueue queue : models.values()) {
      queue.gate.withdraw(definition.jobId());
      announceTurns(queue);
    }
  }

  // ---- what others see

  private void tellProgress() {
    if (progressDue && now - PROGRESS_INTERVAL_MILLIS >= progressAt) {
      effects.add(new EmitProgress(nextProgress()));
    }
  }

  private Progress nextProgress() {
    progressDue = false;
    progressAt = now;
    progressCount++;
    return progress();
  }

  /** The numbers as they are. */
  public Progress progress() {
    // An owner's first number is above all of every owner before it.
    return ledger.progress((journal.epoch() << 32) + progressCount);
  }

  /** Brings the stored state up to date; to be asked before every checkpoint. */
  public Change takeChange() {
    return ledger.takeChange(journal.cursor());
  }

  /** Calls that are made, or answered and not yet durable. */
  public int unsettledCalls() {
    return unsettled;
  }

  private void askForWakeUp() {
    if (wakeAt <= now) {
      wakeAt = Long.MAX_VALUE;
    }
    long next = Long.MAX_VALUE;
    if (!backingOff.isEmpty()) {
      next = backingOff.peek().notBefore;
    }
    for (ModelQueue queue : models.values()) {
      next = Math.min(next, queue.retryAt);
    }
    OptionalLong segmentDue = journal.dueAt();
    if (segmentDue.isPresent()) {
      next = Math.min(next, segmentDue.getAsLong());
    }
    if (progressDue) {
      next = Math.min(next, progressAt + PROGRESS_INTERVAL_MILLIS);
    }
    if (next < wakeAt) {
      wakeAt = next;
      effects.add(new WakeAt(next));
    }
  }

  private ModelQueue queueOf(int step) {
    return models.get(definition.steps().get(step).model());
  }

  private RecordState recordOf(Work work) {
    return ledger.record(work.index).orElseThrow();
  }

  /** What is under way for one record. */
  private static final class Work {
    private final long index;
    private Stage stage;
    private CallId call;
    private PreparedPrompt prompt;
    private long tokens;
    private long reservation;
    private Permit permit;
    private boolean made;
    private long notBefore;

    private Work(long index) {
      this.index = index;
    }

    private void reset() {
      call = null;
      prompt = null;
      permit = null;
      made = false;
    }
  }

  /** Work that waits for one model. */
  private static final class ModelQueue {
    private final ModelGate gate;

    /** To be prepared. */
    private final Deque<Work> ready = new ArrayDeque<>();

    /** To be called, with a durable intent. */
    private final Deque<Work> launch = new ArrayDeque<>();

    /** Works from being prepared to being called. */
    private int ahead;

    /** The job stands in the gate's queue. */
    private boolean queued;

    /** When the gate may admit the first of them; the end of time if it says so by itself. */
    private long retryAt = Long.MAX_VALUE;

    private ModelQueue(ModelGate gate) {
      this.gate = gate;
    }
  }
}
