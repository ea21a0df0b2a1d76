package io.plotpalette.model.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class TaskTest {
  private static final Instant CREATED = Instant.parse("2026-11-20T09:00:00Z");

  @Test
  void withoutADueDateThereIsNoDeadline() {
    assertThat(task().build().deadline()).isNull();
  }

  @Test
  void aDueDateEndsWithTheDayInTheUsersZone() {
    Task task = task().dueDate(LocalDate.of(2026, 11, 20)).timeZone("America/New_York").build();

    assertThat(task.deadline()).isEqualTo("2026-11-21T04:59:59.999Z");
  }

  @Test
  void aDueDateWithoutAZoneEndsInUtc() {
    Task task = task().dueDate(LocalDate.of(2026, 11, 20)).build();

    assertThat(task.deadline()).isEqualTo("2026-11-20T23:59:59.999Z");
  }

  @Test
  void aDueDateEndsAlsoWhereTheNextDayHasNoMidnight() {
    // Beirut's clocks jumped from 00:00 to 01:00 on 2022-03-27.
    Task task = task().dueDate(LocalDate.of(2022, 3, 26)).timeZone("Asia/Beirut").build();

    assertThat(task.deadline()).isEqualTo("2022-03-26T21:59:59.999Z");
  }

  @Test
  void anExactDueTimeIsTheDeadlineWhateverTheZone() {
    Instant due = Instant.parse("2026-12-01T12:00:00Z");

    assertThat(task().dueAt(due).timeZone("Asia/Tokyo").build().deadline()).isEqualTo(due);
  }

  @Test
  void theBuilderOfATaskBuildsAnEqualTask() {
    Task task =
        task()
            .dueDate(LocalDate.of(2026, 11, 20))
            .timeZone("UTC")
            .estimateMinutes(5)
            .parentId("p")
            .completedAt(CREATED)
            .version(3)
            .build();

    assertThat(task.toBuilder().build()).isEqualTo(task);
  }

  private static Task.Builder task() {
    return Task.builder()
        .taskId("t")
        .userId("u")
        .title("title")
        .createdAt(CREATED)
        .updatedAt(CREATED);
  }
}
