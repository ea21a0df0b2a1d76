package io.plotpalette.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepeatableIdsTest {
  private static final String SEED = "019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c01";

  @Test
  void theSameSeedGivesTheSameIdsAgain() {
    assertThat(ids(SEED)).isEqualTo(ids(SEED)).doesNotHaveDuplicates();
  }

  @Test
  void anotherSeedOfTheSameTimeGivesOthers() {
    assertThat(ids(SEED)).doesNotContainAnyElementsOf(ids("019a9ec3-5c00-7b3a-9c1e-5d2a4f6b8c02"));
  }

  @Test
  void idsAreUuidsOfVersion7WithTheTimeOfTheSeed() {
    assertThat(ids(SEED))
        .allSatisfy(
            id -> {
              assertThat(id).startsWith("019a9ec3-5c00-7");
              assertThat(UUID.fromString(id).version()).isEqualTo(7);
              assertThat(UUID.fromString(id).variant()).isEqualTo(2);
            });
  }

  private static List<String> ids(String seed) {
    return Stream.generate(RepeatableIds.from(seed)).limit(100).toList();
  }
}
