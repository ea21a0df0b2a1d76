package io.plotpalette.generator.run;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.journal.Ownership;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.pressure.FailureClass;
import io.plotpalette.generator.pressure.ModelGate;
import io.plotpalette.generator.pressure.RetryDelays;
import io.plotpalette.generator.run.HistoryViolation.Promise;
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
import io.plotpalette.generator.run.RunEvent.PreparationFailed;
import io.plotpalette.generator.run.RunEvent.SeedLoaded;
import io.plotpalette.generator.run.RunEvent.SegmentCollided;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.generator.run.RunEvent.StepPrepared;
import io.plotpalette.generator.run.RunEvent.StepSkipped;
import io.plotpalette.generator.run.RunEvent.Woken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Some jobs from start to end in virtual time, with all that can go wrong drawn from a seed, and
 * with every promise checked after every event.
 *
 * <p>A process owns all jobs, as a subtask does. When it is killed, the next one is restored from
 * the last completed checkpoint, or from nothing; the journal and the provider's bill stay. A
 * killed process may live on for a while without knowing.
 */
final class History {
  /** Of the tokens of a prompt. */
  private static final int LARGEST_BOUND = 370;

  private static final long MAX_EVENTS = 2_000_000;

  private static final long LONGEST_PAUSE_MILLIS = RetryDelays.LONGEST_MILLIS + 5_000;

  private final HistorySettings settings;
  private final Sabotage sabotage;
  private final Random random;

  private final PriorityQueue<Happening> agenda = new PriorityQueue<>();
  private final Map<String, Account> accounts = new LinkedHashMap<>();
  private long now;
  private long happenings;

  private Owner current;
  private Checkpoint completed;
  private int processes;
  private long checkpoints;
  private int kills;
  private int coldStarts;
  private int zombies;
  private boolean cancelled;

  private record Happening(long at, long number, Runnable action) implements Comparable<Happening> {
    @Override
    public int compareTo(Happening other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
    }
  }

  /**
   * What the next process is restored from.
   *
   * @param over whether every job had stopped
   */
  private record Checkpoint(long number, Map<String, RunState> states, boolean over) {}

  /** What the world outside knows of a job. */
  private static final class Account {
    private final RunDefinition definition;
    private final SimulatedJournalTable table = new SimulatedJournalTable();
    private final Set<CallId> made = new HashSet<>();
    private final Map<Output, CallId> served = new HashMap<>();
    private long billed;

    /** Since the last start without state. */
    private final List<FinishedRecord> committed = new ArrayList<>();

    /** What the newest call of a record may cost, by the current owner. */
    private final Map<Long, Long> lastReservations = new HashMap<>();

    private long progressSequence;
    private long lastActivity;

    private Account(RunDefinition definition) {
      this.definition = definition;
    }
  }

  private static final class Owner {
    private final int id;
    private final Map<String, ModelGate> gates = new HashMap<>();
    private final Map<String, JobRun> runs = new LinkedHashMap<>();
    private final Map<String, RunState> stored = new HashMap<>();
    private final Map<String, List<FinishedRecord>> outputs = new HashMap<>();
    private final Map<String, Integer> committed = new HashMap<>();
    private final Map<String, Set<Long>> emitted = new HashMap<>();
    private final Map<String, Ownership> ownerships = new HashMap<>();
    private final Map<String, Ending> endings = new HashMap<>();
    private final Map<String, Long> progressAt = new HashMap<>();
    private boolean alive = true;

    private Owner(int id) {
      this.id = id;
    }
  }

  private record Prompt(int inputTokenBound, String sha256) implements PreparedPrompt {}

  /** What to report of a history that went well. */
  record Summary(
      List<Ending.Kind> endings, int kills, int coldStarts, int zombies, long calls, long events) {}

  History(long seed, Sabotage sabotage) {
    this.random = new Random(seed);
    this.settings = HistorySettings.draw(random);
    this.sabotage = sabotage;
    settings.jobs().forEach(job -> accounts.put(job.jobId(), new Account(job)));
  }

  Summary play() {
    start(null);
    if (settings.cancelAt() >= 0) {
      at(settings.cancelAt(), this::cancel);
    }
    while (!isOver()) {
      Happening next = agenda.poll();
      check(next != null, Promise.ENDS, "nothing happens any more,");
      check(happenings < MAX_EVENTS, Promise.ENDS, "it goes on for ever,");
      now = next.at();
      next.action().run();
    }
    accounts.values().forEach(this::checkEnd);
    return new Summary(
        current.endings.values().stream().map(Ending::kind).toList(),
        kills,
        coldStarts,
        zombies,
        accounts.values().stream().mapToLong(account -> account.made.size()).sum(),
        happenings);
  }

  private boolean isOver() {
    return current != null && completed != null && completed.over();
  }

  private String stuck() {
    StringBuilder text = new StringBuilder(" at " + now);
    if (current != null) {
      current.runs.forEach(
          (job, run) -> text.append('\n').append(job).append(' ').append(run.progress()));
    }
    return text.toString();
  }

  // ---- processes

  private void start(Checkpoint from) {
    Owner process = new Owner(++processes);
    current = process;
    RunEnvironment environment =
        new RunEnvironment(
            settings.commitPolicy(),
            model -> process.gates.computeIfAbsent(model, id -> new ModelGate(settings.quota())),
            new RetryDelays(random::nextDouble),
            this::budget);
    for (Account account : accounts.values()) {
      String job = account.definition.jobId();
      RunState state =
          from == null
              ? RunState.beginning(account.definition, settings.commitPolicy().buckets())
              : from.states().get(job);
      process.stored.put(job, state);
      process.outputs.put(job, new ArrayList<>());
      process.emitted.put(job, new HashSet<>());
      account.lastActivity = now;
      JobRun run =
          new JobRun(account.definition, state, environment, "owner-" + random.nextInt(100_000));
      process.runs.put(job, run);
      perform(process, account, run.start(now));
      if (cancelled && isFirst(account)) {
        tell(process, account, random.nextInt(50), new CancelRequested());
      }
    }
    scheduleCheckpoint(process);
  }

  private Budget budget(long limit, long spent) {
    return switch (sabotage) {
      case RESERVATION_OFF ->
          new Budget(limit, spent) {
            @Override
            public Decision reserve(long amount) {
              adopt(amount);
              return Decision.RESERVED;
            }
          };
      case FORFEIT_OFF ->
          new Budget(limit, spent) {
            @Override
            public void forfeit(long reservation) {
              release(reservation);
            }
          };
      default -> new Budget(limit, spent);
    };
  }

  private void scheduleCheckpoint(Owner process) {
    after(
        50L + random.nextInt(2_000),
        () -> {
          if (process.alive && process == current) {
            checkpoint(process);
            scheduleCheckpoint(process);
          }
        });
  }

  private void checkpoint(Owner process) {
    process.runs.forEach(
        (job, run) -> process.stored.computeIfPresent(job, (id, s) -> s.with(run.takeChange())));
    Map<String, Integer> emitted = new HashMap<>();
    process.outputs.forEach((job, records) -> emitted.put(job, records.size()));
    boolean over = process.endings.size() == accounts.size();
    Checkpoint taken = new Checkpoint(++checkpoints, Map.copyOf(process.stored), over);
    after(
        random.nextInt(500),
        () -> {
          if (process.alive && process == current) {
            commit(process, emitted);
            completed =
                completed == null || completed.number() < taken.number() ? taken : completed;
          }
        });
  }

  private void commit(Owner process, Map<String, Integer> emitted) {
    emitted.forEach(
        (job, upTo) -> {
          int from = process.committed.getOrDefault(job, 0);
          // Checkpoints may overlap, and complete in another order.
          if (upTo > from) {
            accounts.get(job).committed.addAll(process.outputs.get(job).subList(from, upTo));
            process.committed.put(job, upTo);
          }
        });
  }

  private void maybeKill(Owner process) {
    if (process == current
        && kills < settings.maxKills()
        && random.nextDouble() < settings.killChance()) {
      kill(process);
    }
  }

  private void kill(Owner process) {
    kills++;
    if (random.nextDouble() < settings.zombieChance()) {
      zombies++;
      after(random.nextInt(6_000), () -> process.alive = false);
    } else {
      process.alive = false;
    }
    current = null;
    boolean cold = random.nextDouble() < settings.coldStartChance();
    after(
        random.nextInt(3_000),
        () -> {
          if (cold) {
            coldStarts++;
            completed = null;
            accounts.values().forEach(account -> account.committed.clear());
          }
          start(completed);
        });
  }

  private void cancel() {
    cancelled = true;
    if (current != null) {
      Account first = accounts.values().iterator().next();
      tell(current, first, 0, new CancelRequested());
    }
  }

  private boolean isFirst(Account account) {
    return accounts.values().iterator().next() == account;
  }

  // ---- events and effects

  private void at(long time, Runnable action) {
    agenda.add(new Happening(time, happenings++, action));
  }

  private void after(long delay, Runnable action) {
    at(now + delay, action);
  }

  private void tell(Owner process, Account account, long delay, RunEvent event) {
    after(delay, () -> handle(process, account, event));
  }

  private void handle(Owner process, Account account, RunEvent event) {
    if (!process.alive) {
      return;
    }
    JobRun run = process.runs.get(account.definition.jobId());
    List<RunEffect> effects = run.handle(event, now);
    checkRun(account, run);
    perform(process, account, effects);
    maybeKill(process);
  }

  private void perform(Owner process, Account account, List<RunEffect> effects) {
    for (RunEffect effect : effects) {
      perform(process, account, effect);
    }
  }

  private void perform(Owner process, Account account, RunEffect effect) {
    String job = account.definition.jobId();
    if (effect instanceof AskJournal ask) {
      askJournal(process, account, ask.request());
    } else if (effect instanceof PrepareStep prepare) {
      prepare(process, account, prepare);
    } else if (effect instanceof MakeCall call) {
      makeCall(process, account, call);
    } else if (effect instanceof EmitRecord emit) {
      long index = emit.record().index();
      check(
          process.emitted.get(job).add(index),
          Promise.EVERY_INDEX_ONCE,
          job,
          "emits record",
          index,
          "twice");
      process.outputs.get(job).add(emit.record());
    } else if (effect instanceof EmitProgress progress) {
      progress(process, account, progress.progress());
    } else if (effect instanceof LoadSeed) {
      tell(process, account, random.nextInt(100), new SeedLoaded());
    } else if (effect instanceof WakeAt wake) {
      at(Math.max(now, wake.at()), () -> handle(process, account, new Woken()));
    } else if (effect instanceof WakeJob wake) {
      tell(process, accounts.get(wake.jobId()), 0, new Woken());
    } else if (effect instanceof JobStopped stopped) {
      process.endings.put(job, stopped.ending());
    } else if (effect instanceof OwnershipLost) {
      check(processes > process.id, Promise.ENDS, "the only owner has lost", job);
      if (process == current) {
        kill(process);
      }
      process.alive = false;
    }
  }

  private void askJournal(Owner process, Account account, JournalRequest request) {
    if (request instanceof JournalRequest.Read read) {
      after(
          latency(),
          () -> {
            List<Segment> page = account.table.read(read.from(), 1 + random.nextInt(4));
            int bucket = read.from().bucket();
            boolean last = !account.table.stands(bucket, read.from().number() + page.size());
            tell(process, account, latency(), new JournalRead(bucket, page, last));
          });
    } else if (request instanceof JournalRequest.Write write) {
      process.ownerships.put(account.definition.jobId(), write.segment().ownership());
      if (sabotage == Sabotage.SETTLED_BEFORE_DURABLE && !write.segment().entries().isEmpty()) {
        account.table.acknowledge(write.segment());
        tell(process, account, 0, new SegmentWritten(write.address()));
      }
      after(latency(), () -> put(process, account, write));
    }
  }

  private void put(Owner process, Account account, JournalRequest.Write write) {
    // What a dead process has sent may arrive or not.
    boolean early =
        sabotage == Sabotage.SETTLED_BEFORE_DURABLE && !write.segment().entries().isEmpty();
    if (!process.alive && (early || random.nextBoolean())) {
      return;
    }
    Segment existing = account.table.put(write.address(), write.segment(), sabotage);
    if (early) {
      return;
    }
    if (existing != null) {
      tell(process, account, latency(), new SegmentCollided(write.address(), existing));
    } else if (random.nextInt(20) == 0) {
      // The answer is lost, and the write is tried again.
      tell(process, account, latency(), new SegmentCollided(write.address(), write.segment()));
    } else {
      tell(process, account, latency(), new SegmentWritten(write.address()));
    }
  }

  private long latency() {
    return random.nextInt(settings.journalLatency());
  }

  private void prepare(Owner process, Account account, PrepareStep prepare) {
    double fate = fate(account, prepare.record(), prepare.step(), 1);
    RunEvent event;
    if (fate < settings.skipChance()) {
      event = new StepSkipped(prepare.record(), prepare.step());
    } else if (fate > 1 - settings.unpreparableChance()) {
      event = new PreparationFailed(prepare.record(), prepare.step(), "a field is missing");
    } else {
      int bound = bound(account, prepare.record(), prepare.step(), prepare.repair() != null);
      StepSpec step = account.definition.steps().get(prepare.step());
      if (process == current) {
        account.lastReservations.put(prepare.record(), step.price().cost(bound, step.maxTokens()));
      }
      event =
          new StepPrepared(
              prepare.record(), prepare.step(), new Prompt(bound, Integer.toHexString(bound)));
    }
    tell(process, account, random.nextInt(20), event);
  }

  /** The same for the same record and step, as rendering is. */
  private double fate(Account account, long record, int step, int salt) {
    return new Random(
            account.definition.jobId().hashCode() * 31L + record * 1_009 + step * 7L + salt)
        .nextDouble();
  }

  private int bound(Account account, long record, int step, boolean repair) {
    return 20 + (int) (fate(account, record, step, 2) * 200) + (repair ? 150 : 0);
  }

  // ---- the provider

  private void makeCall(Owner process, Account account, MakeCall effect) {
    CallId call = effect.call();
    Ownership owner = process.ownerships.get(account.definition.jobId());
    check(account.table.hasIntent(call), Promise.INTENT_BEFORE_CALL, "call", call);
    check(
        !account.table.isAnswered(call, owner.epoch()),
        Promise.JOURNALLED_CALL_NOT_REPEATED,
        "call",
        call,
        "is made, but its step has an answer in the journal");
    check(
        account.made.add(call),
        Promise.JOURNALLED_CALL_NOT_REPEATED,
        "call",
        call,
        "is made twice");
    if (!settings.tightQuota()) {
      check(
          now - account.lastActivity <= LONGEST_PAUSE_MILLIS,
          Promise.NO_STALL,
          account.definition.jobId(),
          "has done nothing for",
          now - account.lastActivity,
          "ms");
    }
    account.lastActivity = now;
    long latency = 5L + random.nextInt(settings.callLatency());
    if (random.nextInt(10) == 0) {
      latency *= 4;
    }
    RunEvent answer = answer(account, effect);
    after(
        latency,
        () -> {
          if (process.alive) {
            account.lastActivity = now;
          }
          handle(process, account, answer);
        });
  }

  private RunEvent answer(Account account, MakeCall effect) {
    CallId call = effect.call();
    boolean storm =
        settings.storms().stream().anyMatch(storm1 -> storm1[0] <= now && now < storm1[1]);
    if (random.nextDouble() < (storm ? 0.9 : settings.failureChance())) {
      FailureClass failure =
          random.nextBoolean() ? FailureClass.THROTTLED : FailureClass.SERVER_ERROR;
      return new CallFailed(call, failure, "not now");
    }
    if (random.nextDouble() < settings.refusedChance()) {
      return new CallFailed(call, FailureClass.VALIDATION, "not this");
    }
    if (random.nextDouble() < settings.accessChance()) {
      return new CallFailed(call, FailureClass.ACCESS, "not you");
    }
    int tokensIn = 1 + random.nextInt(effect.prompt().inputTokenBound());
    int tokensOut = 1 + random.nextInt(effect.step().maxTokens());
    if (random.nextInt(8) == 0) {
      tokensIn = effect.prompt().inputTokenBound();
      tokensOut = effect.step().maxTokens();
    }
    long cost = effect.step().price().cost(tokensIn, tokensOut);
    if (random.nextDouble() < settings.unknownUsageChance()) {
      if (random.nextBoolean()) {
        bill(account, cost);
      }
      FailureClass unknown =
          switch (random.nextInt(3)) {
            case 0 -> FailureClass.TIME_OUT;
            case 1 -> FailureClass.CONNECTION_CUT;
            default -> FailureClass.MALFORMED_BODY;
          };
      return new CallFailed(
          call,
          sabotage == Sabotage.UNKNOWN_USAGE_IS_FREE ? FailureClass.SERVER_ERROR : unknown,
          "no usage");
    }
    // Billed whether or not anybody is left to read it.
    bill(account, cost);
    Output output = new Output.Inline("text of " + call);
    account.served.put(output, call);
    double verdict = random.nextDouble();
    Result result =
        verdict < settings.invalidChance()
            ? new Result.Invalid(output, "no such field")
            : verdict > 1 - settings.rejectedChance()
                ? new Result.Rejected(output, "below the threshold")
                : new Result.Answered(output);
    return new CallAnswered(call, result, tokensIn, tokensOut);
  }

  private void bill(Account account, long cost) {
    account.billed += cost;
    check(
        account.billed <= account.definition.budgetLimit(),
        Promise.BUDGET_BILLED,
        account.definition.jobId(),
        "is billed",
        account.billed,
        "of",
        account.definition.budgetLimit());
  }

  // ---- promises

  /**
   * Checks a promise.
   *
   * @param facts joined to the message, if it is needed
   */
  private void check(boolean holds, Promise promise, Object... facts) {
    if (!holds && sabotage.watches(promise)) {
      throw new HistoryViolation(
          promise,
          Stream.of(facts).map(String::valueOf).collect(Collectors.joining(" "))
              + (promise == Promise.ENDS ? stuck() : ""));
    }
  }

  private void checkRun(Account account, JobRun run) {
    Progress progress = run.progress();
    String job = account.definition.jobId();
    check(
        progress.spent() + progress.reserved() <= account.definition.budgetLimit(),
        Promise.BUDGET_BOOKS,
        job,
        progress);
    check(addsUp(progress), Promise.COUNTS_ADD_UP, job, progress);
    check(
        progress.spent() == progress.steps().stream().mapToLong(StepTotals::cost).sum(),
        Promise.COUNTS_ADD_UP,
        job,
        ": the steps' costs are not what is spent:",
        progress);
    check(
        run.unsettledCalls() >= 0 && run.unsettledCalls() <= account.definition.maxInFlight(),
        Promise.AT_MOST_IN_FLIGHT,
        job,
        run.unsettledCalls());
  }

  private static boolean addsUp(Progress progress) {
    Counters counters = progress.counters();
    return progress.requested()
        == counters.ok()
            + counters.failed()
            + counters.rejected()
            + progress.notStarted()
            + progress.inFlight();
  }

  private void progress(Owner process, Account account, Progress progress) {
    String job = account.definition.jobId();
    Long last = process.progressAt.put(job, now);
    check(
        last == null || now - last >= 1_000 || progress.inFlight() == 0,
        Promise.PROGRESS_IN_ORDER,
        job,
        "tells progress again after",
        last == null ? 0 : now - last,
        "ms");
    if (process == current) {
      check(
          progress.sequence() > account.progressSequence,
          Promise.PROGRESS_IN_ORDER,
          job,
          progress.sequence(),
          "after",
          account.progressSequence);
      account.progressSequence = progress.sequence();
    }
  }

  private void checkEnd(Account account) {
    RunDefinition job = account.definition;
    Progress end = current.runs.get(job.jobId()).progress();
    Ending ending = current.endings.get(job.jobId());
    check(addsUp(end) && end.inFlight() == 0, Promise.COUNTS_ADD_UP, job.jobId(), end);
    Set<Long> indexes = new HashSet<>();
    Counters counted = Counters.ZERO;
    long paid = 0;
    for (FinishedRecord record : account.committed) {
      check(
          indexes.add(record.index()),
          Promise.EVERY_INDEX_ONCE,
          job.jobId(),
          "has record",
          record.index(),
          "twice");
      counted = counted.with(record);
      paid += record.steps().stream().mapToLong(step -> step.usage().cost()).sum();
      checkOutputs(account, record);
    }
    check(
        counted.ok() == end.counters().ok()
            && counted.failed() == end.counters().failed()
            && counted.rejected() == end.counters().rejected(),
        Promise.EVERY_INDEX_ONCE,
        job.jobId(),
        "committed",
        counted,
        ", but says",
        end);
    check(
        paid == end.spent(),
        Promise.OUTPUT_IS_WHAT_WAS_PAID,
        job.jobId(),
        ": the records cost",
        paid,
        ", the job",
        end.spent());
    check(
        end.reserved() == 0 && account.billed <= end.spent(),
        Promise.BUDGET_BOOKS,
        job.jobId(),
        "is billed",
        account.billed,
        end);
    if (kills == 0 && settings.unknownUsageChance() == 0) {
      check(
          account.billed == end.spent(),
          Promise.BUDGET_BOOKS,
          job.jobId(),
          "is billed",
          account.billed,
          ", but counts",
          end.spent());
    }
    checkEnding(account, end, ending);
  }

  private void checkEnding(Account account, Progress end, Ending ending) {
    String job = account.definition.jobId();
    switch (ending.kind()) {
      case COMPLETED -> check(end.notStarted() == 0, Promise.NO_EARLY_STOP, job, end);
      case CANCELLED -> check(cancelled && isFirst(account), Promise.NO_EARLY_STOP, job, ending);
      case FAILED -> check(settings.accessChance() > 0, Promise.NO_EARLY_STOP, job, ending);
      case BUDGET_EXCEEDED -> checkBudgetEnd(account, end, ending);
    }
  }

  /** Every call the job did not make for want of money would not have fitted. */
  private void checkBudgetEnd(Account account, Progress end, Ending ending) {
    long left = account.definition.budgetLimit() - end.spent();
    long largest = 0;
    for (StepSpec step : account.definition.steps()) {
      largest = Math.max(largest, step.price().cost(LARGEST_BOUND, step.maxTokens()));
    }
    check(
        largest > left,
        Promise.NO_EARLY_STOP,
        account.definition.jobId(),
        "stopped with",
        left,
        "left, but no call needs more than",
        largest);
    for (FinishedRecord record : account.committed) {
      if (record.error() != null && record.error().equals(ending.reason())) {
        long needed = account.lastReservations.get(record.index());
        check(
            needed > left,
            Promise.NO_EARLY_STOP,
            account.definition.jobId(),
            "gave up record",
            record.index(),
            "for",
            needed,
            "with",
            left,
            "left");
      }
    }
  }

  private void checkOutputs(Account account, FinishedRecord record) {
    for (StepResult step : record.steps()) {
      if (step.output() != null) {
        CallId call = account.served.get(step.output());
        check(
            call != null
                && call.record() == record.index()
                && account.definition.steps().get(call.step()).id().equals(step.step()),
            Promise.OUTPUT_IS_WHAT_WAS_PAID,
            "record",
            record.index(),
            "has",
            step.output(),
            "at",
            step.step());
      }
    }
    if (record.status() == FinishedRecord.Status.OK) {
      check(
          record.steps().size() == account.definition.steps().size(),
          Promise.OUTPUT_IS_WHAT_WAS_PAID,
          "record",
          record.index(),
          "is ok with",
          record.steps().size(),
          "steps");
    }
  }
}
