package io.plotpalette.local.budget;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.call.ModelAnswer;
import io.plotpalette.generator.call.ModelCallException;
import io.plotpalette.generator.call.ModelClient;
import io.plotpalette.generator.call.ModelRequest;
import io.plotpalette.generator.journal.CommitPolicy;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.pressure.ModelGate;
import io.plotpalette.generator.pressure.ModelQuota;
import io.plotpalette.generator.pressure.RetryDelays;
import io.plotpalette.generator.run.Ending;
import io.plotpalette.generator.run.FinishedRecord;
import io.plotpalette.generator.run.JobRun;
import io.plotpalette.generator.run.Progress;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.RunEffect;
import io.plotpalette.generator.run.RunEffect.AskJournal;
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
import io.plotpalette.generator.run.RunEvent.CallAnswered;
import io.plotpalette.generator.run.RunEvent.CallFailed;
import io.plotpalette.generator.run.RunEvent.CancelRequested;
import io.plotpalette.generator.run.RunEvent.JournalRead;
import io.plotpalette.generator.run.RunEvent.SeedLoaded;
import io.plotpalette.generator.run.RunEvent.SegmentCollided;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.generator.run.RunEvent.StepPrepared;
import io.plotpalette.generator.run.RunEvent.Woken;
import io.plotpalette.generator.run.RunState;
import io.plotpalette.generator.run.StepSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Some jobs of one process from start to end: the generator's logic on an event loop, its own
 * client, and the stand-in behind HTTP. All that is not the client runs on one thread.
 */
final class BudgetRun implements AutoCloseable {
  private static final ObjectMapper JSON = JsonMapper.builder().build();
  private static final ModelQuota QUOTA = new ModelQuota(10_000_000, 100_000_000_000L, 256);
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final Duration BEAT = Duration.ofMillis(20);

  private final BudgetRunSettings settings;
  private final ModelClient client;
  private final ScaledClock clock;
  private final Random random;
  private final ScheduledExecutorService loop;
  private final Map<String, ModelGate> gates = new HashMap<>();
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private long lastActivity;
  private long longestPause;
  private boolean everyUsageKnown = true;
  private long worstLatenessNanos;

  private static final class Job {
    private final RunDefinition definition;
    private final JobRun run;
    private final InMemoryJournal journal = new InMemoryJournal();
    private final Map<Long, FinishedRecord> records = new HashMap<>();

    /** What the newest call of a record may cost. */
    private final Map<Long, Long> lastReservations = new HashMap<>();

    private Ending ending;

    private Job(RunDefinition definition, JobRun run) {
      this.definition = definition;
      this.run = run;
    }
  }

  /**
   * A run that is not started yet.
   *
   * @param client may be shared with other runs
   */
  BudgetRun(BudgetRunSettings settings, ModelClient client, RunEnvironment.BudgetFactory budgets) {
    this.settings = settings;
    this.client = client;
    this.clock = new ScaledClock(settings.clockScale());
    this.random = new Random(settings.seed());
    this.loop = Executors.newSingleThreadScheduledExecutor();
    CommitPolicy policy = new CommitPolicy(2, 5, CommitPolicy.DEFAULT.maxSegmentBytes());
    RunEnvironment environment =
        new RunEnvironment(
            policy,
            model -> gates.computeIfAbsent(model, id -> new ModelGate(QUOTA)),
            new RetryDelays(random::nextDouble),
            budgets);
    for (RunDefinition definition : settings.jobs()) {
      RunState state = RunState.beginning(definition, policy.buckets());
      jobs.put(
          definition.jobId(),
          new Job(definition, new JobRun(definition, state, environment, "owner")));
    }
  }

  /** Plays it to the end of all jobs. */
  void play() throws InterruptedException, ExecutionException, TimeoutException {
    submit(
        () -> {
          lastActivity = clock.now();
          jobs.values().forEach(job -> perform(job, job.run.start(clock.now())));
        });
    if (settings.cancelAfterMillis() >= 0) {
      Job first = jobs.values().iterator().next();
      after(
          TimeUnit.MILLISECONDS.toNanos(settings.cancelAfterMillis()),
          () -> handle(first, new CancelRequested()));
    }
    long startNanos = System.nanoTime();
    submit(() -> beat(startNanos));
    over.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Notices how late the machine runs what is due. */
  private void beat(long dueNanos) {
    worstLatenessNanos = Math.max(worstLatenessNanos, System.nanoTime() - dueNanos);
    long nextNanos = System.nanoTime() + BEAT.toNanos();
    after(BEAT.toNanos(), () -> beat(nextNanos));
  }

  /** What follows from a failed step of the harness is a failed run. */
  private void submit(Runnable action) {
    after(0, action);
  }

  private void after(long nanos, Runnable action) {
    var unused =
        loop.schedule(
            () -> {
              try {
                action.run();
              } catch (RuntimeException | AssertionError e) {
                over.completeExceptionally(e);
              }
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  private void handle(Job job, RunEvent event) {
    perform(job, job.run.handle(event, clock.now()));
    Progress progress = job.run.progress();
    assertThat(progress.requested())
        .isEqualTo(
            progress.counters().ok()
                + progress.counters().failed()
                + progress.counters().rejected()
                + progress.notStarted()
                + progress.inFlight());
    assertThat(job.run.unsettledCalls()).isBetween(0, job.definition.maxInFlight());
  }

  private void perform(Job job, Iterable<RunEffect> effects) {
    for (RunEffect effect : effects) {
      perform(job, effect);
    }
  }

  private void perform(Job job, RunEffect effect) {
    if (effect instanceof AskJournal ask) {
      after(random.nextInt(3_000_000), () -> askJournal(job, ask.request()));
    } else if (effect instanceof PrepareStep prepare) {
      ModelRequest request = RandomPrompts.of(job.definition, prepare);
      StepSpec step = job.definition.steps().get(prepare.step());
      job.lastReservations.put(
          prepare.record(), step.price().cost(request.inputTokenBound(), step.maxTokens()));
      submit(() -> handle(job, new StepPrepared(prepare.record(), prepare.step(), request)));
    } else if (effect instanceof MakeCall call) {
      call(job, call);
    } else if (effect instanceof EmitRecord emit) {
      assertThat(job.records.put(emit.record().index(), emit.record()))
          .as("record %d comes once", emit.record().index())
          .isNull();
    } else if (effect instanceof LoadSeed) {
      submit(() -> handle(job, new SeedLoaded()));
    } else if (effect instanceof WakeAt wake) {
      after(clock.nanosUntil(wake.at()), () -> handle(job, new Woken()));
    } else if (effect instanceof WakeJob wake) {
      submit(() -> handle(jobs.get(wake.jobId()), new Woken()));
    } else if (effect instanceof JobStopped stopped) {
      job.ending = stopped.ending();
      if (jobs.values().stream().allMatch(each -> each.ending != null)) {
        over.complete(null);
      }
    } else if (effect instanceof OwnershipLost) {
      throw new AssertionError("the only owner has lost " + job.definition.jobId());
    }
  }

  private void askJournal(Job job, JournalRequest request) {
    if (request instanceof JournalRequest.Write write) {
      Segment existing = job.journal.put(write.address(), write.segment());
      handle(
          job,
          existing == null
              ? new SegmentWritten(write.address())
              : new SegmentCollided(write.address(), existing));
    } else if (request instanceof JournalRequest.Read read) {
      handle(job, new JournalRead(read.from().bucket(), job.journal.read(read.from()), true));
    }
  }

  private void call(Job job, MakeCall effect) {
    active();
    var unused =
        client
            .call((ModelRequest) effect.prompt())
            .whenComplete(
                (answer, failure) ->
                    submit(
                        () -> {
                          active();
                          handle(job, event(effect, answer, failure));
                        }));
  }

  private RunEvent event(MakeCall effect, ModelAnswer answer, Throwable failure) {
    if (failure != null) {
      ModelCallException known = (ModelCallException) failure;
      everyUsageKnown &= !known.failure().maybeBilled();
      return new CallFailed(effect.call(), known.failure(), known.getMessage());
    }
    Output output = new Output.Inline(answer.text());
    Result result = new Result.Answered(output);
    if (RandomPrompts.isJson(effect.call().step()) && !isJson(answer.text())) {
      result = new Result.Invalid(output, "no JSON");
    }
    return new CallAnswered(effect.call(), result, answer.tokensIn(), answer.tokensOut());
  }

  private static boolean isJson(String text) {
    try {
      return JSON.readTree(text).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private void active() {
    long now = clock.now();
    longestPause = Math.max(longestPause, now - lastActivity);
    lastActivity = now;
  }

  /** Milliseconds of the runs' clock in which no call began or ended. */
  long longestPause() {
    return longestPause;
  }

  /** Of these, how many may be the machine's: it was late, and the clock is fast. */
  long longestPauseOfTheMachine() {
    return (long) (worstLatenessNanos * settings.clockScale() / 1_000_000);
  }

  /** Whether what was spent is what was billed, to the nano-USD. */
  boolean everyUsageKnown() {
    return everyUsageKnown;
  }

  Ending endingOf(RunDefinition job) {
    return jobs.get(job.jobId()).ending;
  }

  Progress progressOf(RunDefinition job) {
    return jobs.get(job.jobId()).run.progress();
  }

  /** What the stand-in has to ask for calls of the jobs. */
  OptionalLong cost(String sentModel, int tokensIn, int tokensOut) {
    for (RunDefinition job : settings.jobs()) {
      for (StepSpec step : job.steps()) {
        if (RandomPrompts.modelOf(job.jobId(), step).equals(sentModel)) {
          ModelPrice price = step.price();
          return OptionalLong.of(price.cost(tokensIn, tokensOut));
        }
      }
    }
    return OptionalLong.empty();
  }

  /** Everything is accounted for, and the money went as far as it could. */
  void checkEnd(RunDefinition definition, double bytesPerToken) {
    Job job = jobs.get(definition.jobId());
    Progress end = job.run.progress();
    assertThat(end.inFlight()).isZero();
    assertThat(end.reserved()).isZero();
    assertThat(job.records).hasSize((int) (end.requested() - end.notStarted()));
    assertThat(job.records.values().stream().mapToLong(BudgetRun::cost).sum())
        .isEqualTo(end.spent());
    switch (job.ending.kind()) {
      case COMPLETED -> assertThat(end.notStarted()).isZero();
      case CANCELLED -> assertThat(settings.cancelAfterMillis()).isNotNegative();
      case FAILED -> throw new AssertionError("failed: " + job.ending.reason());
      case BUDGET_EXCEEDED -> checkBudgetEnd(job, end, bytesPerToken);
    }
  }

  private static long cost(FinishedRecord record) {
    return record.steps().stream().mapToLong(step -> step.usage().cost()).sum();
  }

  private static void checkBudgetEnd(Job job, Progress end, double bytesPerToken) {
    long left = job.definition.budgetLimit() - end.spent();
    assertThat(RandomPrompts.largestReservation(job.definition, bytesPerToken))
        .as("the largest call, with %d left", left)
        .isGreaterThan(left);
    for (FinishedRecord record : job.records.values()) {
      if (job.ending.reason().equals(record.error())) {
        assertThat(job.lastReservations.get(record.index()))
            .as("the call record %d was given up for, with %d left", record.index(), left)
            .isGreaterThan(left);
      }
    }
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }
}
