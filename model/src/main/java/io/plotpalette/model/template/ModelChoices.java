package io.plotpalette.model.template;

import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.catalogue.UnknownModelException;
import java.util.ArrayList;
import java.util.List;

/** The models the steps of a template get in a region. */
public final class ModelChoices {
  private ModelChoices() {}

  /**
   * One model for every step, in their order.
   *
   * @throws InvalidTemplateException naming every step whose model is unknown, cannot be called in
   *     the region or writes less than {@code max_tokens}
   */
  public static List<CatalogueModel> of(
      TemplateDefinition definition, ModelCatalogue catalogue, String region) {
    List<CatalogueModel> models = new ArrayList<>();
    List<TemplateProblem> problems = new ArrayList<>();
    for (int i = 0; i < definition.steps().size(); i++) {
      TemplateStep step = definition.steps().get(i);
      String pointer = "/steps/" + i;
      try {
        CatalogueModel model = of(step.model(), catalogue, region);
        models.add(model);
        if (step.maxTokens() > model.maxOutputTokens()) {
          problems.add(
              new TemplateProblem(
                  pointer + "/max_tokens",
                  "the model '%s' writes at most %d tokens"
                      .formatted(model.id(), model.maxOutputTokens())));
        }
      } catch (UnknownModelException e) {
        String field = step.model() instanceof ModelChoice.Named ? "/model" : "/model_tier";
        problems.add(new TemplateProblem(pointer + field, e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidTemplateException(problems);
    }
    return models;
  }

  private static CatalogueModel of(ModelChoice choice, ModelCatalogue catalogue, String region) {
    return choice instanceof ModelChoice.Named named
        ? catalogue.named(named.name(), region)
        : catalogue.ofTier(((ModelChoice.OfTier) choice).tier(), region);
  }
}
