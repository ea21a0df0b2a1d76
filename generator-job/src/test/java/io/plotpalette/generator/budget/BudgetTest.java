package io.plotpalette.generator.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.generator.budget.Budget.Decision;
import org.junit.jupiter.api.Test;

class BudgetTest {

  @Test
  void reservesUpToTheLimitAndNotBeyond() {
    Budget budget = new Budget(100, 0);

    assertThat(budget.reserve(60)).isEqualTo(Decision.RESERVED);
    assertThat(budget.reserve(40)).isEqualTo(Decision.RESERVED);
    assertThat(budget.reserve(1)).isEqualTo(Decision.WAIT);
    assertThat(budget.reserved()).isEqualTo(100);
  }

  @Test
  void waitsForReservationsButNotForMoneySpent() {
    Budget budget = new Budget(100, 50);
    assertThat(budget.reserve(30)).isEqualTo(Decision.RESERVED);

    assertThat(budget.reserve(50)).isEqualTo(Decision.WAIT);
    assertThat(budget.reserve(51)).isEqualTo(Decision.EXCEEDED);

    budget.settle(30, 1);
    assertThat(budget.reserve(50)).isEqualTo(Decision.EXCEEDED);
    assertThat(budget.reserve(49)).isEqualTo(Decision.RESERVED);
  }

  @Test
  void settlingReplacesTheReservationByTheCost() {
    Budget budget = new Budget(100, 0);
    budget.reserve(80);

    budget.settle(80, 30);

    assertThat(budget.spent()).isEqualTo(30);
    assertThat(budget.reserved()).isZero();
  }

  @Test
  void aForfeitedReservationIsSpentInFullAndAReleasedOneNotAtAll() {
    Budget budget = new Budget(100, 0);
    budget.reserve(30);
    budget.reserve(20);

    budget.forfeit(30);
    budget.release(20);

    assertThat(budget.spent()).isEqualTo(30);
    assertThat(budget.reserved()).isZero();
  }

  @Test
  void aFreeCallAlwaysFits() {
    assertThat(new Budget(0, 0).reserve(0)).isEqualTo(Decision.RESERVED);
  }

  @Test
  void amountsAtTheEndOfTheNumbersDoNotOverflow() {
    Budget budget = new Budget(Long.MAX_VALUE, Long.MAX_VALUE - 1);

    assertThat(budget.reserve(Long.MAX_VALUE)).isEqualTo(Decision.EXCEEDED);
    assertThat(budget.reserve(1)).isEqualTo(Decision.RESERVED);
    assertThat(budget.reserve(1)).isEqualTo(Decision.WAIT);
    assertThatThrownBy(() -> budget.settle(1, Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void whatWasNotReservedCannotBeGivenBack() {
    Budget budget = new Budget(100, 0);
    budget.reserve(10);

    assertThatThrownBy(() -> budget.settle(11, 0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> budget.release(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> budget.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Budget(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
