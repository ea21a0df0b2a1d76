package io.plotpalette.generator.pressure;

import static io.plotpalette.generator.pressure.FailureClass.SERVER_ERROR;
import static io.plotpalette.generator.pressure.FailureClass.THROTTLED;
import static io.plotpalette.generator.pressure.FailureClass.TIME_OUT;
import static io.plotpalette.generator.pressure.FailureClass.VALIDATION;
import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.pressure.Admission.Admitted;
import io.plotpalette.generator.pressure.Admission.NotBefore;
import io.plotpalette.generator.pressure.Admission.Permit;
import io.plotpalette.generator.pressure.Admission.Queued;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ModelGateTest {
  private static final long NOON = 1_795_262_400_000L;
  private static final ModelQuota WIDE = new ModelQuota(1_000_000, 1_000_000_000, 8);

  @Test
  void admitsAsManyAsTheLimitAllowsAndThenQueues() {
    ModelGate gate = new ModelGate(WIDE);
    List<Permit> permits = enter(gate, "a", 8);

    assertThat(gate.enter("a", 1, NOON)).isInstanceOf(Queued.class);
    assertThat(gate.turns()).isEmpty();

    gate.answered(permits.get(0), 1, NOON);
    assertThat(gate.turns()).containsExactly("a");
    assertThat(gate.enter("a", 1, NOON)).isInstanceOf(Admitted.class);
    assertThat(gate.turns()).isEmpty();
  }

  @Test
  void onlyTheFirstThrottleOfABurstCuts() {
    ModelGate gate = new ModelGate(WIDE);
    List<Permit> burst = enter(gate, "a", 8);

    burst.forEach(permit -> gate.failed(permit, THROTTLED, NOON));
    assertThat(gate.concurrencyLimit()).isEqualTo(6);

    gate.failed(enter(gate, "a", 1).get(0), THROTTLED, NOON);
    assertThat(gate.concurrencyLimit()).isEqualTo(4);
  }

  @Test
  void neverCutsBelowOneAndGrowsBackByOneARunUpToTheTop() {
    ModelGate gate = new ModelGate(WIDE);
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN - 1; i++) {
      gate.failed(enter(gate, "a", 1).get(0), THROTTLED, NOON);
    }
    assertThat(gate.concurrencyLimit()).isEqualTo(1);

    answer(gate, ConcurrencyLimit.RUN_OF_SUCCESSES - 1);
    assertThat(gate.concurrencyLimit()).isEqualTo(1);
    answer(gate, 1);
    assertThat(gate.concurrencyLimit()).isEqualTo(2);
    answer(gate, 1_000);
    assertThat(gate.concurrencyLimit()).isEqualTo(8);
  }

  @Test
  void jobsThatWaitTakeTurns() {
    ModelGate gate = new ModelGate(new ModelQuota(1_000_000, 1_000_000_000, 1));
    Permit first = enter(gate, "a", 1).get(0);
    assertThat(gate.enter("b", 1, NOON)).isInstanceOf(Queued.class);
    assertThat(gate.enter("a", 1, NOON)).isInstanceOf(Queued.class);

    gate.answered(first, 1, NOON);

    assertThat(gate.turns()).containsExactly("b");
    assertThat(gate.enter("a", 1, NOON)).isInstanceOf(Queued.class);
    Permit second = enter(gate, "b", 1).get(0);
    assertThat(gate.enter("b", 1, NOON)).isInstanceOf(Queued.class);
    gate.answered(second, 1, NOON);
    assertThat(gate.turns()).containsExactly("a");
    gate.withdraw("a");
    assertThat(gate.turns()).containsExactly("b");
  }

  @Test
  void requestsAMinuteAreKept() {
    ModelGate gate = new ModelGate(new ModelQuota(3, 1_000_000, 100));
    enter(gate, "a", 3);

    long at = ((NotBefore) gate.enter("a", 1, NOON)).epochMillis();

    assertThat(at).isBetween(NOON + 60_000, NOON + 62_000);
    assertThat(gate.enter("a", 1, at - 1)).isEqualTo(new NotBefore(at));
    assertThat(gate.enter("a", 1, at)).isInstanceOf(Admitted.class);
  }

  @Test
  void tokensNotUsedAreGivenBack() {
    ModelGate gate = new ModelGate(new ModelQuota(100, 1_000, 100));
    Permit permit = ((Admitted) gate.enter("a", 900, NOON)).permit();
    assertThat(gate.enter("a", 200, NOON)).isInstanceOf(NotBefore.class);

    gate.answered(permit, 100, NOON + 500);

    assertThat(gate.enter("a", 900, NOON + 500)).isInstanceOf(Admitted.class);
    assertThat(gate.enter("a", 1, NOON + 500)).isInstanceOf(NotBefore.class);
  }

  @Test
  void noMinuteHoldsMoreThanTheQuota() {
    Random random = new Random(7);
    MinuteQuota quota = new MinuteQuota(500);
    List<long[]> taken = new ArrayList<>();
    long now = NOON;
    for (int i = 0; i < 2_000; i++) {
      long amount = 1L + random.nextInt(60);
      now = Math.max(now + (long) random.nextInt(3_000), quota.fitsAt(amount, now));
      assertThat(quota.fitsAt(amount, now)).isEqualTo(now);
      quota.take(amount, now);
      taken.add(new long[] {now, amount});
      long end = now;
      long sum = taken.stream().filter(t -> t[0] > end - 60_000).mapToLong(t -> t[1]).sum();
      assertThat(sum).isLessThanOrEqualTo(500);
    }
  }

  @Test
  void aModelThatFailsThroughoutIsLeftAloneAndThenTriedWithOneCall() {
    ModelGate gate = new ModelGate(WIDE);
    failThroughout(gate);

    assertThat(gate.enter("a", 1, NOON + 1)).isEqualTo(new NotBefore(NOON + 8_000));
    Permit probe = ((Admitted) gate.enter("a", 1, NOON + 8_000)).permit();
    assertThat(gate.enter("a", 1, NOON + 8_000)).isInstanceOf(Queued.class);

    gate.failed(probe, SERVER_ERROR, NOON + 9_000);
    assertThat(gate.enter("a", 1, NOON + 9_000)).isEqualTo(new NotBefore(NOON + 17_000));
    probe = ((Admitted) gate.enter("a", 1, NOON + 17_000)).permit();
    gate.answered(probe, 1, NOON + 17_500);
    assertThat(gate.enter("a", 1, NOON + 17_500)).isInstanceOf(Admitted.class);
    assertThat(gate.enter("a", 1, NOON + 17_500)).isInstanceOf(Admitted.class);
  }

  @Test
  void eachJobFindsOutForItselfHoweverFewCallsAreAllowed() {
    ModelGate gate = new ModelGate(new ModelQuota(1_000_000, 1_000_000_000, 1));
    failThroughout(gate);
    gate.enter("a", 1, NOON + 1);

    Permit slow = ((Admitted) gate.enter("b", 1, NOON + 1)).permit();
    assertThat(gate.enter("b", 1, NOON + 1)).isInstanceOf(Queued.class);
    Permit back = ((Admitted) gate.enter("a", 1, NOON + 8_000)).permit();
    gate.enter("a", 1, NOON + 8_000);
    assertThat(gate.turns()).containsExactlyInAnyOrder("a", "b");

    gate.answered(back, 1, NOON + 9_000);
    assertThat(gate.turns()).isEmpty();
    gate.failed(slow, SERVER_ERROR, NOON + 60_000);
    assertThat(gate.turns()).hasSize(1);
    assertThat(gate.enter(gate.turns().get(0), 1, NOON + 60_000)).isInstanceOf(Admitted.class);
  }

  @Test
  void slowFailuresOfEarlierCallsDoNotPutTheProbeOff() {
    ModelGate gate = new ModelGate(WIDE);
    Permit slow = enter(gate, "a", 1).get(0);
    failThroughout(gate);

    gate.failed(slow, TIME_OUT, NOON + 7_000);

    assertThat(gate.enter("a", 1, NOON + 7_000)).isEqualTo(new NotBefore(NOON + 8_000));
  }

  @Test
  void theProbeOfAnEarlierTimeEndsNoLaterOne() {
    ModelGate gate = new ModelGate(WIDE);
    failThroughout(gate);
    Permit old = ((Admitted) gate.enter("a", 1, NOON + 8_000)).permit();
    gate.answered(((Admitted) gate.enter("b", 1, NOON + 8_000)).permit(), 1, NOON + 8_100);
    failThroughout(gate);
    gate.enter("a", 1, NOON + 20_000);

    gate.failed(old, VALIDATION, NOON + 20_000);

    assertThat(gate.enter("a", 1, NOON + 20_000)).isInstanceOf(Queued.class);
  }

  @Test
  void allThatWaitForTheirTurnAskForThemselvesWhenItOpens() {
    ModelGate gate = new ModelGate(new ModelQuota(1_000_000, 1_000_000_000, 1));
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN - 1; i++) {
      gate.failed(enter(gate, "a", 1).get(0), SERVER_ERROR, NOON);
    }
    Permit last = enter(gate, "a", 1).get(0);
    gate.enter("b", 1, NOON);
    gate.enter("c", 1, NOON);

    gate.failed(last, SERVER_ERROR, NOON);

    assertThat(gate.turns()).containsExactly("b", "c");
  }

  @Test
  void aModelThatThrottlesThroughoutIsLeftAloneToo() {
    ModelGate gate = new ModelGate(WIDE);
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
      gate.failed(enter(gate, "a", 1).get(0), THROTTLED, NOON);
    }

    assertThat(gate.enter("a", 1, NOON + 1)).isEqualTo(new NotBefore(NOON + 8_000));
  }

  @Test
  void aProbeThatDecidesNothingIsFollowedByAnother() {
    ModelGate gate = new ModelGate(WIDE);
    failThroughout(gate);
    Permit refused = ((Admitted) gate.enter("a", 1, NOON + 8_000)).permit();
    gate.failed(refused, VALIDATION, NOON + 8_100);
    Permit abandoned = ((Admitted) gate.enter("a", 1, NOON + 8_100)).permit();
    gate.abandoned(abandoned);

    assertThat(gate.enter("a", 1, NOON + 8_200)).isInstanceOf(Admitted.class);
    assertThat(gate.enter("a", 1, NOON + 8_200)).isInstanceOf(Queued.class);
  }

  @Test
  void oneSuccessAmongFailuresKeepsTheModelInUse() {
    ModelGate gate = new ModelGate(WIDE);
    for (int i = 0; i < 100; i++) {
      Permit permit = enter(gate, "a", 1).get(0);
      if (i % CircuitBreaker.FAILURES_TO_OPEN == 0) {
        gate.answered(permit, 1, NOON);
      } else {
        gate.failed(permit, SERVER_ERROR, NOON);
      }
    }
    assertThat(gate.enter("a", 1, NOON)).isInstanceOf(Admitted.class);
  }

  private static void failThroughout(ModelGate gate) {
    for (int i = 0; i < CircuitBreaker.FAILURES_TO_OPEN; i++) {
      gate.failed(enter(gate, "a", 1).get(0), SERVER_ERROR, NOON);
    }
  }

  private static void answer(ModelGate gate, int calls) {
    for (int i = 0; i < calls; i++) {
      gate.answered(enter(gate, "a", 1).get(0), 1, NOON);
    }
  }

  private static List<Permit> enter(ModelGate gate, String job, int calls) {
    List<Permit> permits = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      permits.add(((Admitted) gate.enter(job, 1, NOON)).permit());
    }
    return permits;
  }
}
