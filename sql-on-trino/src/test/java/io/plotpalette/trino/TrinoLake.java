package io.plotpalette.trino;

import io.plotpalette.model.sql.SqlFiles;
import io.plotpalette.model.sql.ViewOrder;
import io.trino.Session;
import io.trino.plugin.hive.HivePlugin;
import io.trino.testing.MaterializedResult;
import io.trino.testing.QueryRunner;
import io.trino.testing.StandaloneQueryRunner;
import io.trino.testing.TestingSession;
import java.nio.file.Path;
import java.util.Map;

/** Lakes in one Trino, each a catalog with the tables and views of {@code sql/}. */
final class TrinoLake implements AutoCloseable {
  private static final String SCHEMA = "lake";

  private final QueryRunner trino;
  private final Session session;

  private TrinoLake(QueryRunner trino, Session session) {
    this.trino = trino;
    this.session = session;
  }

  /** Starts Trino. Its first lake is to be opened with {@link #withLake}. */
  static TrinoLake start() {
    Session session = TestingSession.testSessionBuilder().build();
    StandaloneQueryRunner trino = new StandaloneQueryRunner(session);
    trino.installPlugin(new HivePlugin());
    return new TrinoLake(trino, session);
  }

  /**
   * Opens a lake.
   *
   * @param catalog a name that no other lake has
   * @param bucket the folder that holds {@code lake/}; Trino keeps its catalog in it too
   * @param views the statement that creates a view, by the view's name
   */
  TrinoLake withLake(String catalog, Path bucket, Map<String, String> views) {
    trino.createCatalog(
        catalog,
        "hive",
        Map.ofEntries(
            Map.entry("hive.metastore", "file"),
            Map.entry("hive.metastore.catalog.dir", "local:///meta"),
            Map.entry("fs.native-local.enabled", "true"),
            Map.entry("local.location", bucket.toString()),
            Map.entry("hive.security", "allow-all"),
            // Makes the folder of a table without rows, which has to be there.
            Map.entry("hive.non-managed-table-writes-enabled", "true"),
            Map.entry("hive.partition-projection-enabled", "true"),
            // Most of the days that projection names have no folder.
            Map.entry("hive.ignore-absent-partitions", "true"),
            Map.entry("hive.collect-column-statistics-on-write", "false"),
            Map.entry("hive.table-statistics-enabled", "false")));
    TrinoLake lake =
        new TrinoLake(
            trino, Session.builder(session).setCatalog(catalog).setSchema(SCHEMA).build());
    lake.query("CREATE SCHEMA " + SCHEMA);
    SqlFiles.TRINO_TABLES
        .statements()
        .values()
        .forEach(table -> lake.query(table.replace("${bucket}", "local://")));
    ViewOrder.of(views).forEach(view -> lake.query(views.get(view)));
    return lake;
  }

  MaterializedResult query(String sql) {
    return trino.execute(session, sql);
  }

  @Override
  public void close() {
    trino.close();
  }
}
