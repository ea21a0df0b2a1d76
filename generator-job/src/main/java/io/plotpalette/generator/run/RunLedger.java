package io.plotpalette.generator.run;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.journal.JournalConflictException;
import io.plotpalette.generator.journal.JournalCursor;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.pressure.FailureClass;
import io.plotpalette.generator.pressure.RetryDelays;
import io.plotpalette.generator.run.FinishedRecord.Status;
import io.plotpalette.generator.run.RunState.Change;
import io.plotpalette.generator.run.RunState.Head;
import io.plotpalette.generator.run.RunState.Money;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is known for certain of a run: its records, its money and its counters, as the durable
 * entries of the journal say. It takes an entry the same way whether it was just written or is read
 * again after a restart. Not thread-safe.
 */
final class RunLedger {
  private final RunDefinition definition;
  private final RetryDelays retryDelays;
  private final Consumer<FinishedRecord> left;

  private final Budget budget;

  /** Sorted, so that a history can be played again step by step. */
  private final NavigableMap<Long, RecordState> records;

  private final List<StepTotals> totals;
  private IndexRanges notStarted;
  private Counters counters;
  private Ending ending;

  private final Set<Long> changed = new LinkedHashSet<>();
  private final Set<Long> removed = new LinkedHashSet<>();

  /**
   * @param left takes the records that are finished
   */
  RunLedger(
      RunDefinition definition,
      RunState state,
      RunEnvironment environment,
      Consumer<FinishedRecord> left) {
    this.definition = definition;
    this.retryDelays = environment.retryDelays();
    this.left = left;
    this.budget = environment.budgets().create(definition.budgetLimit(), state.money().spent());
    this.records = new TreeMap<>(state.records());
    this.totals = new ArrayList<>(state.money().steps());
    this.notStarted = state.head().notStarted();
    this.counters = state.counters();
    this.ending = state.head().ending();
    for (RecordState record : records.values()) {
      if (record.openCall() != null) {
        budget.adopt(record.openCall().reservation());
      }
    }
  }

  /** Takes an entry of the journal whose reservation, if it is an intent, is not counted yet. */
  void replay(JournalEntry entry) {
    if (entry instanceof Intent intent) {
      budget.adopt(intent.reservation());
    }
    apply(entry);
  }

  /**
   * Takes an entry that is durable now.
   *
   * @throws JournalConflictException if it does not fit what is known
   */
  void apply(JournalEntry entry) {
    if (entry instanceof Intent intent) {
      applyIntent(intent);
    } else if (entry instanceof Outcome outcome) {
      applyOutcome(outcome);
    }
  }

  private void applyIntent(Intent intent) {
    long index = intent.call().record();
    RecordState record = records.get(index);
    if (record == null) {
      if (!notStarted.contains(index)) {
        throw new JournalConflictException(
            "the journal has call " + intent.call() + " of a record that has left");
      }
      notStarted = notStarted.without(index);
      record = RecordState.begun(index);
    }
    if (record.openCall() != null) {
      // Whoever made it is gone and has left no outcome, or there would not be another call.
      record = forfeit(record);
    }
    while (record.step() < intent.call().step()) {
      // Skipped steps are not journalled.
      record = record.stepDone(stepId(record), null);
    }
    if (!record.nextCall().equals(intent.call())) {
      throw new JournalConflictException(
          "the journal has call " + intent.call() + " where " + record.nextCall() + " is due");
    }
    totals.set(record.step(), totals.get(record.step()).called());
    put(record.called(intent));
  }

  private void applyOutcome(Outcome outcome) {
    RecordState record = records.get(outcome.call().record());
    if (record == null
        || record.openCall() == null
        || !record.openCall().call().equals(outcome.call())) {
      throw new JournalConflictException(
          "the journal has an outcome of call " + outcome.call() + ", which is not open");
    }
    long reservation = record.openCall().reservation();
    budget.settle(reservation, outcome.cost());
    if (outcome.cost() > reservation) {
      end(
          Ending.Kind.FAILED,
          "call %s cost %d nano-USD, more than the %d it could cost at most: prices or token bounds are wrong, and no budget can be kept with them"
              .formatted(outcome.call(), outcome.cost(), reservation));
    }
    StepTotals total = totals.get(record.step());
    if (outcome.result() instanceof Result.NotMade) {
      totals.set(record.step(), total.notMade());
      put(record.notMade());
      return;
    }
    totals.set(record.step(), total.spent(outcome.tokensIn(), outcome.tokensOut(), outcome.cost()));
    conclude(record.settled(outcome), outcome);
  }

  /** What an outcome means for its record. */
  private void conclude(RecordState record, Outcome outcome) {
    Result result = outcome.result();
    if (result instanceof Result.Answered answered) {
      stepDone(record, answered.output(), outcome.at());
    } else if (result instanceof Result.Rejected rejected) {
      RecordState judged = record.stepDone(stepId(record), rejected.output());
      leave(judged, Status.REJECTED, stepId(record), rejected.reason(), outcome.at());
    } else if (result instanceof Result.Invalid invalid) {
      if (record.repair() == null) {
        put(record.repairing(new Repair(invalid.output(), invalid.violation())));
      } else {
        fail(record, "the repaired output is invalid, too: " + invalid.violation(), outcome.at());
      }
    } else if (result instanceof Result.Failed failed) {
      concludeFailure(record, failed, outcome.at());
    }
  }

  private void concludeFailure(RecordState record, Result.Failed failed, long at) {
    FailureClass failure = failed.failure();
    String error = failure + ": " + failed.message();
    switch (failure.consequence()) {
      case RETRY -> {
        OptionalLong delay = retryDelays.afterFailures(record.failures() + 1);
        if (delay.isPresent()) {
          put(record.failedUntil(at + delay.getAsLong()));
        } else {
          fail(record, error + " (after " + RetryDelays.MAX_RETRIES + " retries)", at);
        }
      }
      case FAIL_RECORD -> fail(record, error, at);
      case FAIL_JOB -> {
        end(Ending.Kind.FAILED, "step " + stepId(record) + ": " + error);
        fail(record, error, at);
      }
    }
  }

  /** The record's step is over, with an output or, if that is null, skipped. */
  void stepDone(RecordState record, Output output, long at) {
    RecordState next = record.stepDone(stepId(record), output);
    if (next.step() == definition.steps().size()) {
      leave(next, Status.OK, null, null, at);
    } else {
      put(next);
    }
  }

  /** The record leaves as failed at the step it is at. */
  void fail(RecordState record, String error, long at) {
    leave(record, Status.FAILED, stepId(record), error, at);
  }

  /**
   * The job ends before the record is finished: it leaves as failed if money was spent on it, and
   * was never started otherwise.
   */
  void giveUp(RecordState record, String reason, long at) {
    if (record.hasCalls()) {
      fail(record, reason, at);
    } else {
      remove(record.index());
      notStarted = notStarted.with(record.index());
    }
  }

  private void leave(RecordState record, Status status, String step, String error, long at) {
    List<StepResult> steps = status == Status.FAILED ? record.steps(step) : record.finishedSteps();
    FinishedRecord finished = new FinishedRecord(record.index(), status, steps, step, error, at);
    remove(record.index());
    counters = counters.with(finished);
    left.accept(finished);
  }

  /** No outcome of the open calls will come any more: they may have been billed. */
  void forfeitOpenCalls() {
    for (RecordState record : List.copyOf(records.values())) {
      if (record.openCall() != null) {
        put(forfeit(record));
      }
    }
  }

  private RecordState forfeit(RecordState record) {
    long reservation = record.openCall().reservation();
    budget.forfeit(reservation);
    totals.set(record.step(), totals.get(record.step()).spent(0, 0, reservation));
    return record.forfeited();
  }

  /** Begins the next record; empty if there is none. */
  Optional<RecordState> begin() {
    if (notStarted.isEmpty()) {
      return Optional.empty();
    }
    RecordState record = RecordState.begun(notStarted.first());
    notStarted = notStarted.without(record.index());
    put(record);
    return Optional.of(record);
  }

  /** The job is to end like this, unless it already ends in a way that stops more. */
  void end(Ending.Kind kind, String reason) {
    if (ending == null || (ending.kind().compareTo(kind) < 0 && !ending.stopsCalls())) {
      ending = new Ending(kind, reason);
    }
  }

  private void put(RecordState record) {
    records.put(record.index(), record);
    changed.add(record.index());
    removed.remove(record.index());
  }

  private void remove(long index) {
    records.remove(index);
    changed.remove(index);
    removed.add(index);
  }

  private String stepId(RecordState record) {
    return definition.steps().get(record.step()).id();
  }

  /** What has changed since this was last asked. */
  Change takeChange(JournalCursor cursor) {
    Change change =
        new Change(
            new Head(cursor, notStarted, ending),
            new Money(budget.spent(), totals),
            counters,
            changed.stream().map(records::get).toList(),
            List.copyOf(removed));
    changed.clear();
    removed.clear();
    return change;
  }

  Progress progress(long sequence) {
    return new Progress(
        sequence,
        definition.recordCount(),
        notStarted.size(),
        records.size(),
        counters,
        budget.spent(),
        budget.reserved(),
        totals,
        ending);
  }

  Budget budget() {
    return budget;
  }

  Ending ending() {
    return ending;
  }

  /** A record that is begun and has not left. */
  Optional<RecordState> record(long index) {
    return Optional.ofNullable(records.get(index));
  }

  List<RecordState> records() {
    return List.copyOf(records.values());
  }

  int recordsInFlight() {
    return records.size();
  }

  boolean allStarted() {
    return notStarted.isEmpty();
  }
}
