package io.plotpalette.model.template;

import java.util.List;
import java.util.stream.Collectors;

/** A template that cannot be used, with everything that is wrong with it. */
public final class InvalidTemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<TemplateProblem> problems;

  public InvalidTemplateException(List<TemplateProblem> problems) {
    super(
        problems.stream()
            .map(problem -> problem.pointer() + ": " + problem.message())
            .collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  public List<TemplateProblem> problems() {
    return problems;
  }
}
