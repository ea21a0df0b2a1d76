package io.plotpalette.local.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.budget.Budget;
import io.plotpalette.generator.run.Ending;
import io.plotpalette.local.budget.BudgetStage.Played;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * No job is billed for more than its limit, by the provider's own count, whatever goes wrong: 20
 * random runs, 500 in the profile {@code budget-runs}; {@code -Dbudget.seed} plays one again.
 */
@Tag("slow")
class BudgetOnTheBillTest {
  private static final int RUNS = Integer.getInteger("budget.runs", 20);
  private static final Long SEED = Long.getLong("budget.seed");

  private static BudgetStage stage;

  @BeforeAll
  static void start() {
    stage = new BudgetStage();
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void billedIsNeverMoreThanTheLimit() throws Exception {
    Map<Ending.Kind, Integer> endings = new EnumMap<>(Ending.Kind.class);
    long overshoot = 0;
    long calls = 0;
    long from = SEED == null ? 1 : SEED;
    long to = SEED == null ? RUNS : SEED;
    for (long seed = from; seed <= to; seed++) {
      try {
        Played played = stage.play(BudgetRunSettings.draw(seed), Budget::new);
        overshoot += played.overshoot();
        calls += stage.standIn().bill().totals().served();
        played.check();
        played
            .settings()
            .jobs()
            .forEach(job -> endings.merge(played.run().endingOf(job).kind(), 1, Integer::sum));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("run " + seed + ": play it again with -Dbudget.seed=" + seed, e);
      }
    }
    System.out.printf(
        "runs against the stand-in: %d, endings %s, calls billed %d, overshoot %d nano-USD%n",
        to - from + 1, endings, calls, overshoot);
    assertThat(overshoot).isZero();
    if (SEED == null) {
      assertThat(endings)
          .as("runs that say something")
          .containsKeys(Ending.Kind.COMPLETED, Ending.Kind.BUDGET_EXCEEDED);
    }
  }

  @Test
  void withoutReservationsTheBillSaysSo() throws Exception {
    long overshoot = 0;
    for (long seed = 1; seed <= 20 && overshoot == 0; seed++) {
      overshoot = stage.play(BudgetRunSettings.draw(seed), Unreserved::new).overshoot();
    }

    assertThat(overshoot).isPositive();
  }

  @Test
  void aJobThatGivesUpTooEarlyIsNoticed() throws Exception {
    boolean noticed = false;
    for (long seed = 1; seed <= 20 && !noticed; seed++) {
      Played played = stage.play(BudgetRunSettings.draw(seed), Impatient::new);
      try {
        played.check();
      } catch (AssertionError e) {
        noticed = true;
      }
    }

    assertThat(noticed).isTrue();
  }

  /** Does not wait for money that other calls have reserved and may not need. */
  private static final class Impatient extends Budget {
    private Impatient(long limit, long spent) {
      super(limit, spent);
    }

    @Override
    public Decision reserve(long amount) {
      Decision decision = super.reserve(amount);
      return decision == Decision.WAIT ? Decision.EXCEEDED : decision;
    }
  }

  /** Grants every reservation. */
  private static final class Unreserved extends Budget {
    private Unreserved(long limit, long spent) {
      super(limit, spent);
    }

    @Override
    public Decision reserve(long amount) {
      if (spent() >= limit()) {
        return Decision.EXCEEDED;
      }
      adopt(amount);
      return Decision.RESERVED;
    }
  }
}
