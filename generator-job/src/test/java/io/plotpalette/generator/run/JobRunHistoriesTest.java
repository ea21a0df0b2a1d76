package io.plotpalette.generator.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories of jobs; {@code -Dgenerator.seed=} plays one again, {@code -Pgenerator-seeds}
 * plays a thousand.
 */
class JobRunHistoriesTest {
  private static final int SEEDS_TO_CATCH_SABOTAGE = 300;

  @Test
  void everyPromiseHoldsInEveryHistory() {
    List<String> broken = new ArrayList<>();
    Map<Ending.Kind, Integer> endings = new EnumMap<>(Ending.Kind.class);
    long kills = 0;
    long coldStarts = 0;
    long zombies = 0;
    long calls = 0;
    for (long seed : seeds()) {
      try {
        History.Summary summary = new History(seed, Sabotage.NONE).play();
        summary.endings().forEach(ending -> endings.merge(ending, 1, Integer::sum));
        kills += summary.kills();
        coldStarts += summary.coldStarts();
        zombies += summary.zombies();
        calls += summary.calls();
      } catch (HistoryViolation | RuntimeException e) {
        broken.add("-Dgenerator.seed=" + seed + ": " + e);
      }
    }
    System.out.printf(
        "histories: %d, endings %s, kills %d, cold starts %d, zombies %d, calls %d%n",
        seeds().length, endings, kills, coldStarts, zombies, calls);

    assertThat(broken).isEmpty();
    if (seeds().length >= 100) {
      // A history in which nothing happens holds every promise.
      assertThat(endings.keySet()).containsExactlyInAnyOrder(Ending.Kind.values());
      assertThat(kills).isPositive();
      assertThat(coldStarts).isPositive();
      assertThat(zombies).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void whatIsBrokenOnPurposeIsNoticed(Sabotage sabotage) {
    HistoryViolation noticed = null;
    for (long seed = 0; seed < SEEDS_TO_CATCH_SABOTAGE && noticed == null; seed++) {
      try {
        new History(seed, sabotage).play();
      } catch (HistoryViolation e) {
        noticed = e;
      }
    }

    assertThat(noticed).isNotNull();
  }

  private static long[] seeds() {
    String one = System.getProperty("generator.seed", "");
    return one.isEmpty()
        ? LongStream.range(0, Integer.getInteger("generator.seeds", 100)).toArray()
        : new long[] {Long.parseLong(one)};
  }
}
