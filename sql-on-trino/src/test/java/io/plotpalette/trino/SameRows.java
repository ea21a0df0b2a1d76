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

/** Compares two engines' answers, whatever the order of their rows. */
final class SameRows {
  /** Sums of doubles depend on the order of their terms beyond this. */
  private static final MathContext DIGITS = new MathContext(12);

  private SameRows() {}

  static void assertSame(String what, LakeDatabase.Result duckDb, MaterializedResult trino) {
    assertThat(trino.getColumnNames()).as(what).isEqualTo(duckDb.columns());
    List<String> left = ofDuckDb(duckDb, trino.getTypes());
    List<String> right = ofTrino(trino);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      // One row tells more than the difference of 300,000.
      assertThat(right.get(i)).as(what).isEqualTo(left.get(i));
    }
    assertThat(right).as(what).hasSameSizeAs(left);
  }

  private static List<String> ofDuckDb(LakeDatabase.Result result, List<Type> types) {
    List<String> rows = new ArrayList<>();
    for (List<String> row : result.rows()) {
      rows.add(joined(row, types));
    }
    return rows.stream().sorted().toList();
  }

  private static List<String> ofTrino(MaterializedResult result) {
    List<String> rows = new ArrayList<>();
    for (MaterializedRow row : result) {
      rows.add(
          joined(
              row.getFields().stream()
                  .map(value -> value == null ? null : value.toString())
                  .toList(),
              result.getTypes()));
    }
    return rows.stream().sorted().toList();
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
