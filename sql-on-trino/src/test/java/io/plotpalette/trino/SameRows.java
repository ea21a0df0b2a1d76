package io.plotpalette.trino;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.sql.LakeDatabase;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.DoubleType;
import io.trino.spi.type.MapType;
import io.trino.spi.type.TimestampType;
import io.trino.spi.type.Type;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Compares two engines' answers; in the order of their rows only where it is asked for. */
final class SameRows {
  /** Sums of doubles depend on the order of their terms beyond this. */
  private static final MathContext DIGITS = new MathContext(12);

  private SameRows() {}

  static void assertSame(String what, LakeDatabase.Result duckDb, MaterializedResult trino) {
    compare(what, duckDb, trino, rows -> rows.stream().sorted().toList());
  }

  static void assertSameOrder(String what, LakeDatabase.Result duckDb, MaterializedResult trino) {
    compare(what, duckDb, trino, rows -> rows);
  }

  private static void compare(
      String what,
      LakeDatabase.Result duckDb,
      MaterializedResult trino,
      UnaryOperator<List<String>> order) {
    assertThat(trino.getColumnNames()).as(what).isEqualTo(duckDb.columns());
    List<String> expected =
        order.apply(duckDb.rows().stream().map(row -> joined(row, trino.getTypes())).toList());
    List<String> actual =
        order.apply(
            trino.getMaterializedRows().stream()
                .map(row -> joined(texts(row), trino.getTypes()))
                .toList());
    assertThat(expected).as(what).isNotEmpty();
    for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
      // One row tells more than the difference of 100,000.
      assertThat(actual.get(i)).as(what).isEqualTo(expected.get(i));
    }
    assertThat(actual).as(what).hasSameSizeAs(expected);
  }

  private static List<String> texts(MaterializedRow row) {
    List<String> texts = new ArrayList<>();
    row.getFields().forEach(value -> texts.add(value == null ? null : value.toString()));
    return texts;
  }

  private static String joined(List<String> row, List<Type> types) {
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      joined.append(row.get(i) == null ? "null" : sameText(row.get(i), types.get(i))).append('|');
    }
    return joined.toString();
  }

  /** A value's text without what is the drivers' and not the engines'. */
  private static String sameText(String value, Type type) {
    if (type instanceof DoubleType) {
      return rounded(new BigDecimal(value));
    }
    if (type instanceof TimestampType) {
      return LocalDateTime.parse(value.replace(' ', 'T')).toString();
    }
    if (type instanceof ArrayType || type instanceof MapType) {
      // DuckDB puts elements with special characters into quotes.
      return value.replace("\\", "").replace("'", "");
    }
    return value;
  }

  private static String rounded(BigDecimal number) {
    return number.round(DIGITS).stripTrailingZeros().toPlainString();
  }
}
