package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.task.ChangeType;
import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a sketch may be wrong by, and what not. */
class WindowCountsTest {
  private static final Instant CREATED = Instant.parse("2026-11-20T10:00:00.000Z");

  @Test
  void aQuantileOfFewValuesMustBeExact() {
    WindowCounts counts = completedAfterSeconds(200);

    assertThat(counts.differences(row(200, 100.0))).isEmpty();
    assertThat(counts.differences(row(200, 101.0))).hasSize(1);
  }

  @Test
  void aQuantileOfManyValuesMayBeNearlyExact() {
    WindowCounts counts = completedAfterSeconds(1_000);

    assertThat(counts.differences(row(1_000, 500.0))).isEmpty();
    assertThat(counts.differences(row(1_000, 535.0))).isEmpty();
    assertThat(counts.differences(row(1_000, 545.0))).hasSize(1);
    assertThat(counts.differences(row(1_000, 455.0))).hasSize(1);
  }

  @Test
  void aQuantileThatIsNoneOfTheValuesIsWrong() {
    assertThat(completedAfterSeconds(1_000).differences(row(1_000, 500.5))).hasSize(1);
  }

  /** One task done after each number of seconds from 1 on. */
  private static WindowCounts completedAfterSeconds(int count) {
    WindowCounts counts = new WindowCounts();
    for (int i = 1; i <= count; i++) {
      Task task =
          Task.builder()
              .taskId("t" + i)
              .userId("u")
              .title("t")
              .createdAt(CREATED)
              .updatedAt(CREATED)
              .build();
      Instant at = CREATED.plusSeconds(i);
      Task done =
          task.toBuilder().status(TaskStatus.DONE).updatedAt(at).completedAt(at).version(2).build();
      counts.add(LoggedChange.of(ChangeType.UPDATED, task, done, at, at));
    }
    return counts;
  }

  private static SilverRow row(int count, double p50) {
    return new SilverRow(
        new InsightGrain.Window("u", CREATED),
        0,
        count,
        0,
        0,
        0,
        count,
        -count,
        0,
        0,
        count,
        (count + 1) / 2.0,
        1.0,
        p50,
        count * 0.95,
        (double) count);
  }
}
