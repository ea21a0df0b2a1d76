package io.plotpalette.generator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.CommitPolicy;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.pressure.Admission.Admitted;
import io.plotpalette.generator.pressure.Admission.Permit;
import io.plotpalette.generator.pressure.Admission.Queued;
import io.plotpalette.generator.pressure.FailureClass;
import io.plotpalette.generator.pressure.ModelGate;
import io.plotpalette.generator.pressure.ModelQuota;
import io.plotpalette.generator.pressure.RetryDelays;
import io.plotpalette.generator.run.FinishedRecord.Status;
import io.plotpalette.generator.run.RunEffect.AskJournal;
import io.plotpalette.generator.run.RunEffect.EmitProgress;
import io.plotpalette.generator.run.RunEffect.EmitRecord;
import io.plotpalette.generator.run.RunEffect.JobStopped;
import io.plotpalette.generator.run.RunEffect.LoadSeed;
import io.plotpalette.generator.run.RunEffect.MakeCall;
import io.plotpalette.generator.run.RunEffect.PrepareStep;
import io.plotpalette.generator.run.RunEffect.WakeAt;
import io.plotpalette.generator.run.RunEvent.CallAnswered;
import io.plotpalette.generator.run.RunEvent.CallFailed;
import io.plotpalette.generator.run.RunEvent.CancelRequested;
import io.plotpalette.generator.run.RunEvent.JournalRead;
import io.plotpalette.generator.run.RunEvent.JournalUnreadable;
import io.plotpalette.generator.run.RunEvent.PreparationFailed;
import io.plotpalette.generator.run.RunEvent.SeedFailed;
import io.plotpalette.generator.run.RunEvent.SeedLoaded;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.generator.run.RunEvent.StepPrepared;
import io.plotpalette.generator.run.RunEvent.StepSkipped;
import io.plotpalette.generator.run.RunEvent.Woken;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** What follows from single events; that it holds in any order of them is for the histories. */
class JobRunTest {
  /** A call costs at most 100 + 50 nano-USD. */
  private static final StepSpec STORY =
      new StepSpec("story", "model", new ModelPrice(1_000_000, 1_000_000), 50);

  private static final StepSpec SUMMARY =
      new StepSpec("summary", "model", new ModelPrice(1_000_000, 1_000_000), 50);

  private static final Output TEXT = new Output.Inline("text");
  private static final Result ANSWERED = new Result.Answered(TEXT);

  private final List<MakeCall> calls = new ArrayList<>();
  private final List<Long> callTimes = new ArrayList<>();
  private final List<PrepareStep> preparations = new ArrayList<>();
  private final List<FinishedRecord> records = new ArrayList<>();
  private final List<Progress> progress = new ArrayList<>();
  private Ending ending;
  private JobRun run;

  private Function<PrepareStep, RunEvent> preparing =
      step -> new StepPrepared(step.record(), step.step(), new Prompt(100));
  private Function<CallId, RunEvent> calling = call -> new CallAnswered(call, ANSWERED, 40, 20);
  private RunEvent seed = new SeedLoaded();
  private long tokensPerMinute = 1_000_000;
  private int callMillis = 100;

  private ModelGate gate;
  private LongConsumer afterEach = now -> {};
  private List<Long> also = List.of();

  private record Prompt(int inputTokenBound) implements PreparedPrompt {
    @Override
    public String sha256() {
      return "ab";
    }
  }

  @Test
  void recordsPassThroughAllStepsAndLeaveWithWhatTheyCost() {
    play(job(3, 10_000, STORY, SUMMARY));

    assertThat(ending).isEqualTo(new Ending(Ending.Kind.COMPLETED, null));
    assertThat(records).hasSize(3);
    assertThat(records)
        .allSatisfy(
            record -> {
              assertThat(record.status()).isEqualTo(Status.OK);
              assertThat(record.steps())
                  .containsExactly(
                      new StepResult("story", TEXT, new StepUsage(40, 20, 60, 1, "ab")),
                      new StepResult("summary", TEXT, new StepUsage(40, 20, 60, 1, "ab")));
            });
    assertThat(last(progress).spent()).isEqualTo(6 * 60);
    assertThat(last(progress).reserved()).isZero();
  }

  @Test
  void laterStepsAreGivenTheOutputsOfEarlierOnes() {
    play(job(1, 10_000, STORY, SUMMARY));

    assertThat(preparations.get(1).finishedSteps()).hasSize(1);
    assertThat(preparations.get(1).finishedSteps().get(0).output()).isEqualTo(TEXT);
  }

  @Test
  void anInvalidOutputIsRepairedOnce() {
    Result invalid = new Result.Invalid(TEXT, "$.title is missing");
    calling = call -> new CallAnswered(call, call.attempt() == 0 ? invalid : ANSWERED, 40, 20);

    play(job(1, 10_000, STORY));

    assertThat(preparations).hasSize(2);
    assertThat(preparations.get(1).repair()).isEqualTo(new Repair(TEXT, "$.title is missing"));
    assertThat(records.get(0).status()).isEqualTo(Status.OK);
    assertThat(records.get(0).steps().get(0).usage())
        .isEqualTo(new StepUsage(80, 40, 120, 2, "ab"));
  }

  @Test
  void anOutputThatStaysInvalidFailsItsRecordOnly() {
    calling =
        call ->
            new CallAnswered(
                call, call.record() == 0 ? new Result.Invalid(TEXT, "bad") : ANSWERED, 40, 20);

    play(job(2, 10_000, STORY));

    assertThat(ending.kind()).isEqualTo(Ending.Kind.COMPLETED);
    assertThat(calls).hasSize(3);
    FinishedRecord failed = record(0);
    assertThat(failed.status()).isEqualTo(Status.FAILED);
    assertThat(failed.failedStep()).isEqualTo("story");
    assertThat(failed.error()).contains("repaired output is invalid, too: bad");
    assertThat(record(1).status()).isEqualTo(Status.OK);
  }

  @Test
  void transientFailuresAreTriedThreeTimesMoreWithGrowingWaits() {
    calling = call -> new CallFailed(call, FailureClass.SERVER_ERROR, "broken");

    play(job(1, 10_000, STORY));

    assertThat(calls.stream().map(MakeCall::call))
        .containsExactly(
            new CallId(0, 0, 0), new CallId(0, 0, 1), new CallId(0, 0, 2), new CallId(0, 0, 3));
    assertThat(callTimes.get(1) - callTimes.get(0)).isBetween(2_000L, 2_300L);
    assertThat(callTimes.get(2) - callTimes.get(1)).isBetween(4_000L, 4_300L);
    assertThat(callTimes.get(3) - callTimes.get(2)).isBetween(8_000L, 8_300L);
    assertThat(records.get(0).error()).isEqualTo("SERVER_ERROR: broken (after 3 retries)");
    assertThat(last(progress).spent()).isZero();
  }

  @Test
  void earlierStepsAreNotPaidAgainForARetry() {
    calling =
        call ->
            call.step() == 1 && call.attempt() == 0
                ? new CallFailed(call, FailureClass.THROTTLED, "slow down")
                : new CallAnswered(call, ANSWERED, 40, 20);

    play(job(1, 10_000, STORY, SUMMARY));

    assertThat(calls.stream().map(MakeCall::call))
        .containsExactly(new CallId(0, 0, 0), new CallId(0, 1, 0), new CallId(0, 1, 1));
    assertThat(records.get(0).status()).isEqualTo(Status.OK);
  }

  @Test
  void aCallWhoseUsageIsUnknownCountsInFull() {
    calling =
        call ->
            call.attempt() == 0
                ? new CallFailed(call, FailureClass.CONNECTION_CUT, "reset")
                : new CallAnswered(call, ANSWERED, 40, 20);

    play(job(1, 10_000, STORY));

    assertThat(last(progress).spent()).isEqualTo(150 + 60);
  }

  @Test
  void aRefusedRequestFailsItsRecordAtOnce() {
    calling = call -> new CallFailed(call, FailureClass.VALIDATION, "too long");

    play(job(1, 10_000, STORY));

    assertThat(calls).hasSize(1);
    assertThat(records.get(0).error()).isEqualTo("VALIDATION: too long");
    assertThat(ending.kind()).isEqualTo(Ending.Kind.COMPLETED);
  }

  @Test
  void aModelThatMayNotBeUsedFailsTheJob() {
    calling = call -> new CallFailed(call, FailureClass.ACCESS, "no access to the model");

    play(job(1_000, 1_000_000, STORY));

    assertThat(ending.kind()).isEqualTo(Ending.Kind.FAILED);
    assertThat(ending.reason()).contains("story").contains("no access to the model");
    assertThat(calls.size()).isLessThanOrEqualTo(4);
    assertAddsUp(1_000);
  }

  @Test
  void aRejectedRecordIsKeptWithItsOutput() {
    calling = call -> new CallAnswered(call, new Result.Rejected(TEXT, "score 2"), 40, 20);

    play(job(1, 10_000, STORY, SUMMARY));

    assertThat(records.get(0).status()).isEqualTo(Status.REJECTED);
    assertThat(records.get(0).error()).isEqualTo("score 2");
    assertThat(records.get(0).steps().get(0).output()).isEqualTo(TEXT);
    assertThat(calls).hasSize(1);
  }

  @Test
  void skippedStepsCostNothing() {
    preparing =
        step ->
            step.step() == 0
                ? new StepSkipped(step.record(), 0)
                : new StepPrepared(step.record(), step.step(), new Prompt(100));

    play(job(1, 10_000, STORY, SUMMARY));

    assertThat(records.get(0).steps())
        .containsExactly(
            new StepResult("story", null, StepUsage.NONE),
            new StepResult("summary", TEXT, new StepUsage(40, 20, 60, 1, "ab")));
  }

  @Test
  void aPromptThatCannotBeRenderedFailsItsRecord() {
    preparing =
        step -> new PreparationFailed(step.record(), step.step(), "line 2: author is missing");

    play(job(2, 10_000, STORY));

    assertThat(calls).isEmpty();
    assertThat(records).extracting(FinishedRecord::error).containsOnly("line 2: author is missing");
    assertThat(ending.kind()).isEqualTo(Ending.Kind.COMPLETED);
  }

  @Test
  void aCallLargerThanAMinutesQuotaFailsItsRecordInsteadOfWaitingForEver() {
    tokensPerMinute = 149;

    play(job(1, 10_000, STORY));

    assertThat(calls).isEmpty();
    assertThat(records.get(0).error()).contains("150 tokens").contains("149 a minute");
  }

  @Test
  void theBudgetIsUsedToTheLastCallThatFitsAndNotBeyond() {
    calling = call -> new CallAnswered(call, ANSWERED, 100, 50);

    play(job(10, 150 * 7 + 149, STORY));

    assertThat(calls).hasSize(7);
    assertThat(ending.kind()).isEqualTo(Ending.Kind.BUDGET_EXCEEDED);
    assertThat(ending.reason()).contains("150").contains("1050 of 1199");
    assertThat(last(progress).notStarted()).isEqualTo(3);
  }

  @Test
  void waitsForReservationsThatTurnOutTooLarge() {
    calling = call -> new CallAnswered(call, ANSWERED, 10, 5);

    // Room for one call at a time, but for all of them by what they really cost.
    play(job(10, 150 + 9 * 15, STORY));

    assertThat(ending.kind()).isEqualTo(Ending.Kind.COMPLETED);
    assertThat(last(progress).spent()).isEqualTo(150);
  }

  @Test
  void aCallThatCostMoreThanItCouldStopsTheJob() {
    calling = call -> new CallAnswered(call, ANSWERED, 101, 50);

    play(job(1_000, 1_000_000, STORY));

    assertThat(ending.kind()).isEqualTo(Ending.Kind.FAILED);
    assertThat(ending.reason()).contains("cost 151 nano-USD, more than the 150");
    assertThat(calls.size()).isLessThanOrEqualTo(5);
    assertThat(last(progress).spent()).isEqualTo(151L * calls.size());
  }

  @Test
  void withoutSeedDataNothingIsCalled() {
    seed = new SeedFailed("seed data 17 is gone");

    play(job(10, 10_000, STORY));

    assertThat(calls).isEmpty();
    assertThat(ending).isEqualTo(new Ending(Ending.Kind.FAILED, "seed data 17 is gone"));
    assertThat(last(progress).notStarted()).isEqualTo(10);
  }

  @Test
  void anUnreadableJournalStopsTheJobBeforeAnyCall() {
    run = create(job(10, 10_000, STORY));
    run.start(0).forEach(effect -> {});

    List<RunEffect> effects = run.handle(new JournalUnreadable("bucket 1: version 9"), 5);

    assertThat(last(effects)).isInstanceOf(JobStopped.class);
    Ending stopped = ((JobStopped) last(effects)).ending();
    assertThat(stopped.kind()).isEqualTo(Ending.Kind.FAILED);
    assertThat(stopped.reason()).contains("version 9");
    assertThat(run.handle(new SeedLoaded(), 6)).isEmpty();
  }

  @Test
  void aCancelKeepsWhatIsDoneAndWhatIsUnderWay() {
    callMillis = 1_000;
    play(job(100, 1_000_000, STORY), 2_500);

    assertThat(ending.kind()).isEqualTo(Ending.Kind.CANCELLED);
    assertThat(records).hasSameSizeAs(calls);
    assertThat(records).extracting(FinishedRecord::status).containsOnly(Status.OK);
    assertThat(last(progress).notStarted()).isEqualTo(100 - calls.size());
    assertThat(last(progress).reserved()).isZero();
  }

  @Test
  void aRecordThatACancelLeavesHalfDoneIsKeptAsFailed() {
    callMillis = 1_000;
    play(job(1, 1_000_000, STORY, SUMMARY), 500);

    assertThat(calls).hasSize(1);
    assertThat(records.get(0).status()).isEqualTo(Status.FAILED);
    assertThat(records.get(0).failedStep()).isEqualTo("summary");
    assertThat(records.get(0).error()).isEqualTo("the job was cancelled");
    assertThat(records.get(0).steps().get(0).output()).isEqualTo(TEXT);
  }

  @Test
  void aJobThatStopsCallingLeavesItsPlaceInTheModelsQueue() {
    callMillis = 1_000;
    ModelGate shared = new ModelGate(new ModelQuota(1_000_000, 1_000_000, 2));
    gate = shared;
    Permit other = ((Admitted) shared.enter("other", 1, 0)).permit();
    afterEach =
        now -> {
          if (now == 400) {
            // The job is before it, waiting for its second call.
            assertThat(shared.enter("third", 1, now)).isInstanceOf(Queued.class);
          } else if (now == 500) {
            shared.answered(other, 1, now);
            assertThat(shared.turns()).containsExactly("third");
          }
        };
    also = List.of(400L);

    play(job(10, 1_000_000, STORY), 500);

    assertThat(calls).hasSize(1);
  }

  @Test
  void keepsAsManyCallsInFlightAsItMay() {
    callMillis = 1_000;
    play(job(40, 1_000_000, STORY));

    // Four at once, with the journal's latency hidden: ten rounds of a second.
    assertThat(last(callTimes)).isLessThan(10_500);
  }

  @Test
  void progressComesAtMostOnceASecondAndAtTheEnd() {
    play(job(200, 1_000_000, STORY));

    assertThat(progress.size()).isBetween(4, 9);
    assertThat(progress).isSortedAccordingTo((a, b) -> Long.compare(a.sequence(), b.sequence()));
    assertAddsUp(200);
  }

  private void assertAddsUp(long requested) {
    Progress end = last(progress);
    Counters counters = end.counters();
    assertThat(counters.ok() + counters.failed() + counters.rejected() + end.notStarted())
        .isEqualTo(requested);
    assertThat(counters.lastErrors().size()).isLessThanOrEqualTo(Counters.MAX_ERRORS);
  }

  private FinishedRecord record(long index) {
    return records.stream().filter(record -> record.index() == index).findFirst().orElseThrow();
  }

  private static <T> T last(List<T> list) {
    return list.get(list.size() - 1);
  }

  private static RunDefinition job(long count, long limit, StepSpec... steps) {
    return new RunDefinition("job", count, limit, 4, List.of(steps));
  }

  private JobRun create(RunDefinition definition) {
    if (gate == null) {
      gate = new ModelGate(new ModelQuota(1_000_000, tokensPerMinute, 100));
    }
    CommitPolicy policy = new CommitPolicy(2, 15, 100 * 1024);
    return new JobRun(
        definition,
        RunState.beginning(definition, 2),
        new RunEnvironment(policy, model -> gate, new RetryDelays(() -> 0.5), Budget::new),
        "owner");
  }

  private void play(RunDefinition definition) {
    play(definition, -1);
  }

  /** Plays to the end with everything but calls answered at once. */
  private void play(RunDefinition definition, long cancelAt) {
    run = create(definition);
    PriorityQueue<Due> due = new PriorityQueue<>();
    if (cancelAt >= 0) {
      due.add(new Due(cancelAt, 0, new CancelRequested()));
    }
    also.forEach(at -> due.add(new Due(at, 0, new Woken())));
    long now = 0;
    int number = 1;
    List<RunEffect> effects = run.start(now);
    while (ending == null) {
      for (RunEffect effect : effects) {
        if (effect instanceof WakeAt wake) {
          due.add(new Due(wake.at(), number++, new Woken()));
        } else if (effect instanceof MakeCall call) {
          calls.add(call);
          callTimes.add(now);
          due.add(new Due(now + callMillis, number++, calling.apply(call.call())));
        } else {
          RunEvent answer = answer(effect);
          if (answer != null) {
            due.add(new Due(now, number++, answer));
          }
        }
      }
      if (ending == null) {
        assertThat(due).describedAs("what is to come, %s", run.progress()).isNotEmpty();
        Due next = due.remove();
        now = Math.max(now, next.at());
        effects = run.handle(next.event(), now);
        afterEach.accept(now);
      }
    }
  }

  private RunEvent answer(RunEffect effect) {
    if (effect instanceof AskJournal ask) {
      return ask.request() instanceof JournalRequest.Write write
          ? new SegmentWritten(write.address())
          : new JournalRead(((JournalRequest.Read) ask.request()).from().bucket(), List.of(), true);
    } else if (effect instanceof PrepareStep step) {
      preparations.add(step);
      return preparing.apply(step);
    } else if (effect instanceof EmitRecord emit) {
      records.add(emit.record());
    } else if (effect instanceof EmitProgress emit) {
      progress.add(emit.progress());
    } else if (effect instanceof JobStopped stopped) {
      ending = stopped.ending();
    } else if (effect instanceof LoadSeed) {
      return seed;
    }
    return null;
  }

  private record Due(long at, int number, RunEvent event) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      return at != other.at ? Long.compare(at, other.at) : Integer.compare(number, other.number);
    }
  }
}
