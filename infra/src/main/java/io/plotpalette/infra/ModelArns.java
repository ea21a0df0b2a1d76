package io.plotpalette.infra;

import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import software.amazon.awscdk.ArnComponents;
import software.amazon.awscdk.ArnFormat;
import software.amazon.awscdk.Stack;

/**
 * What a role must be allowed to call so that every model of the catalogue answers. An id with an
 * area before the provider, such as {@code us.}, names an inference profile, which passes a call on
 * to its model in any region of the area: that, too, needs the right.
 */
final class ModelArns {
  private static final String AREAS = "us|eu|apac|global";

  private ModelArns() {}

  /** Sorted, each once. */
  static List<String> ofCatalogue(Stack stack) {
    TreeSet<String> arns = new TreeSet<>();
    for (CatalogueModel model : ModelCatalogue.builtIn().models()) {
      arns.addAll(of(model, stack));
    }
    return List.copyOf(arns);
  }

  private static List<String> of(CatalogueModel model, Stack stack) {
    List<String> arns = new ArrayList<>();
    String[] parts = model.id().split("\\.", 2);
    if (!parts[0].matches(AREAS)) {
      arns.add(foundationModel(model.id(), stack.getRegion(), stack));
      return arns;
    }
    arns.add(
        stack.formatArn(
            ArnComponents.builder()
                .service("bedrock")
                .resource("inference-profile")
                .resourceName(model.id())
                .arnFormat(ArnFormat.SLASH_RESOURCE_NAME)
                .build()));
    model.regions().forEach(region -> arns.add(foundationModel(parts[1], region, stack)));
    return arns;
  }

  /** Nobody's own, so without an account. */
  private static String foundationModel(String id, String region, Stack stack) {
    return stack.formatArn(
        ArnComponents.builder()
            .service("bedrock")
            .region(region)
            .account("")
            .resource("foundation-model")
            .resourceName(id)
            .arnFormat(ArnFormat.SLASH_RESOURCE_NAME)
            .build());
  }
}
