package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Values.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The functions a template may call besides its own macros, and no others. */
final class Functions {
  @FunctionalInterface
  interface Body {
    Object apply(Evaluator evaluator, Object[] arguments);
  }

  /** {@code signature} is null for a function that takes any names. */
  record Function(String name, Signature signature, Body body) {
    boolean takesAnyNames() {
      return signature == null;
    }

    Object apply(Evaluator evaluator, Object[] arguments) {
      return body.apply(evaluator, arguments);
    }
  }

  private static final Map<String, Function> ALL = new HashMap<>();

  static {
    add("range", Signature.of("start stop? step?"), Functions::range);
    add("dict", null, (e, a) -> a[0]);
    add("namespace", null, (e, a) -> new Namespace(copy(a[0])));
  }

  private Functions() {}

  private static void add(String name, Signature signature, Body body) {
    ALL.put(name, new Function(name, signature, body));
  }

  /** Null when there is none. */
  static Function named(String name) {
    return ALL.get(name);
  }

  static Set<String> names() {
    return new TreeSet<>(ALL.keySet());
  }

  private static List<Object> range(Evaluator e, Object[] a) {
    long first = Values.wholeNumber(Filters.given(a[0]), "the start of 'range'");
    long start = a[1] == null ? 0 : first;
    long stop =
        a[1] == null ? first : Values.wholeNumber(Filters.given(a[1]), "the end of 'range'");
    long step = a[2] == null ? 1 : Values.wholeNumber(Filters.given(a[2]), "the step of 'range'");
    if (step == 0) {
      throw new EvaluationException("the step of 'range' cannot be 0");
    }
    List<Object> numbers = new ArrayList<>();
    try {
      for (long i = start; step > 0 ? i < stop : i > stop; i = Math.addExact(i, step)) {
        e.budget().loopRounds(1);
        e.budget().allocateElements(2);
        numbers.add(i);
      }
    } catch (ArithmeticException beyond64Bits) {
      return numbers;
    }
    return numbers;
  }

  private static Map<Object, Object> copy(Object map) {
    return new LinkedHashMap<>((Map<?, ?>) map);
  }
}
