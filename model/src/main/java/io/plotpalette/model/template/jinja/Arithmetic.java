package io.plotpalette.model.template.jinja;

import io.plotpalette.model.template.jinja.Expression.BinaryOperator;
import java.util.function.LongSupplier;

/** Python's arithmetic on numbers, with whole numbers of 64 bits. */
final class Arithmetic {
  private Arithmetic() {}

  static Object number(Object operand) {
    if (operand instanceof Long || operand instanceof Double) {
      return operand;
    }
    throw new EvaluationException("expected a number, not " + Values.kind(operand));
  }

  static Object negate(Object operand) {
    if (number(operand) instanceof Long whole) {
      return exact(() -> Math.negateExact(whole));
    }
    return -(Double) operand;
  }

  static Object apply(BinaryOperator operator, Object left, Object right) {
    if (!(left instanceof Long || left instanceof Double)
        || !(right instanceof Long || right instanceof Double)) {
      throw new EvaluationException(
          "'"
              + operator.symbol()
              + "' cannot be used on "
              + Values.kind(left)
              + " and "
              + Values.kind(right));
    }
    if (left instanceof Long a
        && right instanceof Long b
        && operator != BinaryOperator.DIVIDE
        && !(operator == BinaryOperator.POWER && b < 0)) {
      return whole(operator, a, b);
    }
    return decimal(operator, ((Number) left).doubleValue(), ((Number) right).doubleValue());
  }

  private static Long whole(BinaryOperator operator, long a, long b) {
    return switch (operator) {
      case ADD -> exact(() -> Math.addExact(a, b));
      case SUBTRACT -> exact(() -> Math.subtractExact(a, b));
      case MULTIPLY -> exact(() -> Math.multiplyExact(a, b));
      case FLOOR_DIVIDE ->
          exact(() -> b == -1 ? Math.negateExact(a) : Math.floorDiv(a, notZero(b)));
      case MODULO -> Math.floorMod(a, notZero(b));
      case POWER -> exact(() -> power(a, b));
      default -> throw new IllegalArgumentException(operator.symbol());
    };
  }

  private static long power(long base, long exponent) {
    if (base == 0 || base == 1) {
      return exponent == 0 ? 1 : base;
    }
    if (base == -1) {
      return exponent % 2 == 0 ? 1 : -1;
    }
    long result = 1;
    // Any other base is beyond 64 bits after 63 rounds.
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  private static Double decimal(BinaryOperator operator, double a, double b) {
    double result = operate(operator, a, b);
    if (Double.isNaN(result) || Double.isInfinite(result)) {
      throw new EvaluationException("a number goes beyond what 64 bits can hold");
    }
    return result;
  }

  private static double operate(BinaryOperator operator, double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / notZero(b);
      case FLOOR_DIVIDE -> Math.floor(a / notZero(b));
      case MODULO -> {
        double remainder = a % notZero(b);
        yield remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
      }
      case POWER -> StrictMath.pow(a, b);
      default -> throw new IllegalArgumentException(operator.symbol());
    };
  }

  private static long notZero(long divisor) {
    if (divisor == 0) {
      throw new EvaluationException("division by zero");
    }
    return divisor;
  }

  private static double notZero(double divisor) {
    if (divisor == 0) {
      throw new EvaluationException("division by zero");
    }
    return divisor;
  }

  private static Long exact(LongSupplier operation) {
    try {
      return operation.getAsLong();
    } catch (ArithmeticException e) {
      throw new EvaluationException("a whole number goes beyond 64 bits");
    }
  }
}
