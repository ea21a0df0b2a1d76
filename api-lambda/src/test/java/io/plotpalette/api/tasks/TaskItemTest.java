package io.plotpalette.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.model.task.Task;
import io.plotpalette.model.task.TaskPriority;
import io.plotpalette.model.task.TaskStatus;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class TaskItemTest {
  private static final Instant CREATED = Instant.parse("2026-11-20T09:00:00Z");

  @Test
  void aTaskWithEveryFieldComesBackEqual() {
    Task task =
        task()
            .description("more")
            .status(TaskStatus.DONE)
            .priority(TaskPriority.URGENT)
            .labels(List.of("b", "a"))
            .dueAt(CREATED.plusMillis(7))
            .timeZone("Asia/Tokyo")
            .estimateMinutes(0)
            .parentId("019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c02")
            .metadata(Map.of("k", ""))
            .completedAt(CREATED.plusSeconds(60))
            .version(9)
            .build();

    assertThat(TaskItem.read(TaskItem.of(task))).isEqualTo(task);
  }

  @Test
  void aTaskWithOnlyItsRequiredFieldsComesBackEqual() {
    assertThat(TaskItem.read(TaskItem.of(task().build()))).isEqualTo(task().build());
  }

  @Test
  void whatHasNoValueIsNoAttribute() {
    assertThat(TaskItem.of(task().build()))
        .containsOnlyKeys(
            "user_id",
            "task_id",
            "title",
            "description",
            "status",
            "priority",
            "labels",
            "metadata",
            "created_at",
            "updated_at",
            "version");
  }

  @Test
  void aDueDateAlsoWritesTheKeyOfItsIndex() {
    Map<String, AttributeValue> item =
        TaskItem.of(task().dueDate(LocalDate.of(2026, 12, 1)).timeZone("Europe/Berlin").build());

    assertThat(item.get("due_date").s()).isEqualTo("2026-12-01");
    assertThat(item.get("due_key").s()).isEqualTo("2026-12-01T22:59:59.999Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"title", "status", "labels", "metadata", "created_at", "version"})
  void anItemWithoutARequiredAttributeIsUnreadable(String name) {
    Map<String, AttributeValue> item = new HashMap<>(TaskItem.of(task().build()));
    item.remove(name);

    assertThatThrownBy(() -> TaskItem.read(item))
        .isInstanceOf(UnreadableItemException.class)
        .hasMessage(name + " is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"title", "status", "labels", "metadata", "due_date", "created_at", "version"})
  void anAttributeOfAnotherFormIsNamedButNotQuoted(String name) {
    Map<String, AttributeValue> item = new HashMap<>(TaskItem.of(task().build()));
    item.put(name, AttributeValue.fromSs(List.of("private")));

    assertThatThrownBy(() -> TaskItem.read(item))
        .isInstanceOf(UnreadableItemException.class)
        .hasMessage(name + " has a value of another form")
        .hasNoCause();
  }

  private static Task.Builder task() {
    return Task.builder()
        .taskId("019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01")
        .userId("user")
        .title("title")
        .createdAt(CREATED)
        .updatedAt(CREATED);
  }
}
