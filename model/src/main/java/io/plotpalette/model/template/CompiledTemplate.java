package io.plotpalette.model.template;

import com.fasterxml.jackson.databind.JsonNode;
import io.plotpalette.model.template.TemplateStep.OutputFormat;
import io.plotpalette.model.template.jinja.FieldPath;
import io.plotpalette.model.template.jinja.PromptExpression;
import io.plotpalette.model.template.jinja.PromptTemplate;
import io.plotpalette.model.template.jinja.Reference;
import io.plotpalette.model.template.jinja.RenderLimits;
import io.plotpalette.model.template.jinja.TemplateSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * A template with its prompts parsed: immutable, made once a job, shared by all threads. {@link
 * #record} renders it for one record.
 */
public final class CompiledTemplate {
  /** The variable that holds the outputs of earlier steps; a seed entry cannot have this field. */
  public static final String STEPS = "steps";

  private static final String OUTPUT = "output";

  record CompiledStep(TemplateStep step, PromptTemplate prompt, PromptExpression skipWhen) {}

  private final TemplateDefinition definition;
  private final RenderLimits limits;
  private final LongSupplier nanoClock;
  private final List<CompiledStep> steps = new ArrayList<>();
  private PromptExpression category;
  private final List<TemplateProblem> problems = new ArrayList<>();
  private final Map<FieldPath, Boolean> fields = new LinkedHashMap<>();

  private CompiledTemplate(
      TemplateDefinition definition, RenderLimits limits, LongSupplier nanoClock) {
    this.definition = definition;
    this.limits = limits;
    this.nanoClock = nanoClock;
    for (int i = 0; i < definition.steps().size(); i++) {
      TemplateStep step = definition.steps().get(i);
      String pointer = "/steps/" + i;
      PromptTemplate prompt = parsed(pointer + "/prompt", step.prompt(), PromptTemplate::parse);
      PromptExpression skipWhen =
          step.skipWhen() == null
              ? null
              : parsed(pointer + "/skip_when", step.skipWhen(), PromptExpression::parse);
      if (prompt != null) {
        take(prompt.references(), i, pointer + "/prompt");
      }
      if (skipWhen != null) {
        take(skipWhen.references(), i, pointer + "/skip_when");
      }
      steps.add(new CompiledStep(step, prompt, skipWhen));
    }
    if (definition.category() != null) {
      category = parsed("/category", definition.category(), PromptExpression::parse);
      if (category != null) {
        take(category.references(), definition.steps().size(), "/category");
      }
    }
  }

  /**
   * Parses all prompts and expressions.
   *
   * @throws InvalidTemplateException with every problem there is
   */
  public static CompiledTemplate of(TemplateDefinition definition) {
    return of(definition, RenderLimits.DEFAULT, System::nanoTime);
  }

  /** The same with limits and a clock that only goes forward. */
  public static CompiledTemplate of(
      TemplateDefinition definition, RenderLimits limits, LongSupplier nanoClock) {
    CompiledTemplate compiled = new CompiledTemplate(definition, limits, nanoClock);
    if (!compiled.problems.isEmpty()) {
      throw new InvalidTemplateException(compiled.problems);
    }
    return compiled;
  }

  static List<TemplateProblem> problems(TemplateDefinition definition) {
    return new CompiledTemplate(definition, RenderLimits.DEFAULT, System::nanoTime).problems;
  }

  private <T> T parsed(String pointer, String source, Function<String, T> parse) {
    try {
      return parse.apply(source);
    } catch (TemplateSyntaxException e) {
      problems.add(
          new TemplateProblem(
              pointer, "line " + e.line() + ", column " + e.column() + ": " + e.getMessage()));
      return null;
    }
  }

  /**
   * @param position of the step the references are in, or the number of steps for the category
   */
  private void take(List<Reference> references, int position, String pointer) {
    for (Reference reference : references) {
      if (reference.path().rootName().equals(STEPS)) {
        List<Reference> parts =
            references.stream()
                .filter(
                    other ->
                        !other.path().equals(reference.path())
                            && reference.path().leadsTo(other.path()))
                .toList();
        // What leads to a part is judged with the part, unless a default stands in for that alone.
        boolean isJudged =
            parts.isEmpty()
                || (isOutput(reference) && parts.stream().noneMatch(Reference::required));
        String problem = isJudged ? stepProblem(reference, position) : null;
        if (problem != null) {
          problems.add(new TemplateProblem(pointer, "line " + reference.line() + ": " + problem));
        }
      } else {
        fields.merge(reference.path(), reference.required(), Boolean::logicalOr);
      }
    }
  }

  private static boolean isOutput(Reference reference) {
    return reference.path().segments().size() > 2;
  }

  /** What is wrong with the use of an earlier step, or null. */
  private String stepProblem(Reference reference, int position) {
    List<FieldPath.Segment> segments = reference.path().segments();
    String written = "'" + reference.path() + "'";
    if (segments.size() < 2 || !(segments.get(1) instanceof FieldPath.Name id)) {
      return written + " must name a step: write steps.<id>.output";
    }
    int named = indexOf(id.name());
    if (named < 0) {
      return "there is no step '" + id.name() + "', which " + written + " names";
    }
    if (named >= position) {
      return written
          + (named == position ? " is the step itself" : " is a later step")
          + ": only earlier steps have an output";
    }
    TemplateStep step = definition.steps().get(named);
    if (segments.size() < 3 || !segments.get(2).equals(new FieldPath.Name(OUTPUT))) {
      return "a step has nothing but its output: write steps." + id.name() + ".output";
    }
    if (reference.required() && step.skipWhen() != null) {
      return written
          + " is not there when the step is skipped: use default('...') or ask whether it is"
          + " defined";
    }
    return partProblem(step, segments.subList(3, segments.size()), reference.required(), written);
  }

  /** Parts of an output are known from its schema alone, before the first call is paid. */
  private static String partProblem(
      TemplateStep step, List<FieldPath.Segment> parts, boolean required, String written) {
    if (parts.isEmpty() || (step.output() == OutputFormat.TEXT && !isName(parts.get(0)))) {
      return null;
    }
    if (step.output() == OutputFormat.TEXT) {
      return written + " has no parts: the output of step '" + step.id() + "' is text";
    }
    if (step.schema() == null) {
      return written + " needs a schema of step '" + step.id() + "' that says it is there";
    }
    JsonNode schema = step.schema().json();
    for (FieldPath.Segment part : parts) {
      if (part instanceof FieldPath.Name name) {
        if (required && !contains(schema.path("required"), name.name())) {
          return written
              + " is not always there: name it under 'required' in the schema of step '"
              + step.id()
              + "', or use default('...')";
        }
        schema = schema.path("properties").path(name.name());
      } else {
        schema = schema.path("items");
      }
      if (schema.isMissingNode()) {
        return written + " is not in the schema of step '" + step.id() + "'";
      }
    }
    return null;
  }

  private static boolean isName(FieldPath.Segment segment) {
    return segment instanceof FieldPath.Name;
  }

  private static boolean contains(JsonNode texts, String text) {
    for (JsonNode element : texts) {
      if (element.asText().equals(text)) {
        return true;
      }
    }
    return false;
  }

  private int indexOf(String stepId) {
    for (int i = 0; i < definition.steps().size(); i++) {
      if (definition.steps().get(i).id().equals(stepId)) {
        return i;
      }
    }
    return -1;
  }

  public TemplateDefinition definition() {
    return definition;
  }

  /**
   * Paths every seed entry must have, sorted; one that a longer one implies is left out. {@code
   * books[].title} means that every book has a title.
   */
  public List<String> requiredFields() {
    TreeSet<String> paths = new TreeSet<>();
    requiredPaths().forEach(path -> paths.add(path.toString()));
    return List.copyOf(paths);
  }

  /** Paths the template takes when they are there, sorted. */
  public List<String> optionalFields() {
    TreeSet<String> paths = new TreeSet<>();
    fields.forEach(
        (path, required) -> {
          if (!required) {
            paths.add(path.toString());
          }
        });
    return List.copyOf(paths);
  }

  private List<FieldPath> requiredPaths() {
    List<FieldPath> required =
        fields.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
    return required.stream()
        .filter(path -> required.stream().noneMatch(o -> !o.equals(path) && path.leadsTo(o)))
        .toList();
  }

  /** The required fields a seed entry does not have, sorted; empty when it can be used. */
  public List<String> missingFields(JsonNode seedEntry) {
    TreeSet<String> missing = new TreeSet<>();
    for (FieldPath path : requiredPaths()) {
      if (!SeedFields.isPresent(path, seedEntry)) {
        missing.add(path.toString());
      }
    }
    return List.copyOf(missing);
  }

  /**
   * Starts the rendering of one record.
   *
   * @param seedEntry an object
   * @param jobSeed the job's {@code random_seed}: with the index it decides every random choice
   */
  public RecordPrompts record(JsonNode seedEntry, long jobSeed, long recordIndex) {
    return new RecordPrompts(this, seedEntry, jobSeed, recordIndex);
  }

  List<CompiledStep> steps() {
    return steps;
  }

  PromptExpression category() {
    return category;
  }

  RenderLimits limits() {
    return limits;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }
}
