package io.plotpalette.infra;

import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.Tables;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The environment every handler gets: the physical name of every table. */
final class HandlerEnvironment {
  private HandlerEnvironment() {}

  static Map<String, String> of(Stage stage) {
    return Tables.all().stream()
        .collect(Collectors.toMap(HandlerEnvironment::key, t -> t.physicalName(stage.name())));
  }

  /** {@code task-tombstones} becomes {@code TASK_TOMBSTONES_TABLE}, as the API's settings say. */
  private static String key(TableDefinition table) {
    return table.name().toUpperCase(Locale.ROOT).replace('-', '_') + "_TABLE";
  }
}
