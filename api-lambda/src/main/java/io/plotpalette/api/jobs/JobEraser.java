package io.plotpalette.api.jobs;

import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.users.UserData;
import io.plotpalette.model.job.JobPaths;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Deletes a user's jobs with their files and rows. A job that runs is stopped first: only the
 * generator knows what its calls cost, so it is deleted once it is over.
 */
public final class JobEraser implements UserData {
  private static final int PAGE = 25;

  private final JobStore store;
  private final Supplier<TransferBucket> bucket;
  private final InstantSource clock;

  public JobEraser(
      DynamoDbClient dynamoDb,
      ApiConfig.Datasets tables,
      Supplier<TransferBucket> bucket,
      InstantSource clock) {
    this.store = new JobStore(dynamoDb, tables);
    this.bucket = bucket;
    this.clock = clock;
  }

  @Override
  public boolean erase(String userId, BooleanSupplier goOn) {
    boolean allGone = true;
    Map<String, String> next = Map.of();
    do {
      JobStore.Page page = store.list(userId, PAGE, next);
      for (Job job : page.jobs()) {
        if (!goOn.getAsBoolean()) {
          return false;
        }
        allGone &= erase(job, goOn);
      }
      next = page.nextKey();
    } while (!next.isEmpty());
    return allGone;
  }

  private boolean erase(Job job, BooleanSupplier goOn) {
    String jobId = job.definition().jobId();
    if (!job.progress().state().isFinal()) {
      store.requestCancel(jobId, clock.instant().truncatedTo(ChronoUnit.MILLIS));
      return false;
    }
    return bucket.get().deleteAll(JobPaths.job(jobId) + "/", goOn) && store.delete(jobId, goOn);
  }
}
