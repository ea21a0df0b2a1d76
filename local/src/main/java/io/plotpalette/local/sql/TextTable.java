package io.plotpalette.local.sql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A query result as aligned text for a terminal. */
public final class TextTable {
  private static final int MAX_CELL = 60;

  private TextTable() {}

  public static String of(LakeDatabase.Result result) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(result.columns());
    result.rows().forEach(lines::add);
    List<Integer> widths = new ArrayList<>(Collections.nCopies(result.columns().size(), 0));
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        widths.set(i, Math.max(widths.get(i), cell(line.get(i)).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    append(text, result.columns(), widths);
    append(text, widths.stream().map("-"::repeat).toList(), widths);
    for (List<String> row : result.rows()) {
      append(text, row, widths);
    }
    return text.append(result.rows().size() == 1 ? "1 row" : result.rows().size() + " rows")
        .toString();
  }

  private static void append(StringBuilder text, List<String> cells, List<Integer> widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cell(cells.get(i));
      line.append(cell).append(" ".repeat(widths.get(i) - cell.length() + 2));
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }

  private static String cell(String value) {
    if (value == null) {
      return "-";
    }
    String line = value.replaceAll("\\R", " ");
    return line.length() <= MAX_CELL ? line : line.substring(0, MAX_CELL - 1) + "…";
  }
}
