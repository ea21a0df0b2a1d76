package io.plotpalette.generator.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPriceTest {

  @ParameterizedTest
  @CsvSource({
    "300000000, 600000000, 1, 0, 300",
    "300000000, 600000000, 1000, 500, 600000",
    // A fraction of a nano-USD is rounded up, either side by itself.
    "1, 1, 1, 1, 2",
    "1, 0, 1000000, 0, 1",
    "1, 0, 1000001, 0, 2",
    "0, 0, 1000, 1000, 0",
    // The largest price and usage there are.
    "1000000000000, 0, 2147483647, 0, 2147483647000000"
  })
  void costs(long input, long output, int tokensIn, int tokensOut, long cost) {
    assertThat(new ModelPrice(input, output).cost(tokensIn, tokensOut)).isEqualTo(cost);
  }

  @Test
  void refusesPricesAndTokensOutOfRange() {
    assertThatThrownBy(() -> new ModelPrice(-1, 0)).hasMessageContaining("input");
    assertThatThrownBy(() -> new ModelPrice(0, 1_000_000_000_001L)).hasMessageContaining("output");
    assertThatThrownBy(() -> new ModelPrice(1, 1).cost(-1, 0)).hasMessageContaining("-1 tokens");
  }
}
