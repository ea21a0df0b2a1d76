package io.plotpalette.model.table;

/** Names of the key attributes of the table {@code seed-data}. */
public final class SeedDataAttribute {
  public static final String USER_ID = "user_id";
  public static final String SEED_DATA_ID = "seed_data_id";

  private SeedDataAttribute() {}
}
