package io.plotpalette.model.table;

import io.plotpalette.model.table.TableDefinition.LocalIndex;
import io.plotpalette.model.task.TaskAttribute;
import java.util.List;

/** Every table of the product. */
public final class Tables {
  /** One item a user, written when the e-mail address is confirmed. */
  public static final TableDefinition USERS =
      new TableDefinition("users", TaskAttribute.USER_ID, null, List.of(), false, null);

  /** One item a task; its stream feeds stream-job. Local indexes limit a user to 10 GB. */
  public static final TableDefinition TASKS =
      new TableDefinition(
          "tasks",
          TaskAttribute.USER_ID,
          TaskAttribute.TASK_ID,
          List.of(
              new LocalIndex("by-updated", TaskAttribute.UPDATED_AT),
              new LocalIndex("by-due", TaskAttribute.DUE_KEY)),
          true,
          null);

  private Tables() {}

  public static List<TableDefinition> all() {
    return List.of(USERS, TASKS);
  }
}
