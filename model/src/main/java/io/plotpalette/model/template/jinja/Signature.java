package io.plotpalette.model.template.jinja;

import java.util.Arrays;
import java.util.List;

/**
 * What a filter, test, function or method takes after its input, checked when the template is
 * parsed, so that a wrong call is an error on write and not in the middle of a paid job.
 *
 * @param parameters names in order; the first {@code required} have no default
 * @param variadic whether any number of further positional arguments may follow
 */
record Signature(List<String> parameters, int required, boolean variadic) {
  static final Signature NONE = new Signature(List.of(), 0, false);

  /** For example {@code "old new count?"}: a question mark makes a parameter optional. */
  static Signature of(String parameters) {
    if (parameters.isEmpty()) {
      return NONE;
    }
    List<String> words = Arrays.asList(parameters.split(" "));
    boolean variadic = words.get(words.size() - 1).equals("...");
    List<String> names =
        words.stream().filter(word -> !word.equals("...")).map(w -> w.replace("?", "")).toList();
    int required =
        (int) words.stream().filter(word -> !word.endsWith("?") && !word.equals("...")).count();
    return new Signature(names, required, variadic);
  }

  /** What is wrong with a call, or null. */
  String problem(Expression.Arguments arguments) {
    int given = arguments.positional().size();
    if (given > parameters.size() && !variadic) {
      return "takes " + described() + ", but was given " + given;
    }
    for (String name : arguments.named().keySet()) {
      int index = parameters.indexOf(name);
      if (index < 0) {
        return "has no argument '" + name + "'; it takes " + described();
      }
      if (index < given) {
        return "was given '" + name + "' twice";
      }
    }
    for (int i = given; i < required; i++) {
      if (!arguments.named().containsKey(parameters.get(i))) {
        return "needs the argument '" + parameters.get(i) + "'";
      }
    }
    return null;
  }

  private String described() {
    return parameters.isEmpty() ? "no arguments" : String.join(", ", parameters);
  }
}
