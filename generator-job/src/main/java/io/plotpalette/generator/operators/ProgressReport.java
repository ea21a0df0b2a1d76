package io.plotpalette.generator.operators;

import io.plotpalette.generator.prompts.JobPlan;
import io.plotpalette.generator.run.Counters;
import io.plotpalette.generator.run.Ending;
import io.plotpalette.generator.run.Progress;
import io.plotpalette.generator.run.StepTotals;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.job.JobProgress.Figures;
import io.plotpalette.model.job.JobProgress.RecordError;
import io.plotpalette.model.job.JobProgress.Spend;
import io.plotpalette.model.job.JobProgress.UsageTotals;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.money.Money;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The numbers of a run as the job's part {@code PROGRESS}. */
final class ProgressReport {
  private ProgressReport() {}

  static JobProgress running(JobPlan plan, Progress progress, JobProgress.Pace pace) {
    return report(plan, progress, JobState.RUNNING, progress.sequence(), pace);
  }

  /** One step after the last report of the run. */
  static JobProgress exporting(JobPlan plan, Progress last) {
    return report(plan, last, JobState.EXPORTING, last.sequence() + 1, JobProgress.Pace.UNKNOWN);
  }

  private static JobProgress report(
      JobPlan plan, Progress progress, JobState state, long seq, JobProgress.Pace pace) {
    JobDefinition job = plan.job();
    Counters counters = progress.counters();
    List<UsageTotals> bySteps = new ArrayList<>();
    Map<String, UsageTotals> byModels = new LinkedHashMap<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      bySteps.add(totals(plan.steps().get(i).id(), progress.steps().get(i)));
      UsageTotals ofModel = totals(plan.steps().get(i).model(), progress.steps().get(i));
      byModels.merge(ofModel.name(), ofModel, ProgressReport::sum);
    }
    return new JobProgress(
        job.jobId(),
        job.userId(),
        state,
        progress.ending() == null ? null : progress.ending().reason(),
        JobProgress.queueKey(job),
        seq,
        new Figures(
            new Counts(
                progress.requested(),
                counters.ok(),
                counters.failed(),
                counters.rejected(),
                progress.notStarted(),
                progress.inFlight()),
            new Spend(
                bySteps.stream().mapToLong(UsageTotals::tokensIn).sum(),
                bySteps.stream().mapToLong(UsageTotals::tokensOut).sum(),
                new Money(progress.spent()),
                new Money(progress.reserved())),
            bySteps,
            List.copyOf(byModels.values()),
            pace,
            counters.lastErrors().stream()
                .map(error -> new RecordError(error.index(), error.step(), error.error()))
                .toList()),
        plan.startedAt(),
        null,
        List.of());
  }

  private static UsageTotals totals(String name, StepTotals step) {
    return new UsageTotals(
        name, step.calls(), step.tokensIn(), step.tokensOut(), new Money(step.cost()));
  }

  private static UsageTotals sum(UsageTotals one, UsageTotals other) {
    return new UsageTotals(
        one.name(),
        one.calls() + other.calls(),
        one.tokensIn() + other.tokensIn(),
        one.tokensOut() + other.tokensOut(),
        one.cost().plus(other.cost()));
  }

  /** The job is over. */
  static JobProgress finished(
      JobProgress last, JobState state, String reason, Instant at, List<ExportedFile> exports) {
    return new JobProgress(
        last.jobId(),
        last.userId(),
        state,
        reason,
        null,
        last.seq() + 1,
        last.figures(),
        last.startedAt(),
        at,
        exports);
  }

  static JobState finalState(Ending ending) {
    return switch (ending.kind()) {
      case COMPLETED -> JobState.COMPLETED;
      case BUDGET_EXCEEDED -> JobState.BUDGET_EXCEEDED;
      case CANCELLED -> JobState.CANCELLED;
      case FAILED -> JobState.FAILED;
    };
  }
}
