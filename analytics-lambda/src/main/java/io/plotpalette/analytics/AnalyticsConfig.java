package io.plotpalette.analytics;

import io.plotpalette.model.setting.Setting;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** What the handlers of the lake read from their environment. */
public record AnalyticsConfig(String workgroup, String database, String dataBucket) {
  private static final Setting<String> WORKGROUP =
      Setting.text(
          "ATHENA_WORKGROUP",
          null,
          "Athena workgroup name",
          "Workgroup the function's statements run in; that of gold is nobody else's");

  private static final Setting<String> DATABASE =
      Setting.text("GLUE_DATABASE", null, "Glue database name", "Database of tables and views");

  private static final Setting<String> DATA_BUCKET =
      Setting.text("DATA_BUCKET", null, "S3 bucket name", "Bucket of the lake");

  public AnalyticsConfig {
    Objects.requireNonNull(workgroup, "workgroup");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(dataBucket, "dataBucket");
  }

  /**
   * Reads all keys from a lookup such as {@code System::getenv}.
   *
   * @throws io.plotpalette.model.setting.InvalidSettingException naming the key and the way out
   */
  public static AnalyticsConfig read(UnaryOperator<String> lookup) {
    return new AnalyticsConfig(
        WORKGROUP.read(lookup), DATABASE.read(lookup), DATA_BUCKET.read(lookup));
  }

  /** Every key, for the generated table of settings. */
  public static List<Setting<?>> settings() {
    return List.of(WORKGROUP, DATABASE, DATA_BUCKET);
  }
}
