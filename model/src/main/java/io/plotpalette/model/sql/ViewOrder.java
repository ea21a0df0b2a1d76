package io.plotpalette.model.sql;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The order in which views can be created: each after those it reads. */
public final class ViewOrder {
  private static final Pattern COMMENT = Pattern.compile("--.*");
  private static final Pattern TEXT = Pattern.compile("'[^']*'");
  private static final Pattern NOT_A_NAME = Pattern.compile("[^A-Za-z0-9_]+");

  private final Map<String, String> statements;
  private final Set<String> ordered = new LinkedHashSet<>();
  private final Set<String> entered = new LinkedHashSet<>();

  private ViewOrder(Map<String, String> statements) {
    this.statements = statements;
  }

  /**
   * Derives the order from the statements themselves. A view reads another if its statement has the
   * other's name anywhere but in comments and texts: so a column of that name would count as well,
   * which costs nothing but a place in the order.
   *
   * @param statements the statement that creates a view, by the view's name
   * @throws IllegalArgumentException if views read each other in a circle
   */
  public static List<String> of(Map<String, String> statements) {
    ViewOrder order = new ViewOrder(statements);
    statements.keySet().stream().sorted().forEach(order::add);
    return List.copyOf(order.ordered);
  }

  private void add(String view) {
    if (ordered.contains(view)) {
      return;
    }
    if (!entered.add(view)) {
      throw new IllegalArgumentException("views read each other in a circle: " + entered);
    }
    for (String name : namesIn(statements.get(view))) {
      if (!name.equals(view) && statements.containsKey(name)) {
        add(name);
      }
    }
    ordered.add(view);
  }

  private static List<String> namesIn(String statement) {
    String code = TEXT.matcher(COMMENT.matcher(statement).replaceAll("")).replaceAll("");
    return List.of(NOT_A_NAME.split(code));
  }
}
