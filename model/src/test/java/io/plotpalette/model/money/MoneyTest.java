package io.plotpalette.model.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0.00",
    "12.5, 12500000000, 12.50",
    "0.000000001, 1, 0.000000001",
    "7, 7000000000, 7.00",
    "0.10, 100000000, 0.10",
    "1.234, 1234000000, 1.234",
    "9223372036.854775807, 9223372036854775807, 9223372036.854775807"
  })
  void isReadFromAndWrittenAsDecimalText(String text, long nanos, String written) {
    assertThat(Money.parseUsd(text)).isEqualTo(new Money(nanos));
    assertThat(new Money(nanos).toUsd()).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "+1",
        "1e3",
        ".5",
        "5.",
        "1,5",
        "0x1",
        "NaN",
        " 1",
        "0.0000000001",
        "9223372036.854775808",
        "99999999999999999999999999",
        "１"
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Money.parseUsd(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an amount of USD must");
  }

  @Test
  void differencesAreWrittenWithTheirSign() {
    assertThat(Money.parseUsd("1").minus(Money.parseUsd("1.5")).toUsd()).isEqualTo("-0.50");
  }

  @Test
  void nothingWrapsAround() {
    Money most = new Money(Long.MAX_VALUE);

    assertThatThrownBy(() -> most.plus(new Money(1))).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new Money(Long.MIN_VALUE).minus(new Money(1)))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> most.times(2)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new TokenPrice(Long.MAX_VALUE).of(Long.MAX_VALUE))
        .isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0.30, 1, 300",
    "0.30, 7, 2100",
    "0.0375, 1, 38",
    "0.0375, 2, 75",
    "0.0375, 3, 113",
    "0.000000001, 1, 1",
    "0.000000001, 1000000, 1",
    "0.000000001, 1000001, 2",
    "3, 0, 0",
    "15, 1000000000000, 15000000000000000"
  })
  void aPriceIsRoundedUpToWholeNanoUsd(String usdPerMillion, long tokens, long nanos) {
    assertThat(TokenPrice.parseUsdPerMillion(usdPerMillion).of(tokens)).isEqualTo(new Money(nanos));
    assertThat(
            Money.ofUsdRoundedUp(
                new BigDecimal(usdPerMillion)
                    .multiply(BigDecimal.valueOf(tokens))
                    .movePointLeft(6)))
        .isEqualTo(new Money(nanos));
  }

  @Test
  void aReservationIsBytesAndOverheadInAndAllOfMaxTokensOut() {
    ReservedTokens tokens = ReservedTokens.ofCall(1_000, 500);

    assertThat(tokens).isEqualTo(new ReservedTokens(2_024, 500));
    assertThat(tokens.cost(TokenPrice.parseUsdPerMillion("3"), TokenPrice.parseUsdPerMillion("15")))
        .isEqualTo(Money.parseUsd("0.013572"));
  }

  @Test
  void tokensCannotBeNegative() {
    assertThatThrownBy(() -> new TokenPrice(1).of(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReservedTokens.ofCall(1, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenPrice(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
