package io.plotpalette.model.table;

import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.table.TableDefinition.GlobalIndex;
import io.plotpalette.model.table.TableDefinition.LocalIndex;
import io.plotpalette.model.task.TaskAttribute;
import io.plotpalette.model.task.TombstoneAttribute;
import io.plotpalette.model.user.UserAttribute;
import java.util.List;

/** Every table of the product. */
public final class Tables {
  /** One item a user, written when the e-mail address is confirmed. */
  public static final TableDefinition USERS =
      new TableDefinition(
          "users",
          UserAttribute.USER_ID,
          null,
          List.of(),
          List.of(new GlobalIndex("by-created", UserAttribute.DIRECTORY, UserAttribute.CREATED_AT)),
          false,
          null);

  /** One item a task; its stream feeds stream-job. Local indexes limit a user to 10 GB. */
  public static final TableDefinition TASKS =
      new TableDefinition(
          "tasks",
          TaskAttribute.USER_ID,
          TaskAttribute.TASK_ID,
          List.of(
              new LocalIndex("by-updated", TaskAttribute.UPDATED_AT),
              new LocalIndex("by-due", TaskAttribute.DUE_KEY)),
          List.of(),
          true,
          null);

  /** One item a deleted task, kept for as long as somebody may ask what has changed. */
  public static final TableDefinition TASK_TOMBSTONES =
      new TableDefinition(
          "task-tombstones",
          TaskAttribute.USER_ID,
          TombstoneAttribute.TOMBSTONE_KEY,
          List.of(),
          List.of(),
          false,
          TombstoneAttribute.EXPIRES_AT);

  /** One item a request that may be repeated, with its answer. */
  public static final TableDefinition IDEMPOTENCY =
      new TableDefinition(
          "idempotency",
          IdempotencyAttribute.REQUEST_KEY,
          null,
          List.of(),
          List.of(),
          false,
          IdempotencyAttribute.EXPIRES_AT);

  /** One item a piece of finished or refused work of the jobs, kept for those who look into it. */
  public static final TableDefinition RUNS =
      new TableDefinition(
          "runs",
          RunAttribute.RUN_KIND,
          RunAttribute.RUN_KEY,
          List.of(),
          List.of(),
          false,
          RunAttribute.EXPIRES_AT);

  /** One item a version of a template; versions never change. */
  public static final TableDefinition TEMPLATES =
      new TableDefinition(
          "templates",
          TemplateAttribute.TEMPLATE_ID,
          TemplateAttribute.VERSION_KEY,
          List.of(),
          List.of(
              new GlobalIndex("by-user", TemplateAttribute.USER_ID, TemplateAttribute.LISTED_AT)),
          false,
          null);

  /** One item an upload of seed data; the bytes are in the object store. */
  public static final TableDefinition SEED_DATA =
      new TableDefinition(
          "seed-data",
          SeedDataAttribute.USER_ID,
          SeedDataAttribute.SEED_DATA_ID,
          List.of(),
          List.of(),
          false,
          null);

  /** Two items a generation job, each with one writer; the stream feeds generator-job. */
  public static final TableDefinition JOBS =
      new TableDefinition(
          "jobs",
          JobAttribute.JOB_ID,
          JobAttribute.PART,
          List.of(),
          List.of(
              new GlobalIndex("by-user", JobAttribute.USER_ID, JobAttribute.CREATED_AT),
              new GlobalIndex("by-state", JobAttribute.STATE, JobAttribute.QUEUE_KEY)),
          true,
          null);

  /** One item a segment of a job's call journal, written once. */
  public static final TableDefinition CALL_JOURNAL =
      new TableDefinition(
          "call-journal",
          JobAttribute.JOURNAL_KEY,
          JobAttribute.SEGMENT,
          List.of(),
          List.of(),
          false,
          JobAttribute.EXPIRES_AT);

  /** What a job has cost so far, cumulative, by step and model. */
  public static final TableDefinition COST_TRACKING =
      new TableDefinition(
          "cost-tracking",
          JobAttribute.JOB_ID,
          JobAttribute.PERIOD,
          List.of(),
          List.of(),
          false,
          JobAttribute.EXPIRES_AT);

  private Tables() {}

  public static List<TableDefinition> all() {
    return List.of(
        USERS,
        TASKS,
        TASK_TOMBSTONES,
        IDEMPOTENCY,
        RUNS,
        TEMPLATES,
        SEED_DATA,
        JOBS,
        CALL_JOURNAL,
        COST_TRACKING);
  }
}
