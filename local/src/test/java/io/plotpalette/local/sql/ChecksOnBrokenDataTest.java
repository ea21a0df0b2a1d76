package io.plotpalette.local.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.model.sql.SqlFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChecksOnBrokenDataTest {
  @TempDir private static Path good;
  @TempDir private Path bucket;

  @BeforeAll
  static void generate() throws Exception {
    GeneratedMonth.write(good, 40, 3_000, 7);
  }

  @Test
  void nothingIsFoundInTheLakeThatIsBroken() throws Exception {
    assertThat(found(good)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theCheckFindsWhatItIsFor(BrokenLake broken) throws Exception {
    BrokenLake.copy(good, bucket);
    broken.breakIt(bucket);

    assertThat(found(bucket)).containsKey(broken.check());
  }

  @Test
  void everyCheckHasDataThatItIsFor() {
    assertThat(Arrays.stream(BrokenLake.values()).map(BrokenLake::check).distinct())
        .containsExactlyInAnyOrderElementsOf(SqlFiles.CHECKS.statements().keySet());
  }

  private static Map<String, Integer> found(Path bucket) throws Exception {
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      return lake.runChecks().entrySet().stream()
          .filter(check -> !check.getValue().rows().isEmpty())
          .collect(Collectors.toMap(Map.Entry::getKey, check -> check.getValue().rows().size()));
    }
  }
}
