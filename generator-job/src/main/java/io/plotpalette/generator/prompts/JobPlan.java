package io.plotpalette.generator.prompts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.generator.budget.ModelPrice;
import io.plotpalette.generator.run.RunDefinition;
import io.plotpalette.generator.run.StepSpec;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.catalogue.CatalogueModel;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.template.ModelChoices;
import io.plotpalette.model.template.TemplateDefinition;
import io.plotpalette.model.template.TemplateJson;
import io.plotpalette.model.template.TemplateStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is settled when a job starts. It stays as it is over restarts, whatever a later release
 * or catalogue would say.
 *
 * @param steps with models and prices as the catalogue had them
 * @param run number of the start without state
 * @param startedAt of the job's first start
 */
public record JobPlan(
    JobDefinition job,
    TemplateDefinition template,
    List<StepSpec> steps,
    int run,
    Instant startedAt) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public JobPlan {
    steps = List.copyOf(steps);
  }

  /**
   * A plan with the models of a catalogue.
   *
   * @throws io.plotpalette.model.template.InvalidTemplateException if a step's model is not to be
   *     had in the region
   */
  public static JobPlan of(
      JobDefinition job,
      TemplateDefinition template,
      ModelCatalogue catalogue,
      String region,
      int run,
      Instant startedAt) {
    List<CatalogueModel> models = ModelChoices.of(template, catalogue, region);
    List<StepSpec> steps = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      TemplateStep step = template.steps().get(i);
      CatalogueModel model = models.get(i);
      steps.add(
          new StepSpec(
              step.id(),
              model.id(),
              new ModelPrice(
                  model.priceIn().nanoUsdPerMillion(), model.priceOut().nanoUsdPerMillion()),
              step.maxTokens()));
    }
    return new JobPlan(job, template, steps, run, startedAt);
  }

  /** The same for another start. */
  public JobPlan withRun(int number) {
    return new JobPlan(job, template, steps, number, startedAt);
  }

  /** What the run has to know of it. */
  public RunDefinition runDefinition() {
    return new RunDefinition(
        job.jobId(),
        job.terms().recordCount(),
        job.terms().budgetLimit().nanoUsd(),
        job.terms().maxInFlight(),
        steps);
  }

  /** As a line of JSON, for state. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("job", JobJson.write(job));
    json.set("template", TemplateJson.write(template));
    for (StepSpec step : steps) {
      ObjectNode item = json.withArray("steps").addObject();
      item.put("id", step.id());
      item.put("model", step.model());
      item.put("price_in", step.price().inputPerMillion());
      item.put("price_out", step.price().outputPerMillion());
      item.put("max_tokens", step.maxTokens());
    }
    json.put("run", run);
    json.put("started_at", IsoMillis.format(startedAt));
    return json.toString();
  }

  /** Reads what {@link #toJson} wrote. */
  public static JobPlan fromJson(String text) {
    JsonNode json;
    try {
      json = MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the plan of a job in the state is no JSON", e);
    }
    List<StepSpec> steps = new ArrayList<>();
    for (JsonNode step : json.get("steps")) {
      steps.add(
          new StepSpec(
              step.get("id").textValue(),
              step.get("model").textValue(),
              new ModelPrice(step.get("price_in").longValue(), step.get("price_out").longValue()),
              step.get("max_tokens").intValue()));
    }
    return new JobPlan(
        JobJson.readDefinition(json.get("job")),
        TemplateJson.read(json.get("template")),
        steps,
        json.get("run").intValue(),
        IsoMillis.parse(json.get("started_at").textValue()));
  }
}
