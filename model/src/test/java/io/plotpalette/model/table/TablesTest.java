package io.plotpalette.model.table;

import static org.assertj.core.api.Assertions.assertThat;

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
}
