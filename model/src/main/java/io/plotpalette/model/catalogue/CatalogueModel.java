package io.plotpalette.model.catalogue;

import io.plotpalette.model.money.Money;
import io.plotpalette.model.money.ReservedTokens;
import io.plotpalette.model.money.TokenPrice;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * One model.
 *
 * @param id what the provider is called with
 * @param aliases other names templates may use
 * @param contextTokens input and output of one call together
 * @param maxOutputTokens of one call
 * @param requestsPerMinute quota of an account and region
 * @param tokensPerMinute quota of an account and region, input and output together
 * @param regions where it can be called
 */
public record CatalogueModel(
    String id,
    List<String> aliases,
    ModelTier tier,
    TokenPrice priceIn,
    TokenPrice priceOut,
    int contextTokens,
    int maxOutputTokens,
    int requestsPerMinute,
    int tokensPerMinute,
    Set<String> regions) {

  public CatalogueModel {
    Objects.requireNonNull(id, "id");
    aliases = List.copyOf(aliases);
    Objects.requireNonNull(tier, "tier");
    Objects.requireNonNull(priceIn, "priceIn");
    Objects.requireNonNull(priceOut, "priceOut");
    regions = Set.copyOf(regions);
  }

  /** What a call costs that read and wrote so many tokens, each side rounded up. */
  public Money cost(long tokensIn, long tokensOut) {
    return priceIn.of(tokensIn).plus(priceOut.of(tokensOut));
  }

  /**
   * What to set aside before a call, so that it cannot cost more.
   *
   * @param bytesSent UTF-8 bytes of prompt, system text and schema together
   */
  public Money reservation(long bytesSent, int maxTokens) {
    return ReservedTokens.ofCall(bytesSent, maxTokens).cost(priceIn, priceOut);
  }
}
