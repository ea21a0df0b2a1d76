package io.plotpalette.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.api.TestingDynamoDb;
import io.plotpalette.api.TestingObjectStore;
import io.plotpalette.api.seeddata.SeedDataEraser;
import io.plotpalette.api.seeddata.SeedDataStore;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.templates.TemplateEraser;
import io.plotpalette.api.templates.TemplateStore;
import io.plotpalette.api.users.UserData;
import io.plotpalette.model.job.ExportFormat;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobPaths;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who deletes their account takes templates, seed data and jobs along. */
class DatasetErasureIT {
  private static final String USER = "leaving";
  private static final String NEIGHBOUR = "staying";
  private static final Supplier<String> IDS = TaskIds.timeOrdered();

  @TempDir private static Path folder;

  private static TestingDynamoDb dynamoDb;
  private static TestingObjectStore objects;
  private static TestingJobs store;
  private static UserData jobs;

  @BeforeAll
  static void start() throws Exception {
    dynamoDb = TestingDynamoDb.start();
    objects = new TestingObjectStore(folder);
    store = new TestingJobs(dynamoDb.client(), objects.bucket());
    jobs =
        new JobEraser(
            dynamoDb.client(),
            TestingDynamoDb.CONFIG.datasets(),
            objects::bucket,
            InstantSource.system());
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    dynamoDb.close();
  }

  @Test
  void aJobThatRunsIsStoppedAndDeletedOnceItIsOver() {
    // Given
    String finished = job(USER);
    store.completed(USER, finished);
    String running = job(USER);
    store.running(USER, running);
    String others = job(NEIGHBOUR);
    store.completed(NEIGHBOUR, others);

    // When
    boolean first = jobs.erase(USER, () -> true);

    // Then
    assertThat(first).isFalse();
    assertThat(store.part(finished, JobAttribute.PART_DEFINITION)).isEmpty();
    assertThat(objects.bucket().size(JobPaths.dataset(finished, ExportFormat.CSV))).isEmpty();
    assertThat(store.part(running, JobAttribute.PART_DEFINITION))
        .containsKey(JobAttribute.CANCEL_REQUESTED_AT);

    // When
    store.completed(USER, running);
    boolean second = jobs.erase(USER, () -> true);

    // Then
    assertThat(second).isTrue();
    assertThat(store.part(running, JobAttribute.PART_DEFINITION)).isEmpty();
    assertThat(store.part(others, JobAttribute.PART_DEFINITION)).isNotEmpty();
    assertThat(objects.bucket().size(JobPaths.dataset(others, ExportFormat.CSV))).isPresent();
  }

  @Test
  void everyVersionOfATemplateGoes() {
    String template = store.template(USER);
    store.nextVersion(USER, template);
    String others = store.template(NEIGHBOUR);
    TemplateStore templates =
        new TemplateStore(dynamoDb.client(), TestingDynamoDb.CONFIG.datasets().templatesTable());

    boolean erased = new TemplateEraser(templates).erase(USER, () -> true);

    assertThat(erased).isTrue();
    assertThat(templates.newest(template)).isEmpty();
    assertThat(templates.newest(others)).isPresent();
  }

  @Test
  void seedDataGoWithTheirFile() {
    String seedData = store.seedData(USER, TestingJobs.SEED_DATA);
    String others = store.seedData(NEIGHBOUR, TestingJobs.SEED_DATA);
    SeedDataStore seeds =
        new SeedDataStore(dynamoDb.client(), TestingDynamoDb.CONFIG.datasets().seedDataTable());

    boolean erased = new SeedDataEraser(seeds, objects::bucket).erase(USER, () -> true);

    assertThat(erased).isTrue();
    assertThat(seeds.find(USER, seedData)).isEmpty();
    assertThat(objects.bucket().size(JobPaths.seedData(USER, seedData))).isEmpty();
    assertThat(seeds.find(NEIGHBOUR, others)).isPresent();
    assertThat(objects.bucket().size(JobPaths.seedData(NEIGHBOUR, others))).isPresent();
  }

  @Test
  void whatThereIsNoTimeForIsLeftToTheNextCall() {
    store.completed("hurried", job("hurried"));

    assertThat(jobs.erase("hurried", () -> false)).isFalse();
  }

  private static String job(String userId) {
    String id = IDS.get();
    store.definition(userId, id);
    return id;
  }
}
