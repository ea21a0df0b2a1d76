package io.plotpalette.api.seeddata;

import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.users.UserData;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Deletes a user's seed data with its files. */
public final class SeedDataEraser implements UserData {
  private static final int PAGE = 25;

  private final SeedDataStore store;
  private final Supplier<TransferBucket> bucket;

  public SeedDataEraser(SeedDataStore store, Supplier<TransferBucket> bucket) {
    this.store = store;
    this.bucket = bucket;
  }

  @Override
  public boolean erase(String userId, BooleanSupplier goOn) {
    while (true) {
      List<SeedData> page = store.list(userId, PAGE, Map.of()).seedData();
      if (page.isEmpty()) {
        return true;
      }
      for (SeedData seedData : page) {
        if (!goOn.getAsBoolean()) {
          return false;
        }
        bucket.get().delete(seedData.uploadKey());
        bucket.get().delete(seedData.entriesKey());
        // Another version than this one was validated meanwhile: the next page has it again.
        store.delete(seedData);
      }
    }
  }
}
