package io.plotpalette.model.money;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount in US dollars, in whole nano-USD (10⁻⁹ USD): exact up to 9.2 billion dollars, beyond
 * which every operation throws instead of wrapping around.
 *
 * @param nanoUsd may be negative, as a difference
 */
public record Money(long nanoUsd) implements Comparable<Money> {
  public static final Money ZERO = new Money(0);

  private static final int DECIMALS = 9;

  /**
   * Reads a decimal text such as {@code 12.5}: what the API takes.
   *
   * @throws IllegalArgumentException for more than nine decimals, a sign, an exponent or another
   *     form, saying which is right
   */
  public static Money parseUsd(String text) {
    if (text.length() > 20 || !text.matches("[0-9]+(\\.[0-9]+)?")) {
      throw new IllegalArgumentException(
          "an amount of USD must be written as digits with an optional decimal part, such as"
              + " 12.50");
    }
    try {
      return new Money(new BigDecimal(text).movePointRight(DECIMALS).longValueExact());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "an amount of USD must have at most 9 decimals and be below 9.2 billion", e);
    }
  }

  /** Rounds up to whole nano-USD. */
  public static Money ofUsdRoundedUp(BigDecimal usd) {
    return new Money(
        usd.movePointRight(DECIMALS).setScale(0, RoundingMode.CEILING).longValueExact());
  }

  /** The decimal text of the API: no exponent, at least two decimals, no zeros after those. */
  public String toUsd() {
    BigDecimal usd = BigDecimal.valueOf(nanoUsd, DECIMALS).stripTrailingZeros();
    return usd.setScale(Math.max(2, usd.scale()), RoundingMode.UNNECESSARY).toPlainString();
  }

  /**
   * The sum.
   *
   * @throws ArithmeticException beyond 64 bits
   */
  public Money plus(Money other) {
    return new Money(Math.addExact(nanoUsd, other.nanoUsd));
  }

  /**
   * The difference.
   *
   * @throws ArithmeticException beyond 64 bits
   */
  public Money minus(Money other) {
    return new Money(Math.subtractExact(nanoUsd, other.nanoUsd));
  }

  /**
   * So many times the amount.
   *
   * @throws ArithmeticException beyond 64 bits
   */
  public Money times(long factor) {
    return new Money(Math.multiplyExact(nanoUsd, factor));
  }

  @Override
  public int compareTo(Money other) {
    return Long.compare(nanoUsd, other.nanoUsd);
  }

  @Override
  public String toString() {
    return toUsd() + " USD";
  }
}
