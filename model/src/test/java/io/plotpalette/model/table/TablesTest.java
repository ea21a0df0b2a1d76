package io.plotpalette.model.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import org.junit.jupiter.api.Test;

class TablesTest {
  @Test
  void physicalNamesSayProductStageAndTable() {
    assertThat(Tables.TASKS.physicalName("dev")).isEqualTo("plot-palette-dev-tasks");
  }

  @Test
  void namesAreUnique() {
    assertThat(Tables.all()).extracting(TableDefinition::name).doesNotHaveDuplicates();
  }

  @Test
  void whatIsKeptForATimeOnlyHasAnExpiry() {
    assertThat(Tables.all())
        .filteredOn(table -> table.ttlAttribute() != null)
        .extracting(TableDefinition::name, TableDefinition::ttlAttribute)
        .containsExactlyInAnyOrder(
            tuple("task-tombstones", "expires_at"),
            tuple("idempotency", "expires_at"),
            tuple("runs", "expires_at"),
            tuple("call-journal", "expires_at"),
            tuple("cost-tracking", "expires_at"));
  }

  @Test
  void onlyWhatAJobReadsHasAStream() {
    assertThat(Tables.all())
        .filteredOn(TableDefinition::streamsBothImages)
        .containsExactly(Tables.TASKS, Tables.JOBS);
  }

  @Test
  void keysOfATableAndItsIndexesDiffer() {
    for (TableDefinition table : Tables.all()) {
      assertThat(table.sortKey()).as(table.name()).isNotEqualTo(table.partitionKey());
      assertThat(table.globalIndexes())
          .as(table.name())
          .noneMatch(index -> index.partitionKey().equals(table.partitionKey()));
    }
  }
}
