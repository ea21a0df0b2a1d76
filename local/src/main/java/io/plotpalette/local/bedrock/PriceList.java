package io.plotpalette.local.bedrock;

import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the stand-in bills. */
@FunctionalInterface
public interface PriceList {

  /** In nano-USD; empty if there is no model with this id. */
  OptionalLong cost(String model, int tokensIn, int tokensOut);

  /** By the catalogue's prices; its aliases are ours, the service does not know them. */
  static PriceList of(ModelCatalogue catalogue) {
    Map<String, CatalogueModel> models =
        catalogue.models().stream()
            .collect(Collectors.toUnmodifiableMap(CatalogueModel::id, Function.identity()));
    return (model, tokensIn, tokensOut) ->
        models.containsKey(model)
            ? OptionalLong.of(models.get(model).cost(tokensIn, tokensOut).nanoUsd())
            : OptionalLong.empty();
  }
}
