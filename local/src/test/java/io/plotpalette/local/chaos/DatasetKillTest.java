package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DatasetKillTest {

  @Test
  void fiveKillsAreOfEveryKindWhateverTheSeed() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(DatasetKill.plan(5, new Random(seed))).hasSize(5).contains(DatasetKill.values());
    }
  }

  @Test
  void whoHangsWakesUpBesideTheNextProcess() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(
              Collections.indexOfSubList(
                  DatasetKill.plan(20, new Random(seed)),
                  List.of(DatasetKill.HANGS_AND_WAKES, DatasetKill.WHILE_IT_RESTORES)))
          .isEqualTo(-1);
    }
  }

  @Test
  void theSameSeedKillsInTheSameOrder() {
    List<DatasetKill> plan = DatasetKill.plan(20, new Random(7));

    assertThat(DatasetKill.plan(20, new Random(7))).isEqualTo(plan);
    assertThat(DatasetKill.plan(20, new Random(8))).isNotEqualTo(plan);
  }
}
