package io.plotpalette.model.money;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The price of tokens as providers list it, kept per million so that a fraction of a nano-USD a
 * token is not lost.
 *
 * @param nanoUsdPerMillion not negative
 */
public record TokenPrice(long nanoUsdPerMillion) {
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  public TokenPrice {
    if (nanoUsdPerMillion < 0) {
      throw new IllegalArgumentException("a price cannot be negative: " + nanoUsdPerMillion);
    }
  }

  /** From USD per million tokens, as a decimal text such as {@code 0.0375}. */
  public static TokenPrice parseUsdPerMillion(String text) {
    return new TokenPrice(Money.parseUsd(text).nanoUsd());
  }

  /** USD per million tokens. */
  public BigDecimal usdPerMillion() {
    return BigDecimal.valueOf(nanoUsdPerMillion, 9);
  }

  /**
   * The price of so many tokens, rounded up to whole nano-USD.
   *
   * @param tokens not negative
   * @throws ArithmeticException beyond 64 bits
   */
  public Money of(long tokens) {
    if (tokens < 0) {
      throw new IllegalArgumentException("tokens cannot be negative: " + tokens);
    }
    BigInteger[] quotient =
        BigInteger.valueOf(nanoUsdPerMillion)
            .multiply(BigInteger.valueOf(tokens))
            .divideAndRemainder(MILLION);
    long whole = quotient[0].longValueExact();
    return new Money(quotient[1].signum() == 0 ? whole : Math.addExact(whole, 1));
  }
}
