package io.plotpalette.infra;

import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The environment every handler gets: where tables, queue and files are. */
final class HandlerEnvironment {
  private HandlerEnvironment() {}

  static Map<String, String> of(Stage stage, String dataBucket, String taskWritesQueueUrl) {
    Map<String, String> environment = new TreeMap<>();
    Tables.all().forEach(table -> environment.put(key(table), table.physicalName(stage.name())));
    environment.put("DATA_BUCKET", dataBucket);
    environment.put("TASK_WRITES_QUEUE_URL", taskWritesQueueUrl);
    return environment;
  }

  /** {@code task-tombstones} becomes {@code TASK_TOMBSTONES_TABLE}, as the API's settings say. */
  private static String key(TableDefinition table) {
    return table.name().toUpperCase(Locale.ROOT).replace('-', '_') + "_TABLE";
  }
}
