package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
  @Test
  void everyFigureIsOnOneFlatLine() {
    assertThat(report(new LakeComparison.Result(1, 2, 3, List.of("one of them")), 4).json())
        .isEqualTo(
            "{\"kills\":5,\"changes\":200001,\"lost\":1,\"duplicated\":2,\"insights_wrong\":3,"
                + "\"verify_differences\":4,\"savepoints\":1,\"parallelisms\":\"1,2,3\",\"seconds\":61,\"seed\":42,"
                + "\"kills_at_random\":0,\"kills_in_restore\":3,"
                + "\"kills_before_first_checkpoint\":0,\"kills_in_checkpoint\":2,"
                + "\"kills_after_checkpoint\":0}");
  }

  @Test
  void anythingWrongIsNotClean() {
    assertThat(report(new LakeComparison.Result(0, 0, 0, List.of()), 0).isClean()).isTrue();
    assertThat(report(new LakeComparison.Result(1, 0, 0, List.of()), 0).isClean()).isFalse();
    assertThat(report(new LakeComparison.Result(0, 1, 0, List.of()), 0).isClean()).isFalse();
    assertThat(report(new LakeComparison.Result(0, 0, 1, List.of()), 0).isClean()).isFalse();
    assertThat(report(new LakeComparison.Result(0, 0, 0, List.of()), 1).isClean()).isFalse();
  }

  private static ChaosReport report(LakeComparison.Result found, long unlikeTheTable) {
    return new ChaosReport(
        Map.of(KillMoment.RESTORE, 3, KillMoment.CHECKPOINT, 2),
        200_001,
        found,
        unlikeTheTable,
        1,
        Set.of(3, 1, 2),
        Duration.ofMillis(61_900),
        42);
  }
}
